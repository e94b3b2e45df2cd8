import type { TextProblem } from '../text/text-problems.ts';

/** Longest pause that a tag may set. */
const LONGEST_PAUSE_MS = 60_000;

const PAUSE =
  /^[[【]\s*(?:pause|停顿|停頓)(?![\p{L}\p{N}_-])\s*[:：]?\s*(?:(\d{1,5}(?:[.,]\d{1,3})?)\s*(ms|s|sec|secs|seconds?|毫秒|秒)?)?\s*[\]】]$/iu;
const LIKE_PAUSE = /^[[【]\s*(?:pause|停顿|停頓)(?![\p{L}\p{N}_-])/iu;

/**
 * The length of a tag such as `[pause 1.5s]`, in milliseconds; the default unit is seconds. `unclear` for a pause tag whose
 * length is invalid or more than a minute; undefined for other tags.
 */
export function pauseOf(tag: string): number | 'unclear' | undefined {
  if (!LIKE_PAUSE.test(tag)) return undefined;
  const [, amount, unit = 's'] = PAUSE.exec(tag) ?? [];
  if (amount === undefined) return 'unclear';
  const value = Number(amount.replace(',', '.'));
  const ms = Math.round(/^(?:ms|毫秒)$/i.test(unit) ? value : value * 1000);
  return ms <= LONGEST_PAUSE_MS ? ms : 'unclear';
}

/** A pause tag inside a text. */
export interface PauseTag {
  start: number;
  end: number;
  pauseMs: number | 'unclear';
}

const BRACKET = /(?<!\\)[[【][^[\]【】\n\r\\]{1,40}[\]】]/g;

/** All pause tags between two offsets, in order. */
export function pauseTagsIn(text: string, from: number, to: number): PauseTag[] {
  const tags: PauseTag[] = [];
  for (const match of text.slice(from, to).matchAll(BRACKET)) {
    const pauseMs = pauseOf(match[0]);
    const start = from + match.index;
    if (pauseMs !== undefined) tags.push({ start, end: start + match[0].length, pauseMs });
  }
  return tags;
}

/** The error for a pause tag without a valid length. */
export function invalidPause(start: number, end: number): TextProblem {
  const message = 'This pause has no valid length (up to 60 seconds).';
  return { code: 'bad-pause', severity: 'error', start, end, message, fix: 'Write [pause 1.5s].' };
}

/** The warning for a pause with nothing spoken before it or after it. */
export function pauseWithoutEffect({ start, end }: PauseTag, where: 'start' | 'end'): TextProblem {
  const message = `A pause at the ${where} of a chapter has no effect.`;
  const fix = `Set "pauses: {${where === 'start' ? 'head' : 'tail'}: …}" in the manifest, or remove it.`;
  return { code: 'idle-pause', severity: 'warning', start, end, message, fix };
}
