/** Which programs of others read which field of which delivered file; writes the table into docs/reference/readers.md. */
import { writeFile } from 'node:fs/promises';
import { findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { FORMATS, makeFiles } from '../readers/files.ts';
import { areHere, hasField, READERS, readBack } from '../readers/read-back.ts';
import type { Bench } from './main.ts';

const FILE = 'docs/reference/readers.md';
const HEAD = `# What other programs read in delivered files

One file of each format, made by the program's own writers with a known value in every field, was read by programs of Debian. A cell names those
that show the value: ${READERS.map(({ name }) => name).join(', ')}. “–”: the format has no such field. \`npm run bench readers\` writes this
page again; a test fails when fewer than two programs read a field of a sound file, the bench also for the EPUB.
`;

/** Keeps its bar when two programs read each field of each file. */
export const readers: Bench = async (say, folder) => {
  if (!areHere(FORMATS)) {
    say('skipped: a program is missing');
    return true;
  }
  await makeFiles(await findFfmpeg({ pathEnv: process.env['PATH'] }), folder);
  let kept = true;
  const rows = [...readBack(folder)].map(([field, read]) => {
    const cells = FORMATS.map((format) => {
      const names = read.get(format) ?? [];
      if (!hasField(field, format)) return '–';
      if (names.length < 2) kept = false;
      return names.join(', ') || 'none';
    });
    return `| ${[field, ...cells].join(' | ')} |`;
  });
  const heads = ['field', ...FORMATS.map((format) => (format === 'epub' ? 'EPUB' : format.toUpperCase()))];
  const table = [`| ${heads.join(' | ')} |`, `| ${heads.map(() => '---').join(' | ')} |`, ...rows].join('\n');
  await writeFile(FILE, `${HEAD}\n${table}\n\n${FOOT}`);
  for (const row of rows) say(row);
  return kept;
};

const FOOT = `epubcheck shows one title and one description, the last of each, and neither it nor Pandoc shows the narrator (\`media:narrator\`) and the
series (\`belongs-to-collection\`).
`;
