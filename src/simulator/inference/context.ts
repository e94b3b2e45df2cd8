/** What everything of the inference protocol shares. */
import type { SpeechContext } from '../response.ts';
import type { InferenceCounters } from './counters.ts';
import type { SoundResults } from './results.ts';
import type { InferenceVoices } from './voices.ts';

/** The state from which tasks and enrolment calls are answered. */
export interface InferenceContext {
  /** Settings, voice engine, faults and pace, the same as the first family's. */
  speech: SpeechContext;
  counters: InferenceCounters;
  voices: InferenceVoices;
  /** Takes so far, for speech that no seed fixes. */
  takes: { count: number };
  /** Sounds of the HTTP variant. */
  results: SoundResults;
}
