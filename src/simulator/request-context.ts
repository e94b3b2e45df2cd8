/** What every request to the simulator is answered from. */
import type { Doorkeeper } from './auth.ts';
import type { Studio } from './response.ts';
import type { VoiceStore } from './voices.ts';

/** Value of the header that says what this is. */
export const SIMULATOR_NAME = 'narration-pipeline';
/** Path of the socket. */
export const REALTIME_PATH = '/api-ws/v1/realtime';

/** What a reset replaces, and the voices, which it empties. */
export interface Desk {
  studio: Studio;
  keys: Doorkeeper;
  voices: VoiceStore;
}
