/** Paid work: only for a plan that was shown, at a price that has not risen, within the agreed sum, and with a person's yes where the client can ask. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { PipelineError } from '../../errors.ts';
import type { PlanPrice } from '../../plan/plan-price.ts';
import { withJoinedSignal } from '../../signals.ts';
import { answerOrFailure } from './answer.ts';
import type { Call, ToolContext } from './context.ts';
import { agreedBudget, type Offer, type Price, sumText } from './offers.ts';
import { requirePrice } from './planned.ts';
import { ToolRefusal } from './refusal.ts';

/** What the work is given. */
export interface Agreed<Kind extends Offer['kind']> {
  offer: Offer & { kind: Kind };
  /** The agreed sum, as `--budget` takes it. */
  budget: string;
  /** Ends when the client cancels, or the server ends. */
  signal: AbortSignal;
}

/** Does it, or answers why not. One piece of paid work at a time. */
export function paidWork<Kind extends Offer['kind']>(
  { offers, paid, signal: ended, server, config }: ToolContext,
  of: {
    kind: Kind;
    plan: string;
    agreed: string;
    call: Call;
    /** The price as it is now. */
    price: (offer: Offer & { kind: Kind }) => Promise<PlanPrice | undefined>;
    work: (agreed: Agreed<Kind>) => Promise<CallToolResult>;
  },
): Promise<CallToolResult> {
  return withJoinedSignal([of.call.signal, ended], (signal) =>
    answerOrFailure(() =>
      paid(async () => {
        if (signal.aborted) throw cancelled();
        const offer = offers.find(of.plan, of.kind);
        const price = requirePrice(await of.price(offer));
        const budget = agreedBudget(offer, price, of.agreed);
        if (price.nanos > 0) await askPerson(price, { budget, signal });
        if (signal.aborted) throw cancelled();
        offers.use(of.plan);
        return of.work({ offer, budget, signal });
      }),
    ),
  );

  /** Clients that can show a question show it to the person, past the assistant. */
  async function askPerson(price: Price, { budget, signal }: { budget: string; signal: AbortSignal }): Promise<void> {
    if (server.server.getClientCapabilities()?.elicitation === undefined) return;
    const simulated = config.simulate ? ' (simulated: nothing is charged)' : '';
    const { action } = await server.server.elicitInput(
      {
        message: `Narration pipeline: spend up to ${budget}? The price by the plan is ${sumText(price)}${simulated}.`,
        requestedSchema: { type: 'object', properties: {} },
      },
      { signal, timeout: 600_000 },
    );
    if (action === 'accept') return;
    throw new ToolRefusal('declined', 'The person did not agree to the sum. Nothing was sent.');
  }
}

function cancelled(): PipelineError {
  return new PipelineError({ code: 'interrupted', message: 'Cancelled. Nothing was sent.', retry: 'never' });
}
