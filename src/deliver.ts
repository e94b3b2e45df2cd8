/** Puts finished chapters where the producer looks for them, and leaves alone what is already right. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from './errors.ts';
import type { RunFinishedEvent } from './events.ts';
import type { MasterFile, MasterRecord } from './store/masters.ts';
import type { Store } from './store/store.ts';

const REPORT = 'report.json';
/** What we write before renaming; also how a crash's leftovers are known. */
const TEMPORARY = /^\.delivering-[0-9a-f-]{36}$/;

/**
 * Delivers a chapter's files into `folder` as `stem.mp3`, `stem.m4a`. A file that is there with the master's size and
 * time, or else with its content, is not touched. Each file appears whole or not at all.
 *
 * Fails with `store-unwritable`, `disk-full` or `store-damaged`.
 */
export async function deliverChapter({
  store,
  master,
  folder,
  stem,
}: {
  store: Store;
  master: MasterRecord;
  folder: string;
  stem: string;
}): Promise<{ files: string[]; written: number }> {
  const files: string[] = [];
  let written = 0;
  for (const file of master.files) {
    const path = join(folder, `${stem}.${file.format}`);
    if (!(await isDelivered({ path, file, madeAt: new Date(master.madeAt) }))) {
      await deliverFile({ store, file, path, folder, madeAt: new Date(master.madeAt) });
      written += 1;
    }
    files.push(path);
  }
  return { files, written };
}

/** Makes the folder and clears what a crashed delivery left there. */
export async function openDeliveryFolder(folder: string): Promise<void> {
  await inFolder(folder, async () => {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true });
  });
}

/**
 * Writes report.json beside the files and removes files that an earlier report lists and this one does not: an edition's
 * chapter that was renamed or dropped. Files that we did not make are never touched.
 */
export async function writeReport(
  folder: string,
  report: { title: string; finished: RunFinishedEvent },
): Promise<void> {
  await inFolder(folder, async () => {
    const names = report.finished.chapters
      .flatMap((chapter) => chapter.files)
      .map((path) => path.slice(folder.length + 1));
    const before = report.finished.ok ? await namesInReport(folder) : [];
    const { finished } = report;
    const text = JSON.stringify(
      {
        format: 'narration-report',
        version: 1,
        title: report.title,
        syntheticSpeech: true,
        simulated: finished.simulated,
        complete: finished.ok,
        files: names,
        chapters: finished.chapters.map((chapter) => ({
          ...chapter,
          files: chapter.files.map((path) => path.slice(folder.length + 1)),
        })),
        segments: finished.segments,
        voices: finished.voices,
        billedCharacters: finished.billedCharacters,
        calls: finished.calls,
      },
      null,
      2,
    );
    const temporary = temporaryPath(folder);
    await writeFile(temporary, `${text}\n`, { flush: true });
    await rename(temporary, join(folder, REPORT));
    for (const name of before) if (!names.includes(name)) await rm(join(folder, name), { force: true });
  });
}

async function isDelivered({ path, file, madeAt }: { path: string; file: MasterFile; madeAt: Date }): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== file.byteLength) return false;
  if (Math.abs(found.mtimeMs - madeAt.getTime()) < 1) return true;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex') === file.digest;
}

async function deliverFile(of: {
  store: Store;
  file: MasterFile;
  path: string;
  folder: string;
  madeAt: Date;
}): Promise<void> {
  const temporary = temporaryPath(of.folder);
  await inFolder(of.folder, async () => {
    await of.store.copyOut(of.file.digest, temporary);
    await utimes(temporary, of.madeAt, of.madeAt);
    await rename(temporary, of.path);
  });
}

function temporaryPath(folder: string): string {
  return join(folder, `.delivering-${randomUUID()}`);
}

async function namesInReport(folder: string): Promise<string[]> {
  try {
    const report: unknown = JSON.parse(await readFile(join(folder, REPORT), 'utf8'));
    if (typeof report !== 'object' || report === null || !('format' in report) || !('files' in report)) return [];
    if (report.format !== 'narration-report' || !Array.isArray(report.files)) return [];
    // A report is a file anybody can edit: only plain names of our own kinds are followed.
    return report.files.filter((name): name is string => typeof name === 'string' && /^[^/\\]+\.(mp3|m4a)$/.test(name));
  } catch {
    return [];
  }
}

async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof PipelineError || code === undefined) throw error;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new PipelineError({
      code: full ? 'disk-full' : 'store-unwritable',
      message: full
        ? `The disk of ${folder} is full. What was made is kept in the store: free some space and run again.`
        : `The folder ${folder} can not be written (${code}). Choose another with --out, or change its permissions.`,
      retry: 'never',
      cause: error,
    });
  }
}
