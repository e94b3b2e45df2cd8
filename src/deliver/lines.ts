/** Delivers a file for each line, in a folder for each chapter. */
import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import { PipelineError } from '../errors.ts';
import { lineFileStem, linesFolderName } from '../plan/names.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import { HEAD_LINE } from '../script/lines/line-name.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { LinePack, MasterRecord } from '../store/masters.ts';
import { refuseLinks } from '../store/no-links.ts';
import type { Store } from '../store/store.ts';
import { chapterStem, highestNumber, markedStem } from './file-names.ts';
import { deliverBytes, inFolder, isDelivered } from './files.ts';
import { lineTags, type MarkedAs } from './marks/book-tags.ts';
import { deliverMarkedBytes, markedBefore } from './marks/deliver-marked.ts';
import type { Marks } from './marks/marks.ts';

/**
 * Writes the files of a chapter's lines to `03 - The Storm - lines/`, such as `03-0042 Anna.wav`. Leaves files that are already
 * correct, and does not open the pack if all are. Writes each file atomically. Returns the paths and the number of files
 * written. Fails with `store-unwritable`, `disk-full` or `store-damaged`.
 */
export async function deliverLines(of: {
  store: Store;
  plan: Plan;
  chapter: PlannedChapter;
  master: MasterRecord;
  folder: string;
  marks?: Marks | undefined;
}): Promise<{ paths: string[]; written: number }> {
  const { store, plan, chapter, master, marks } = of;
  const { lines: pack } = master;
  if (pack === undefined) return { paths: [], written: 0 };
  const folder = join(of.folder, linesFolderName(markedStem(chapterStem(plan, chapter), master)));
  await refuseLinks(of.folder, folder);
  const madeAt = new Date(master.madeAt);
  const place = { chapter: chapter.number, chapters: highestNumber(plan), lines: pack.entries.length };
  const first = chapter.lines[0] === HEAD_LINE ? 0 : 1;
  const paths = pack.entries.map(({ character }, index) =>
    join(folder, `${lineFileStem({ ...place, line: first + index, character })}.${pack.format}`),
  );
  const tagsOf = (index: number): MarkedAs =>
    lineTags({ plan, chapter, master, index, of: pack.entries.length, digest: pack.entries[index]!.digest });
  const nameOf = (path: string): string => relative(of.folder, path).replaceAll(sep, '/');
  const missing = new Set<number>();
  for (const [index, file] of pack.entries.entries()) {
    const path = paths[index]!;
    if (marks === undefined) {
      if (!(await isDelivered({ path, file, madeAt }))) missing.add(index);
      continue;
    }
    const earlier = marks.earlier.get(nameOf(path));
    const one = { path, earlier, unmarked: file.digest, format: pack.format, madeAt, marked: tagsOf(index) };
    const there = await markedBefore(one);
    if (there === undefined) missing.add(index);
    else marks.delivered.set(there.name, there);
  }
  if (missing.size === 0) return { paths, written: 0 };
  await inFolder(folder, async () => {
    await makeFolder(folder);
    for await (const { index, bytes } of filesIn(pack, store)) {
      if (!missing.has(index)) continue;
      const path = paths[index]!;
      if (marks === undefined) await deliverBytes({ folder, path, bytes, madeAt });
      else {
        const one = { bytes, folder, path, name: nameOf(path), format: pack.format, madeAt, marked: tagsOf(index) };
        const { name, file } = await deliverMarkedBytes({ ...one, unmarked: pack.entries[index]!.digest });
        marks.delivered.set(name, file);
      }
    }
  });
  return { paths, written: missing.size };
}

/** The files of a pack, one at a time, each checked against its digest. */
async function* filesIn(pack: LinePack, store: Store): AsyncGenerator<{ index: number; bytes: Buffer }> {
  let index = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const piece of store.openBlob(pack.digest)) {
    pending.push(piece);
    pendingBytes += piece.length;
    for (let entry = pack.entries[index]; entry !== undefined && pendingBytes >= entry.byteLength; ) {
      const all = Buffer.concat(pending);
      const bytes = all.subarray(0, entry.byteLength);
      if (createHash('sha256').update(bytes).digest('hex') !== entry.digest) throw damaged(index);
      yield { index, bytes };
      pending = [all.subarray(entry.byteLength)];
      pendingBytes -= entry.byteLength;
      index += 1;
      entry = pack.entries[index];
    }
  }
  if (index < pack.entries.length) throw damaged(index);
}

function damaged(index: number): PipelineError {
  const message = `The stored files of a chapter's lines are damaged from line ${index + 1} on. Run again to create them again.`;
  return new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}
