/** The state from which every request to the simulator is answered. */
import type { KeyAuthenticator } from './auth.ts';
import type { FreeVoices } from './free-voices.ts';
import type { InferenceContext } from './inference/context.ts';
import type { SpeechContext } from './response.ts';
import type { VoiceStore } from './voices.ts';

/** Value of the header that identifies the simulator. */
export const SIMULATOR_NAME = 'narration-pipeline';
/** Path of the WebSocket. */
export const REALTIME_PATH = '/api-ws/v1/realtime';

/** Everything that a reset replaces, and the voices, which it deletes. */
export interface RequestContext {
  speech: SpeechContext;
  keys: KeyAuthenticator;
  voices: VoiceStore;
  freeVoices: FreeVoices;
  inference: InferenceContext;
}
