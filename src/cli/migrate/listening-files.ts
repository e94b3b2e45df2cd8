/** The lines to compare as WAV files: each character's old take beside its new one, at one level. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { matchLevels } from '../../audio/mastering/match-levels.ts';
import { wavHeader } from '../../audio/pcm.ts';
import { deliverText, inFolder } from '../../deliver/files.ts';
import type { ComparedLine } from '../../plan/compared-lines.ts';
import { bookFolderName } from '../../plan/names.ts';
import type { Store } from '../../store/store.ts';
import { findTake, type TakeRecord } from '../../store/takes.ts';

/** Where a character's line can be heard; null where there is no take. */
export interface ListeningLine {
  character: string;
  text: string;
  old: string | null;
  new: string | null;
}

/** Writes the files of all lines that have a take. Safe to repeat: equal files are left alone. */
export async function writeListeningFiles(
  folder: string,
  { store, lines }: { store: Store; lines: readonly ComparedLine[] },
): Promise<ListeningLine[]> {
  if (lines.length === 0) return [];
  await inFolder(folder, () => mkdir(folder, { recursive: true }));
  const stems = stemsOf(lines.map(({ character }) => character));
  const written: ListeningLine[] = [];
  for (const [at, { character, text, old, next }] of lines.entries()) {
    const takes = await Promise.all([findTake(store, old.key), findTake(store, next.key)]);
    const [before, after] = await Promise.all(takes.map((take) => take && store.readBlob(take.pcm.digest)));
    const sounds = before && after ? matchLevels(before, after) : [before, after];
    const paths: (string | null)[] = [];
    for (const [which, name] of ['old', 'new'].entries()) {
      const [take, pcm] = [takes[which], sounds[which]];
      paths.push(take && pcm ? await writeWav(folder, `${stems[at]}-${name}.wav`, { take, pcm }) : null);
    }
    written.push({ character, text, old: paths[0] ?? null, new: paths[1] ?? null });
  }
  return written;
}

async function writeWav(folder: string, name: string, { take, pcm }: { take: TakeRecord; pcm: Uint8Array }) {
  const header = wavHeader({ sampleRateHz: take.sampleRateHz, dataBytes: pcm.length });
  await deliverText({ text: Buffer.concat([header, pcm]), folder, name });
  return join(folder, name);
}

/** File names of characters; a number keeps those apart that become the same. */
function stemsOf(characters: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return characters.map((character) => {
    const stem = bookFolderName(character);
    const count = (taken.get(stem.toLowerCase()) ?? 0) + 1;
    taken.set(stem.toLowerCase(), count);
    return count === 1 ? stem : `${stem} ${count}`;
  });
}
