import { type Context, fieldsOf } from './context.ts';
import type { PlacedPronunciation } from './manifest.ts';
import type { FieldPath } from './places.ts';
import { MOST_PRONUNCIATIONS, wordProblem } from './pronunciation.ts';

/** Reads a group of `word: pronunciation`, already checked by the schema; reports words that text could never contain. */
export function readPronunciations({
  raw,
  path,
  context,
}: {
  raw: unknown;
  path: FieldPath;
  context: Context;
}): PlacedPronunciation[] {
  return Object.entries(fieldsOf(raw))
    .slice(0, MOST_PRONUNCIATIONS)
    .flatMap(([word, spoken]): PlacedPronunciation[] => {
      const at = [...path, word];
      const problem = wordProblem(word);
      if (problem) {
        const message = `The word "${word.slice(0, 60)}" ${problem}.`;
        context.note({
          path: at,
          on: 'key',
          code: 'bad-word',
          message,
          fix: 'Write the word as it appears in the text.',
        });
      }
      const said = typeof spoken === 'string' ? spoken.trim() : '';
      if (said !== '' && !/[\p{L}\p{N}]/u.test(said)) {
        const message = `"${said.slice(0, 60)}" has no letter or digit to speak.`;
        context.note({ path: at, on: 'value', code: 'bad-word', message, fix: 'Write how the word sounds.' });
      }
      return problem || said === '' ? [] : [{ word, spoken: said, at: context.places.key(at) }];
    });
}
