/** The package of a finished book for a shop: one ZIP with files named as the shop wants them, cover, sample, checklist and checksums. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { AudioFormat } from '../../manifest/manifest.ts';
import { chapterFileStem, partTitle } from '../../plan/names.ts';
import { type Plan, type PlannedChapter, spokenChapters } from '../../plan/plan.ts';
import { type MasterFile, type MasterRecord, partsOf } from '../../store/masters.ts';
import type { Store } from '../../store/store.ts';
import { deliverWritten } from '../files.ts';
import { type MarkedAs, partTags } from '../marks/book-tags.ts';
import { tagsDigest } from '../marks/deliver-marked.ts';
import { markedSound } from '../marks/marked-sound.ts';
import { writeZip, type ZipEntry, zipComment } from '../zip.ts';
import type { Shop } from './shops.ts';

/** A finished chapter. */
export interface FinishedChapter {
  chapter: PlannedChapter;
  master: MasterRecord;
}

/** A sound of the package. */
export interface PackagedSound {
  name: string;
  file: MasterFile;
  marked: MarkedAs;
}

/** The sounds in the shop's order and with its names; a retail sample comes last, without a number. */
export function packagedSounds(of: {
  plan: Plan;
  chapters: readonly FinishedChapter[];
  shop: Shop;
  format: AudioFormat;
}): PackagedSound[] {
  const { plan, chapters, shop, format } = of;
  const spoken = new Set(spokenChapters(plan).map(({ number }) => number));
  const all = chapters.flatMap(({ chapter, master }) => {
    const parts = partsOf(master);
    return parts.flatMap((part) => {
      const file = part.files.find((one) => one.format === format);
      if (file === undefined) return [];
      const which = part.number === 0 ? undefined : { number: part.number, of: parts.length };
      const title = which === undefined ? chapter.title : partTitle(chapter.title, which);
      const marked = partTags({ plan, chapter, master, part, digest: file.digest });
      return [{ title, file, marked, isSample: !spoken.has(chapter.number) }];
    });
  });
  const numbered = all.filter(({ isSample }) => !isSample);
  const isbn = plan.delivery.publication?.isbn ?? plan.title;
  const named = numbered.map(({ title, file, marked }, index) => ({
    name:
      shop.naming === 'isbn'
        ? `${isbn}_${index + 1}of${numbered.length}.${format}`
        : `${chapterFileStem(index + 1, numbered.length, title)}.${format}`,
    ...{ file, marked },
  }));
  const samples = all.filter(({ isSample }) => isSample);
  return [...named, ...samples.map(({ file, marked }) => ({ name: `Retail Sample.${format}`, file, marked }))];
}

/**
 * Writes the package, unless it is there with the same content. Returns whether it was written. Reads the store only. Fails
 * like `deliverWritten`, and with `store-damaged`.
 */
export async function writePackage(of: {
  path: string;
  store: Store;
  sounds: readonly PackagedSound[];
  cover: { name: string; digest: string } | undefined;
  texts: readonly { name: string; text: string }[];
}): Promise<boolean> {
  const { path, store, sounds, cover, texts } = of;
  const content = [sounds.map(({ name, file, marked }) => [name, file.digest, tagsDigest(marked.tags)]), cover, texts];
  const comment = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  if ((await zipComment(path, comment.length)) === comment) return false;
  const write = (temporary: string): Promise<void> =>
    writeZip({ path: temporary, entries: entriesOf({ store, sounds, cover, texts }), comment });
  // The time of no clock: the same package is the same file.
  await deliverWritten({ folder: dirname(path), path, madeAt: new Date('1980-01-01T00:00:00Z'), write });
  return true;
}

async function* entriesOf(of: Omit<Parameters<typeof writePackage>[0], 'path'>): AsyncGenerator<ZipEntry> {
  const { store, sounds, cover, texts } = of;
  const sums: string[] = [];
  /** The entry's digest is known when its bytes have been read. */
  async function* summed(name: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const piece of bytes) {
      hash.update(piece);
      yield piece;
    }
    sums.push(`${hash.digest('hex')}  ${name}`);
  }
  for (const { name, file, marked } of sounds) {
    const { format, byteLength } = file;
    const bytes = markedSound(store.openBlob(file.digest), { format, byteLength, tags: marked.tags });
    yield { name, bytes: summed(name, bytes) };
  }
  if (cover !== undefined) yield { name: cover.name, bytes: summed(cover.name, store.openBlob(cover.digest)) };
  for (const { name, text } of texts) {
    sums.push(`${createHash('sha256').update(text).digest('hex')}  ${name}`);
    yield { name, text, packed: true };
  }
  // Last: by then every digest is known.
  yield { name: 'SHA256SUMS.txt', text: `${sums.join('\n')}\n`, packed: true };
}
