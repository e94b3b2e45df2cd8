/** The book of one storm: its own texts and samples, so that every storm enrols, speaks and masters anew. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ChaosEngine } from './engines.ts';

/** What a storm's book holds. */
export interface StormBook {
  manifest: string;
  title: string;
  /** Voices to enrol. */
  voices: number;
  /** Lines, each spoken in a request of its own. */
  segments: number;
}

const SAMPLES = resolve('manifests/hello/voices');
const CHAPTERS = 3;

/** Writes the book into `folder`; `linesPerChapter` lines in each of three chapters, two voices in turn. */
export async function writeStormBook(
  folder: string,
  { storm, linesPerChapter, engine }: { storm: number; linesPerChapter: number; engine: ChaosEngine },
): Promise<StormBook> {
  await mkdir(folder, { recursive: true });
  // A sample that differs in one inaudible place is another voice.
  const narrator = await readFile(join(SAMPLES, 'narrator.wav'));
  narrator.writeInt16LE(storm + 1, narrator.length - 2);
  await writeFile(join(folder, 'narrator.wav'), narrator);
  const mara = await readFile(join(SAMPLES, 'mara.mp3'));
  await writeFile(join(folder, 'mara.mp3'), Buffer.concat([mara, songTag(`storm ${storm}`)]));
  const title = `Storm ${storm}`;
  const chapters = Array.from({ length: CHAPTERS }, (_, chapter) => chapter + 1);
  for (const chapter of chapters) {
    const lines = Array.from({ length: linesPerChapter }, (_, line) => {
      const speaker = line % 2 === 0 ? '' : '[mara] ';
      return `${speaker}Line ${line + 1} of chapter ${chapter} in storm ${storm} of the year.`;
    });
    await writeFile(join(folder, `${chapter}.txt`), `${lines.join('\n\n')}\n`);
  }
  const manifest = join(folder, 'book.yaml');
  await writeFile(
    manifest,
    `book: { title: ${title}, author: The Sea }
${engine.manifest}
characters:
  narrator: { sample: narrator.wav }
  mara: { sample: mara.mp3 }
chapters:
${chapters.map((chapter) => `  - { title: Chapter ${chapter}, file: ${chapter}.txt }`).join('\n')}
output: { formats: [mp3, m4b] }
`,
  );
  return { manifest, title, voices: 2, segments: CHAPTERS * linesPerChapter };
}

/** Gives the book a budget: one grant for all of its runs, until the amount changes. */
export function setBudget({ manifest }: StormBook, amount: number): Promise<void> {
  return appendFile(manifest, `budget: ${amount.toFixed(4)} CNY\n`);
}

/** An ID3v1 tag: 128 bytes behind the sound. */
function songTag(title: string): Buffer {
  const tag = Buffer.alloc(128);
  tag.write('TAG', 0, 'latin1');
  tag.write(title, 3, 30, 'latin1');
  return tag;
}
