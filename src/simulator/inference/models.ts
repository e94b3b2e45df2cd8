/**
 * The models of the inference protocol that can speak with a clone, as the simulator knows them. Pure data.
 *
 * Sources: voice-cloning user guide and rate-limit page (help.aliyun.com/zh/model-studio, 2026-02 to 2026-10).
 */

/** One row of the table. */
export interface InferenceModel {
  id: string;
  /** Languages of a clone, as `language_hints` names them. */
  languages: readonly string[];
  /** What `usage` counts. */
  usage: 'characters' | 'tokens';
  /** Whether text may be SSML. */
  takesSsml: boolean;
  /** Calls in a period of seconds, as `GET /models/limits` shows it; the simulator enforces its own settings. */
  quota: { calls: number; seconds: number };
}

const QWEN_AUDIO = {
  languages: 'zh en fr de ja ko ru pt th id vi es it ms fil ar'.split(' '),
  takesSsml: false,
  quota: { calls: 180, seconds: 60 },
};
const COSYVOICE = {
  languages: 'zh en fr de ja ko ru pt th id vi'.split(' '),
  usage: 'characters',
  takesSsml: true,
  quota: { calls: 3, seconds: 1 },
} as const;

/** The models by id. */
export const INFERENCE_MODELS: ReadonlyMap<string, InferenceModel> = new Map(
  (
    [
      { id: 'qwen-audio-3.1-tts-flash', ...QWEN_AUDIO, usage: 'tokens' },
      { id: 'qwen-audio-3.0-tts-flash', ...QWEN_AUDIO, usage: 'characters' },
      { id: 'qwen-audio-3.0-tts-plus', ...QWEN_AUDIO, usage: 'characters' },
      { id: 'cosyvoice-v3.5-plus', ...COSYVOICE },
      { id: 'cosyvoice-v3.5-flash', ...COSYVOICE },
      { id: 'cosyvoice-v3-plus', ...COSYVOICE, languages: 'zh en fr de ja ko ru'.split(' ') },
      { id: 'cosyvoice-v3-flash', ...COSYVOICE },
    ] satisfies InferenceModel[]
  ).map((model) => [model.id, model]),
);
