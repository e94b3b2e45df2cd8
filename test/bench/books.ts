/** Books of a wanted size for benchmarks: made up, repeatable, no two paragraphs alike. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ENGINE_LINES } from './engine.ts';

const WORDS =
  'the lamp went out over the harbour and nobody on the pier could say which of the boats had seen it first or whether the keeper was asleep'.split(
    ' ',
  );

/** Writes `book.yaml` with its texts and samples. Each paragraph becomes one segment; two voices take turns. */
export async function writeBenchBook(
  folder: string,
  of: {
    chapters: number;
    paragraphsPerChapter: number;
    wordsPerParagraph: number;
    formats: string;
    mastering?: string;
    title?: string;
  },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(resolve('manifests/hello/voices'), join(folder, 'voices'), { recursive: true });
  const chapters: string[] = [];
  for (let chapter = 1; chapter <= of.chapters; chapter++) {
    const paragraphs = Array.from({ length: of.paragraphsPerChapter }, (_, index) =>
      paragraph({ chapter, index, words: of.wordsPerParagraph }),
    );
    await writeFile(join(folder, `${chapter}.txt`), `${paragraphs.join('\n\n')}\n`);
    chapters.push(`  - { title: Chapter ${chapter}, file: ${chapter}.txt }`);
  }
  await writeFile(
    join(folder, 'book.yaml'),
    `book: { title: ${of.title ?? 'Bench'} }
${ENGINE_LINES}characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3 }
chapters:
${chapters.join('\n')}
output: { formats: ${of.formats}, mastering: ${of.mastering ?? 'acx'} }
`,
  );
}

function paragraph({ chapter, index, words }: { chapter: number; index: number; words: number }): string {
  // Lengths between half and one and a half of the wanted one, by a fixed pattern: real paragraphs differ too.
  const length = Math.max(3, Math.round(words * (0.5 + ((index * 7919 + chapter * 104_729) % 1000) / 1000)));
  const text = Array.from({ length }, (_, word) => WORDS[(word * 5 + index * 3 + chapter) % WORDS.length]).join(' ');
  return `${index % 3 === 2 ? '[mara] ' : ''}In chapter ${chapter}, at line ${index}, ${text}.`;
}
