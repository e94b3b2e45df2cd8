/** What a simulated server remembers between calls; a reset replaces all but the uploads, which it deletes. */
import type { FaultRule } from '../faults.ts';
import type { SpeechContext } from '../response.ts';
import { stillLoading } from './call-faults.ts';
import type { SpeechOrder } from './order.ts';
import type { OrderContext } from './order-context.ts';
import type { HeardSamples } from './sample-voice.ts';
import { SWAPPED_TRAITS } from './stock-voices.ts';
import type { Uploads } from './uploads.ts';
import { createWorkQueue } from './work-queue.ts';

/** The state of one server. */
export type ServerState = ReturnType<typeof createServerState>;

/** A server that has just started. */
export function createServerState(uploads: Uploads) {
  let readings = 0;
  let loadingUntilMs = 0;
  let swapped: { model: string; backend: string } | undefined;

  return {
    uploads,
    queue: createWorkQueue(),
    heard: new Map() as HeardSamples,
    /** Another reading each time, the same in the same order of calls. */
    nextReading: (): string => `reading ${readings++}`,
    /** The model is being loaded for so long. */
    loadFor(milliseconds: number) {
      if (performance.now() >= loadingUntilMs) loadingUntilMs = performance.now() + milliseconds;
    },
    isLoading: (): boolean => performance.now() < loadingUntilMs,
    /** Loads another model. */
    swap(to: { model: string; backend: string }) {
      swapped = to;
    },
    /** What is loaded now. */
    loaded: ({ model, backend }: { model: string; backend: string }) => swapped ?? { model, backend },
    /** The order as the loaded model speaks it: after a swap with a voice of its own. */
    asLoaded: (order: SpeechOrder): SpeechOrder =>
      swapped === undefined ? order : { ...order, traits: SWAPPED_TRAITS },
  };
}

/** Everything from which a call is answered. */
export interface CallContext {
  speech: SpeechContext;
  state: ServerState;
  /** Aborts when the simulator stops or the client is gone. */
  signal: AbortSignal;
}

/** What the validation of a call has to know. */
export function orderContext({ speech, state, signal }: CallContext): OrderContext {
  const { openaiSpeech: settings, decodeSample: decode } = speech.settings;
  return { settings, model: state.loaded(settings).model, uploads: state.uploads, heard: state.heard, decode, signal };
}

/** The model of `speech-model-swap`. */
const OTHER_MODEL = { model: 'hexgrad/Kokoro-82M', backend: 'kokoro' };

/** Does what a fault does to the server itself. Throws the refusal of a server that is loading its model. */
export function strikeServer(state: ServerState, fault: FaultRule | undefined): void {
  if (fault?.kind === 'speech-loading') state.loadFor(fault.delayMs ?? 0);
  if (state.isLoading()) throw stillLoading();
  if (fault?.kind === 'speech-model-swap') state.swap(OTHER_MODEL);
}
