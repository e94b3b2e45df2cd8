import { emptyOffsetMap, noteOffset } from '../../manifest/yaml/offsets.ts';
import { isSpeakable, type Line } from './line.ts';

/**
 * The lines of a credit, one for each paragraph, all by the same speaker. Credits have no tags: a title such as
 * `[Untitled]` is spoken. Pure.
 */
export function creditLines(text: string, speaker: string): Line[] {
  const lines: Line[] = [];
  let paragraph = 0;
  for (const match of text.matchAll(/[^\n]+/g)) {
    const written = match[0];
    const start = match.index + (written.length - written.trimStart().length);
    const spoken = written.trim().replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]/gu, ' ');
    if (!isSpeakable(spoken)) continue;
    const offsets = emptyOffsetMap();
    noteOffset(offsets, 0, start);
    const end = start + spoken.length;
    lines.push({ character: speaker, text: spoken, start, end, paragraph: paragraph++, sceneAfter: false, offsets });
  }
  return lines;
}
