/** Joins a chapter's takes into its finished files, measures those, and keeps them in the store. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Cover } from '../src/audio/encode.ts';
import { inspectFile } from '../src/audio/inspect.ts';
import { type ChapterTake, masterChapter } from '../src/audio/master.ts';
import { decodeMeasures } from '../src/audio/measures.ts';
import { PipelineError } from '../src/errors.ts';
import { takesDigest } from '../src/plan/keys.ts';
import type { Asset, MasterStep, StepResult } from '../src/plan/step.ts';
import type { Curves } from '../src/qc/measured-file.ts';
import { profileOf } from '../src/qc/profiles.ts';
import { judgeChapter } from '../src/qc/verdict.ts';
import { findMaster, type MasterFile, type MasterRecord, putMaster } from '../src/store/masters.ts';
import type { Store } from '../src/store/store.ts';
import { findTake, type TakeRecord } from '../src/store/takes.ts';
import { type Attempt, answerOf, type JobContext } from './context.ts';
import { placesOf, proveTakes } from './seal.ts';

/**
 * Makes sure that the store has the step's files. Fails with `take-missing` when a take is not there, and with
 * `text-unaccounted` when one says something else or does not lie behind the one before: a chapter is never sealed with a
 * hole in it.
 */
export async function master(step: MasterStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const work = async (): Promise<{ record: MasterRecord; outcome: StepResult['outcome'] }> => {
    const takes = await takesOf(step, context.store);
    proveTakes(step, takes);
    const digest = takesDigest(takes.map((take) => take.pcm.digest));
    const known = await findMaster(context.store, step.key);
    if (known?.takesDigest === digest) return { record: known, outcome: 'reused' };
    return { record: await make({ step, takes, digest, attempt, context }), outcome: 'made' };
  };
  const { record, outcome } = await context.singleFlight.run(`master-${step.key}`, work, attempt.signal);
  return answerOf({ step, outcome, record, context });
}

async function takesOf(step: MasterStep, store: Store): Promise<TakeRecord[]> {
  const byKey = new Map<string, TakeRecord>();
  const takes: TakeRecord[] = [];
  let missing = 0;
  for (const { key } of step.takes) {
    const take = byKey.get(key) ?? (await findTake(store, key));
    if (take === undefined) {
      missing += 1;
      continue;
    }
    byKey.set(key, take);
    takes.push(take);
  }
  if (missing === 0) return takes;
  throw new PipelineError({
    code: 'take-missing',
    message: `Chapter ${step.chapter} "${step.title}" lacks ${missing} of ${step.takes.length} takes, so it was not put together.`,
    retry: 'never',
  });
}

interface Parts {
  step: MasterStep;
  takes: TakeRecord[];
  digest: string;
  attempt: Attempt;
  context: JobContext;
}

async function make({ step, takes, digest, attempt, context }: Parts): Promise<MasterRecord> {
  const { store, ffmpeg } = context;
  const profile = profileOf(step);
  const simulated = takes.some((take) => take.simulated);
  const folder = await store.workFolder();
  try {
    const outputs = step.formats.map((format) => ({ format, path: join(folder, `chapter.${format}`) }));
    const made = await masterChapter({
      ffmpeg,
      takes: await chapterTakes({ step, takes, store }),
      sampleRateHz: step.sampleRateHz,
      profile,
      outputs,
      tags: simulatedTags(step.tags, simulated),
      ...(await coverOf(step, store)),
      signal: attempt.signal,
    });
    const files: MasterFile[] = [];
    const failures: string[] = [];
    let verdict: MasterRecord['verdict'] = 'none';
    let loudnessLufs: number | null = null;
    let curves: Curves = { peaks: [], loudnessLufs: [] };
    for (const { format, path } of outputs) {
      const measured = await inspectFile({ ffmpeg, path, signal: attempt.signal });
      const judged = judgeChapter(measured, profile);
      for (const rule of judged.rules) {
        if (!rule.pass) failures.push(`${format}: ${rule.rule} is ${rule.measured}, wanted ${rule.wanted}`);
      }
      if (verdict !== 'fail') verdict = judged.verdict;
      if (files.length === 0) curves = measured.curves;
      loudnessLufs ??= Number.isFinite(measured.loudnessLufs) ? measured.loudnessLufs : null;
      const { sampleRateHz } = measured;
      files.push({ format, ...(await store.putFile(path)), rules: judged.rules, sampleRateHz });
    }
    const record: MasterRecord = {
      key: step.key,
      takesDigest: digest,
      files,
      durationSeconds: made.durationSeconds,
      loudnessLufs,
      verdict,
      failures,
      positions: placesOf({ step, takes, made }),
      curves,
      ffmpeg: ffmpeg.version,
      simulated,
      madeAt: new Date().toISOString(),
    };
    await putMaster(store, record);
    return record;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tags that say so when the speech is simulated. */
export function simulatedTags<T extends { comment: string }>(tags: T, simulated: boolean): T {
  return simulated ? { ...tags, comment: `SIMULATED, not for delivery. ${tags.comment}` } : tags;
}

/** The step's cover out of the store; nothing when it has none. */
export async function coverOf(step: { cover?: Asset }, store: Store): Promise<{ cover?: Cover }> {
  if (step.cover === undefined) return {};
  return { cover: { bytes: await store.readBlob(step.cover.digest), mediaType: step.cover.mediaType } };
}

async function chapterTakes({
  step,
  takes,
  store,
}: {
  step: MasterStep;
  takes: TakeRecord[];
  store: Store;
}): Promise<ChapterTake[]> {
  const chapter: ChapterTake[] = [];
  for (const [index, take] of takes.entries()) {
    const place = step.takes[index];
    if (place === undefined) throw new Error('Internal error: more takes than places in the chapter.');
    chapter.push({
      measures: decodeMeasures(await store.readBlob(take.measures.digest)),
      character: place.character,
      open: () => Readable.from(store.openBlob(take.pcm.digest), { objectMode: false }),
      pauseAfterMs: place.pauseAfterMs,
    });
  }
  return chapter;
}
