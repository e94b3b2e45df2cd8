/** Answers `POST /v1/audio/speech`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { insteadOfSpeech, strikeCall } from './call-faults.ts';
import { parseBody } from './fields.ts';
import { readOrder } from './read-order.ts';
import { SpeechRefusal } from './refusal.ts';
import { type CallContext, orderContext, strikeServer } from './server-state.ts';
import { speakOrder } from './speak-order.ts';
import { startClock, writeSpeech } from './write-speech.ts';

/** Validates, waits its turn, speaks and writes the answer. Rejects with a SpeechRefusal before the answer begins. */
export async function answerSpeech(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyText, ...context }: CallContext & { bodyText: string },
): Promise<void> {
  const { speech, state, signal } = context;
  const { settings, counters, faults, engine, sounds } = speech;
  requireJson(request);
  const body = parseBody(bodyText);
  const text = typeof body['input'] === 'string' ? body['input'] : '';
  const fault = strikeCall(faults, text);
  const loaded = orderContext(context);
  const order = await readSpeech();
  if (order === undefined) return;
  const leave = await state.queue.enter(workersOf(settings.openaiSpeech));
  try {
    if (signal.aborted) return;
    counters.openaiSpeech.textSpoken(order.text);
    const clock = startClock(settings.speed, order.sampleRateHz, signal);
    const reading = state.nextReading();
    const spoken = await speakOrder(order, { engine, sounds, reading, fault: fault?.kind, signal });
    await writeSpeech(response, { order, spoken, fault, settings, clock, signal });
  } finally {
    leave();
  }

  /** The order, or undefined when a fault has answered the call. */
  async function readSpeech() {
    strikeServer(state, fault);
    const odd = insteadOfSpeech(fault, request.url ?? '');
    if (odd === undefined) return state.asLoaded(await readOrder(body, loaded));
    response.writeHead(odd.status, odd.headers).end(odd.body);
    return undefined;
  }
}

/** Throws a refusal unless the body is declared as JSON. */
export function requireJson(request: IncomingMessage): void {
  if (/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return;
  throw new SpeechRefusal(415, "Unsupported Media Type: Only 'application/json' is allowed");
}

function workersOf({ workers, profile }: { workers: number; profile: string }): number {
  if (workers > 0) return workers;
  return profile === 'crispasr' ? 1 : Number.POSITIVE_INFINITY;
}
