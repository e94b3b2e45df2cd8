/**
 * A run whose book is delivered to S3. The book is delivered into a local folder first, each file is uploaded when it is
 * complete, and the folder is removed at the end. Nothing stays on this machine, so any machine may deliver the next edition:
 * the report on S3 lists the files of the previous one.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { folderNames } from '../deliver/folder.ts';
import { namesInReport, REPORT } from '../deliver/report.ts';
import type { ReportedFailure } from '../events.ts';
import { runBook } from '../run/run-book.ts';
import type { RunOptions, RunOutcome } from '../run/run-options.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { failureOf, Publisher } from './publisher.ts';

/**
 * `runBook` with delivery to the bucket instead of the folder `outDir`. Paths in its events are addresses of objects. Throws
 * what `runBook` throws, and rejects before anything is paid for when the bucket cannot be written.
 */
export async function runPublished(options: RunOptions, bucket: Bucket): Promise<RunOutcome> {
  await checkWritable(bucket);
  const staging = await options.store.workFolder();
  try {
    const { title } = options.book.manifest;
    // Read them before the run overwrites one with its own report.
    const earlier = await fetchReports({ bucket, staging, title });
    const publisher = new Publisher({ bucket, staging, emit: options.emit });
    const { finished, stoppedBy } = await runBook({ ...options, outDir: staging, emit: publisher.emit });
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
  earlier: ReadonlyMap<string, string[]>;
}): Promise<ReportedFailure | undefined> {
  const { publisher, bucket, finished, earlier } = of;
  try {
    const folder = basename(finished.folder);
    const now = new Set(await publisher.publishRest(finished.folder));
    if (!finished.ok) return undefined;
    for (const name of earlier.get(folder) ?? []) if (!now.has(name)) await bucket.delete(`${folder}/${name}`);
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
 * Downloads the reports of all books of this title, which say to which book each folder belongs. Returns the delivered files
 * of each folder, by its name.
 */
async function fetchReports(of: {
  bucket: Bucket;
  staging: string;
  title: string;
}): Promise<ReadonlyMap<string, string[]>> {
  const files = new Map<string, string[]>();
  for (const name of folderNames(of.title)) {
    const report = await of.bucket.getText(`${name}/${REPORT}`);
    if (report === undefined) break;
    await mkdir(join(of.staging, name));
    await writeFile(join(of.staging, name, REPORT), report.text);
    files.set(name, await namesInReport(join(of.staging, name)));
  }
  return files;
}
