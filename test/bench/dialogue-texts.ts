/** Novels of nearly nothing but dialogue, made up by chance: the most work that `import --cast` has with a text that people could write. */
import type { Crafted } from './crafted-manuscripts.ts';

const NAMES = [
  'Anna',
  'Tom',
  'Mr. Chase',
  'Lady Henry',
  'Mrs. Medley',
  'Inspector Pole',
  'Rose',
  'Dr. Vane',
  'Robert',
  'Emily',
];
const WORDS =
  'the a sea lamp went came to and of door night why never always letter you I he she thought said little house morning after before great while'.split(
    ' ',
  );

/** By name. What each is by chance is the same in every run. */
export const DIALOGUE_TEXTS: Readonly<Record<string, Crafted>> = {
  'dense dialogue': novel(300),
  'tiny chapters': novel(3),
};

function novel(paragraphsInChapter: number): Crafted {
  return (size) => {
    const chance = chances(7);
    const paragraphs: string[] = [];
    for (let length = 0, index = 0; length < size; index++) {
      const isHeading = index % paragraphsInChapter === 0;
      const paragraph = isHeading ? `Chapter ${index / paragraphsInChapter + 1}` : paragraphOf(chance);
      paragraphs.push(paragraph);
      length += paragraph.length + 2;
    }
    return { name: 'a.txt', bytes: new Uint8Array(Buffer.from(paragraphs.join('\n\n'))) };
  };
}

function paragraphOf(chance: () => number): string {
  const name = oneOf(NAMES, chance);
  const words = (count: number): string => {
    const said = Array.from({ length: count }, () => oneOf(WORDS, chance)).join(' ');
    return said[0]!.toUpperCase() + said.slice(1);
  };
  const kind = chance();
  if (kind < 0.25) return `“${words(6)},” said ${name}.`;
  if (kind < 0.6) return `“${words(5)}?”`;
  if (kind < 0.7) return `“${words(4)}, ${name}!”`;
  if (kind < 0.8) return `${name} looked at the sea. “${words(5)}.”`;
  if (kind < 0.9) return `“${words(4)},” he said, “${words(3)}.”`;
  return `${words(12)} ${name} went away.`;
}

function oneOf(all: readonly string[], chance: () => number): string {
  return all[Math.floor(chance() * all.length)]!;
}

/** Numbers from 0 to 1, the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
