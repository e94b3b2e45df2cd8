/** White space in what stands between or after quotations. Pure. */
import type { SpeechPart } from './speech-part.ts';

/**
 * How many stretches of white space are in parts of a paragraph, with something between the parts, up to a number; -1 if nothing
 * else is there.
 */
export function gapsIn(
  parts: readonly SpeechPart[],
  from: number,
  to: number,
  { joint, most }: { joint: '' | ' '; most: number },
): number {
  let [gaps, inGap, isEmpty] = [0, false, true];
  for (let index = from; index < to && gaps <= most; index++) {
    const { text } = parts[index]!;
    if (joint === ' ' && index > from) {
      if (!inGap) gaps++;
      inGap = true;
    }
    for (let at = 0; at < text.length && gaps <= most; at++) {
      const isGap = isSpace(text.charCodeAt(at));
      if (isGap && !inGap) gaps++;
      inGap = isGap;
      if (!isGap) isEmpty = false;
    }
  }
  return isEmpty ? -1 : gaps;
}

/** What `\s` matches. */
function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x9 && code <= 0xd);
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}
