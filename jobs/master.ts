/** Joins a chapter's takes into its finished files, measures the files and stores them. */
import { rm } from 'node:fs/promises';
import type { Cover } from '../src/audio/ffmpeg/encode.ts';
import { arrangeChapter } from '../src/audio/mastering/arrange.ts';
import type { ChapterTake } from '../src/audio/mastering/chapter-sound.ts';
import {
  retailSampleTakes,
  splitTakes,
  type TakeRange,
  type TakesToSplit,
} from '../src/audio/mastering/split-chapter.ts';
import { PipelineError } from '../src/errors.ts';
import { masterDigest } from '../src/plan/keys.ts';
import type { CharacterGains } from '../src/plan/levels.ts';
import type { Asset, MasterStep, StepResult } from '../src/plan/step.ts';
import { type Profile, profileOf, retailSampleProfile } from '../src/qc/profiles.ts';
import { overallVerdict } from '../src/qc/verdict.ts';
import { findMaster, type MasterRecord, putMaster } from '../src/store/masters.ts';
import type { Store } from '../src/store/store.ts';
import { findTakes, type TakeRecord } from '../src/store/takes.ts';
import { packLines } from './chapter-lines.ts';
import { type MadePart, makePart } from './chapter-part.ts';
import { chapterTakes, gainsOf, quarantineDamaged } from './chapter-takes.ts';
import { type Attempt, type JobContext, stepResultOf } from './context.ts';
import { judgeLate } from './judge-late.ts';
import { keepChapterBlobs } from './keep-chapter-blobs.ts';
import { verifyTakes } from './verify-takes.ts';

/**
 * Ensures that the store has the step's files. Fails with `take-missing` when a take is missing, and with
 * `text-unaccounted` when a take has another text or is out of order: a chapter is never sealed with a gap. Makes none when
 * takes are doubted late (`reopened`).
 */
export async function master(step: MasterStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const work = async (): Promise<{ record: MasterRecord; outcome: StepResult['outcome'] } | { reopened: number }> => {
    const takes = await takesOf(step, context.store);
    verifyTakes(step, takes);
    const reopened = await judgeLate({ step, takes }, attempt, context);
    if (reopened > 0) return { reopened };
    try {
      return await masterTakes({ step, takes, attempt, context });
    } catch (error) {
      if (error instanceof PipelineError && error.code === 'store-damaged')
        await quarantineDamaged(takes, context.store);
      throw error;
    }
  };
  const made = await context.singleFlight.run(`master-${step.key}`, work, attempt.signal);
  if ('record' in made) return stepResultOf({ step, ...made, context });
  const record = { durationSeconds: 0, simulated: false };
  return { ...stepResultOf({ step, outcome: 'reused', record, context }), reopened: made.reopened };
}

async function masterTakes(of: {
  step: MasterStep;
  takes: TakeRecord[];
  attempt: Attempt;
  context: JobContext;
}): Promise<{ record: MasterRecord; outcome: StepResult['outcome'] }> {
  const { step, takes, context } = of;
  const chapter = await chapterTakes(step, { takes, store: context.store });
  const gains = gainsOf(step, chapter);
  const digests = takes.map((take) => take.pcm.digest);
  const digest = masterDigest(digests, gains);
  const known = await findMaster(context.store, step.key);
  if (known?.takesDigest === digest) return { record: known, outcome: 'reused' };
  const record = await makeMaster({ ...of, chapter, gains, digest });
  await keepChapterBlobs(context.store, { masterKey: step.key, takes, chapter });
  return { record, outcome: 'made' };
}

async function takesOf(step: MasterStep, store: Store): Promise<TakeRecord[]> {
  const byKey = new Map<string, TakeRecord>();
  for await (const piece of findTakes(
    store,
    step.takes.map(({ key }) => key),
  )) {
    for (const take of piece) byKey.set(take.key, take);
  }
  const takes = step.takes.flatMap(({ key }) => byKey.get(key) ?? []);
  const missing = step.takes.length - takes.length;
  if (missing === 0) return takes;
  throw new PipelineError({
    code: 'take-missing',
    message: `Chapter ${step.chapter} "${step.title}" lacks ${missing} of ${step.takes.length} takes, so it was not mastered.`,
    retry: 'never',
  });
}

interface MasterTask {
  step: MasterStep;
  takes: TakeRecord[];
  chapter: ChapterTake[];
  gains: CharacterGains | undefined;
  digest: string;
  attempt: Attempt;
  context: JobContext;
}

async function makeMaster({
  step,
  takes,
  chapter,
  gains,
  digest,
  attempt,
  context,
}: MasterTask): Promise<MasterRecord> {
  const { store } = context;
  const profile = profileFor(step);
  const simulated = takes.some((take) => take.simulated);
  const folder = await store.workFolder();
  try {
    const ranges = rangesOf(step, chapter, profile);
    const tags = simulatedTags(step.tags, simulated);
    const all = { step, takes, chapter, gains, profile, tags, ...(await coverOf(step, store)), folder };
    const parts: MadePart[] = [];
    for (const [index, range] of ranges.entries()) {
      const part = ranges.length === 1 ? undefined : { number: index + 1, of: ranges.length };
      const onProgress = (share: number): void => attempt.onProgress?.((index + share) / ranges.length);
      parts.push(await makePart({ ...all, range, part, signal: attempt.signal, onProgress }, context));
    }
    const lines = await packLines({ step, parts, store });
    const [first] = parts;
    if (first === undefined) throw new Error('Internal error: a chapter without takes');
    const { curves } = first.record;
    const record: MasterRecord = {
      key: step.key,
      takesDigest: digest,
      files: parts.flatMap(({ files }) => files),
      durationSeconds: parts.reduce((sum, part) => sum + part.record.durationSeconds, 0),
      loudnessLufs: first.record.loudnessLufs,
      verdict: overallVerdict(parts),
      failures: parts.flatMap(({ failures }) => failures),
      positions: parts.flatMap(({ positions }) => positions),
      curves,
      ...(parts.length > 1 && { parts: parts.map((part) => part.record) }),
      ...(lines && { lines }),
      ffmpeg: context.ffmpeg.version,
      simulated,
      madeAt: new Date().toISOString(),
    };
    await putMaster(store, record);
    return record;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The profile for a step's files; a retail sample has its own length. */
function profileFor(step: MasterStep): Profile {
  const profile = profileOf(step);
  return step.excerpt === undefined ? profile : retailSampleProfile(profile, step.excerpt.seconds);
}

/** The takes of each file. */
function rangesOf(step: MasterStep, chapter: readonly ChapterTake[], profile: Profile): TakeRange[] {
  const { parting, excerpt, sampleRateHz } = step;
  const all = [{ first: 0, end: chapter.length }];
  const most = profile.rules.durationSeconds?.most ?? null;
  const { headSeconds, tailSeconds } = profile;
  const arranged = (boundaries: NonNullable<typeof parting>['boundaries']): TakesToSplit => {
    const { placements } = arrangeChapter({ takes: chapter, sampleRateHz, headSeconds, tailSeconds });
    return { placements, boundaries, sampleRateHz, headSeconds, tailSeconds };
  };
  if (excerpt !== undefined) return [retailSampleTakes(arranged(excerpt.boundaries), excerpt.seconds)];
  return parting === undefined || most === null ? all : splitTakes(arranged(parting.boundaries), most);
}

/** Tags that say so when the speech is simulated. */
export function simulatedTags<T extends { comment: string }>(tags: T, simulated: boolean): T {
  return simulated ? { ...tags, comment: `SIMULATED, not for delivery. ${tags.comment}` } : tags;
}

/** The step's cover from the store; empty when it has none. */
export async function coverOf(step: { cover?: Asset }, store: Store): Promise<{ cover?: Cover }> {
  if (step.cover === undefined) return {};
  return { cover: { bytes: await store.readBlob(step.cover.digest), mediaType: step.cover.mediaType } };
}
