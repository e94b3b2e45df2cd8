import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import { lineIndex } from '../../src/manifest/yaml/position.ts';
import { billedUnits } from '../../src/models.ts';
import { cutSegments, type Segment } from '../../src/script/cut/cut-segments.ts';
import { proveCoverage } from '../../src/script/text/coverage.ts';
import { readScript, type Script } from '../../src/script/text/read.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

export const CHARACTERS = [
  { name: 'narrator', aliases: [] },
  { name: 'mara', aliases: ['Mara Quill'] },
  { name: '玛拉', aliases: [] },
];

/** Reads a text with the characters above, as the file `01.txt`. */
export function script(text: string, narrator: string | undefined = 'narrator', markdown = false): Script {
  const lines = lineIndex(text);
  return alsoInChinese(
    readScript({
      file: '01.txt',
      text,
      markdown,
      locate: (offset) => lines.position(offset),
      characters: CHARACTERS,
      narrator,
    }),
  );
}

/** What the author would see of it. */
export function printed(text: string): string {
  return formatDiagnostics({
    diagnostics: script(text).diagnostics,
    sources: new Map([['01.txt', text]]),
    color: false,
  });
}

/** The segments of a text. */
export function segments(text: string, maxUnits = 500): Segment[] {
  return cutSegments(script(text).lines, { maxUnits, units: billedUnits });
}

/** The same with short segments, and the proof that nothing of the text is lost. */
export function readTagged(text: string, markdown = false) {
  const read = script(text, 'narrator', markdown);
  const cut = cutSegments(read.lines, { maxUnits: 20, units: billedUnits });
  return { ...read, segments: cut, proof: proveCoverage({ text, segments: cut, exclusions: read.exclusions }) };
}
