/** Validates a speech call by the rules of the profile. */
import { crispOrder } from './crisp-order.ts';
import type { Body } from './fields.ts';
import type { SpeechOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import { strictOrder } from './strict-order.ts';
import { vllmOrder } from './vllm-order.ts';

/** The order of a call. Rejects with a SpeechRefusal. */
export async function readOrder(body: Body, context: OrderContext): Promise<SpeechOrder> {
  const order = await ORDERS[context.settings.profile](body, context);
  return context.settings.honorsSeed ? order : { ...order, seed: undefined };
}

const ORDERS = { 'vllm-omni': vllmOrder, 'openai-strict': strictOrder, crispasr: crispOrder };
