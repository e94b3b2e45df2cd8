/** When each word of a sentence is said. Pure. The words share the sentence by their place in its text. */
import type { Word } from '../../speech/dashscope-inference/protocol.ts';
import type { InferenceSettings } from './settings.ts';

const HAN_OR_KANA = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]';
const WORD = "(?:(?!HAN)[\\p{L}\\p{N}\\p{M}])+(?:['’-](?:(?!HAN)[\\p{L}\\p{N}\\p{M}])+)*".replaceAll(
  'HAN',
  HAN_OR_KANA,
);
const WORDS = {
  character: new RegExp(`${HAN_OR_KANA}|${WORD}`, 'gu'),
  run: new RegExp(`${HAN_OR_KANA}+|${WORD}`, 'gu'),
} as const;

/** The words of a sentence that lasts `durationMs` and begins at `originMs`, by the settings. */
export function timeWords(
  sentence: string,
  { durationMs, originMs }: { durationMs: number; originMs: number },
  settings: Pick<InferenceSettings, 'wordIndices' | 'hanWords'>,
): Word[] {
  const index = (at: number) => (settings.wordIndices === 'utf-16' ? at : [...sentence.slice(0, at)].length);
  const time = (at: number) => Math.round(originMs + (durationMs * at) / Math.max(1, sentence.length));
  return [...sentence.matchAll(WORDS[settings.hanWords])].map((match) => {
    const [begin, end] = [match.index, match.index + match[0].length];
    return {
      text: match[0],
      begin_index: index(begin),
      end_index: index(end),
      begin_time: time(begin),
      end_time: time(end),
    };
  });
}
