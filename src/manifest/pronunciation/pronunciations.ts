import { type Context, fieldsOf } from '../diagnostics/context.ts';
import type { PlacedPronunciation } from '../manifest.ts';
import type { FieldPath } from '../yaml/places.ts';
import { hasMarkup, MARKUP_SPOKEN, MOST_PRONUNCIATIONS, patternProblem, wordProblem } from './pronunciation.ts';

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
    .flatMap(([word, value]): PlacedPronunciation[] => {
      const at = [...path, word];
      const { say, anyCase, pattern, reviewed } = typeof value === 'string' ? { say: value } : fieldsOf(value);
      const problem = wordProblem(word) ?? (pattern === true ? patternProblem(word) : undefined);
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
      // A reviewed word may stay as it is.
      const said = typeof say === 'string' ? say.trim() : typeof value === 'string' ? '' : word;
      if (said !== '' && !/[\p{L}\p{N}]/u.test(said)) {
        const message = `"${said.slice(0, 60)}" has no letter or digit to speak.`;
        context.note({ path: at, on: 'value', code: 'bad-word', message, fix: 'Write how the word sounds.' });
      }
      const isSpokenAsWritten = said === word;
      if (!isSpokenAsWritten && hasMarkup(said)) {
        // A warning: books that have one are spoken today.
        const message = `The word "${word.slice(0, 60)}" ${MARKUP_SPOKEN}.`;
        const fix = 'Write how the word sounds.';
        context.note({ path: at, on: 'value', severity: 'warning', code: 'bracket-spoken', message, fix });
      }
      if (problem || said === '') return [];
      const states = {
        ...(anyCase === true && { anyCase: true as const }),
        ...(pattern === true && { pattern: true as const }),
        ...(reviewed === true && { reviewed: true as const }),
      };
      return [{ word, spoken: said, ...states, at: context.places.key(at) }];
    });
}
