/** Whether a long novel is cut in one go: 1.7 million characters beside a tenth of them. */
import { lineIndex } from '../../src/manifest/yaml/position.ts';
import { billedUnits } from '../../src/models.ts';
import { cutSegments } from '../../src/script/cut/cut-segments.ts';
import { readScript } from '../../src/script/text/read.ts';
import type { Bench } from './main.ts';

const CHARACTERS = 1_700_000;

/** Time and memory of reading and cutting. Bars: 2 s, 300 MB, and no more than 15 times what a tenth takes. */
export const script: Bench = async (say) => {
  const small = cut(novel(CHARACTERS / 10));
  const text = novel(CHARACTERS);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const large = cut(text);
  const mebibytes = (process.memoryUsage().rss - before) / 1024 / 1024;
  const ratio = large.seconds / small.seconds;
  say(
    `${text.length} characters, ${large.segments} segments: ${large.seconds.toFixed(2)} s (bar 2), ${mebibytes.toFixed(0)} MB more (bar 300)`,
  );
  say(`ten times the text takes ${ratio.toFixed(1)} times as long (bar 15)`);
  return large.seconds <= 2 && mebibytes <= 300 && ratio <= 15;
};

function cut(text: string): { seconds: number; segments: number } {
  const began = performance.now();
  const lines = lineIndex(text);
  const locate = (offset: number) => lines.position(offset);
  const script = readScript({
    file: 'novel.txt',
    text,
    locate,
    characters: [{ name: 'narrator', aliases: [] }],
    narrator: 'narrator',
  });
  const segments = cutSegments(script.lines, { maxUnits: 500, units: billedUnits, language: 'en' });
  return { seconds: (performance.now() - began) / 1000, segments: segments.length };
}

/** Paragraphs of all lengths, some far beyond one segment, with dialogue, abbreviations and numbers. */
function novel(characters: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let n = 0; length < characters; n++) {
    const sentence = `“Mr. Harker has ${n}.5 lamps,” said the keeper of St. Ives, number ${n % 97}; and nobody, not even Dr. Weaver, said no. `;
    const paragraph = sentence.repeat(1 + ((n * n) % 23)).trim();
    parts.push(paragraph);
    length += paragraph.length + 2;
  }
  return parts.join('\n\n');
}
