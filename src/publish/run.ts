/**
 * A run whose book is delivered to S3. The book is delivered into a local folder first, each file is uploaded when it is
 * complete, and the folder is removed at the end. Nothing stays on this machine, so any machine may deliver the next edition:
 * the report on S3 lists the files of the previous one.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isComplete } from '../deliver/completeness.ts';
import { FOLDER_MARK, type FolderOwner, markText } from '../deliver/folder-owner.ts';
import { namesInReport, REPORT } from '../deliver/reports/report.ts';
import type { ReportedFailure } from '../events.ts';
import { runBook } from '../run/run-book.ts';
import type { RunOptions, RunOutcome } from '../run/run-options.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { claimPrefix, removeMark } from './folder.ts';
import { failureOf, Publisher } from './publisher.ts';

/**
 * `runBook` with delivery to the bucket instead of the folder `outDir`. Paths in its events are addresses of objects. Throws
 * what `runBook` throws, and rejects before anything is paid for when the bucket cannot be written.
 */
export async function runPublished(options: RunOptions, bucket: Bucket): Promise<RunOutcome> {
  await checkWritable(bucket);
  const staging = await options.store.workFolder();
  try {
    const { title, author = '' } = options.book.manifest;
    const owner = { title, author, store: options.store.id };
    const { name, isNew, notice } = await claimPrefix(bucket, owner);
    if (notice !== undefined) options.emit({ type: 'notice', level: 'warning', message: notice });
    const earlier = await prepareStaging({ bucket, staging, name, owner });
    const publisher = new Publisher({ bucket, staging, emit: options.emit });
    const { finished, stoppedBy } = await runBook({ ...options, outDir: staging, emit: publisher.emit }).catch(
      async (error: unknown) => {
        // It ended before its work began: nothing was delivered.
        if (isNew) await removeMark(bucket, name).catch(() => undefined);
        throw error;
      },
    );
    const failure = (await publisher.published()) ?? (await finishDelivery({ publisher, bucket, finished, earlier }));
    const event = publisher.finished(finished, failure === undefined);
    options.emit(event);
    return { finished: event, stoppedBy: stoppedBy ?? failure };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Uploads the remaining files and, when everything was delivered, removes files of earlier editions. Never rejects. */
async function finishDelivery(of: {
  publisher: Publisher;
  bucket: Bucket;
  finished: RunOutcome['finished'];
  earlier: readonly string[];
}): Promise<ReportedFailure | undefined> {
  const { publisher, bucket, finished, earlier } = of;
  try {
    const folder = basename(finished.folder);
    const now = new Set(await publisher.publishRest(finished.folder));
    if (now.has(REPORT)) await removeMark(bucket, folder);
    if (!isComplete(finished)) return undefined;
    for (const name of earlier) if (!now.has(name)) await bucket.delete(`${folder}/${name}`);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

/** Writes and removes an object; rejects as later writes would. */
async function checkWritable(bucket: Bucket): Promise<void> {
  const name = `.publishing-${randomUUID()}`;
  await bucket.put(name, '');
  await bucket.delete(name);
}

/**
 * Prepares the local folder like the one on S3: with the mark of this book, so that the run delivers into it, and with the report
 * of the earlier edition. Returns the names of the files of that edition.
 */
async function prepareStaging(of: {
  bucket: Bucket;
  staging: string;
  name: string;
  owner: FolderOwner;
}): Promise<string[]> {
  const { bucket, staging, name, owner } = of;
  const folder = join(staging, name);
  await mkdir(folder);
  await writeFile(join(folder, FOLDER_MARK), markText(owner));
  const report = await bucket.getText(`${name}/${REPORT}`);
  if (report !== undefined) await writeFile(join(folder, REPORT), report.text);
  return namesInReport(folder);
}
