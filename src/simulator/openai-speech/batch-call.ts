/** Answers `POST /v1/audio/speech/batch` of vLLM-Omni: 200 even when items fail. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { SpeechBatchAnswer, SpeechBatchResult } from '../../speech/openai-speech/protocol.ts';
import { insteadOfSpeech, strikeCall } from './call-faults.ts';
import { type Body, parseBody } from './fields.ts';
import { readOrder } from './read-order.ts';
import { badField, SpeechRefusal } from './refusal.ts';
import { type CallContext, orderContext, strikeServer } from './server-state.ts';
import { speakOrder } from './speak-order.ts';
import { requireJson } from './speech-call.ts';
import { rawBytes, wavHeader } from './wav-file.ts';

/** Most texts of one call. */
const MOST_ITEMS = 32;

/** Speaks every item; one that is refused, or that a fault strikes, fails by itself. */
export async function answerBatch(
  request: IncomingMessage,
  { bodyText, ...context }: CallContext & { bodyText: string },
): Promise<SpeechBatchAnswer> {
  requireJson(request);
  const { items, ...defaults } = parseBody(bodyText);
  if (!Array.isArray(items) || items.length === 0 || items.length > MOST_ITEMS) {
    throw badField('items', `items must have 1 to ${MOST_ITEMS} entries.`);
  }
  const results: SpeechBatchResult[] = [];
  for (const [index, item] of (items as unknown[]).entries()) {
    try {
      results.push({ index, ...(await speakItem({ ...defaults, ...(item as Body) }, context)) });
    } catch (error) {
      if (!(error instanceof SpeechRefusal)) throw error;
      results.push({ index, status: 'error', error: error.message });
    }
  }
  const succeeded = results.filter(({ status }) => status === 'success').length;
  const failed = results.length - succeeded;
  return { id: `speech-batch-${randomUUID()}`, results, total: results.length, succeeded, failed };
}

async function speakItem(body: Body, context: CallContext) {
  const { speech, state, signal } = context;
  const { counters, engine, sounds, faults, settings } = speech;
  const text = typeof body['input'] === 'string' ? body['input'] : '';
  const fault = strikeCall(faults, text);
  const loaded = orderContext(context);
  strikeServer(state, fault);
  const odd = insteadOfSpeech(fault, '');
  if (odd !== undefined || fault?.kind === 'error-event') throw new SpeechRefusal(500, 'Internal server error.');
  const order = state.asLoaded(await readOrder({ ...body, stream: false, stream_format: undefined }, loaded));
  counters.openaiSpeech.textSpoken(order.text);
  const { samples, usage } = await speakOrder(order, {
    engine,
    sounds,
    reading: state.nextReading(),
    fault: fault?.kind,
    signal,
  });
  const raw = rawBytes(samples, order.format);
  const { wavSizes } = settings.openaiSpeech;
  const head = order.format === 'wav' ? [wavHeader(raw.length, order.sampleRateHz, wavSizes)] : [];
  const audio = Buffer.concat([...head, raw]).toString('base64');
  return { status: 'success' as const, audio_data: audio, media_type: `audio/${order.format}`, usage };
}
