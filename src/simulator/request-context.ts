/** What every request to the simulator is answered from. */
import type { KeyAuthenticator } from './auth.ts';
import type { SpeechContext } from './response.ts';
import type { VoiceStore } from './voices.ts';

/** Value of the header that says what this is. */
export const SIMULATOR_NAME = 'narration-pipeline';
/** Path of the socket. */
export const REALTIME_PATH = '/api-ws/v1/realtime';

/** What a reset replaces, and the voices, which it empties. */
export interface RequestContext {
  speech: SpeechContext;
  keys: KeyAuthenticator;
  voices: VoiceStore;
}
