/** What the validation of a speech call has to know. */
import type { DecodeSample } from '../sample.ts';
import type { HeardSamples } from './sample-voice.ts';
import type { OpenaiSpeechSettings } from './settings.ts';
import type { Uploads } from './uploads.ts';

/** The server's side of a call. */
export interface OrderContext {
  settings: OpenaiSpeechSettings;
  /** The model that is loaded now. */
  model: string;
  uploads: Uploads;
  heard: HeardSamples;
  decode: DecodeSample | undefined;
  signal: AbortSignal;
}
