import type { CharacterGains } from '../plan/levels.ts';
import type { ChapterTags } from '../plan/step.ts';
import type { Profile, Range } from '../qc/profiles.ts';
import { type Arrangement, arrangeChapter, type Placement } from './arrange.ts';
import { type Cover, type EncodeOutput, encode } from './encode.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { innerPauses } from './inner-pauses.ts';
import { levelChapter } from './level.ts';
import type { TakeMeasures } from './measures.ts';
import { gainFromDb } from './pcm.ts';
import { renderChapter } from './render.ts';
import { roomTone } from './room-tone.ts';

/** One take of the chapter: how to read it, and what is known of it without reading. */
export interface ChapterTake {
  measures: TakeMeasures;
  character: string;
  /** Opens the take's sound, s16le mono; called once, when it is its turn. */
  open(): AsyncIterable<Uint8Array>;
  /** Silence from its last sound to the first of the next take, in milliseconds. */
  pauseAfterMs: number;
}

/** All that shapes a chapter's files. */
export interface MasterRequest {
  ffmpeg: Ffmpeg;
  /** In the order they are heard; at least one. */
  takes: readonly ChapterTake[];
  /** Constant over the whole book (plan/levels.ts). Default: none is moved against the others. */
  characterGainsDb?: CharacterGains;
  /** Of all takes. */
  sampleRateHz: number;
  profile: Profile;
  outputs: readonly EncodeOutput[];
  tags: ChapterTags;
  cover?: Cover;
  signal?: AbortSignal;
}

/** What was sent to the encoders. What became of it is measured on the finished file (`inspectFile`). */
export interface MasteredChapter {
  durationSeconds: number;
  /** Levels as solved from the takes' measures, within about 0.1 dB for speech; −Infinity for a chapter without sound. */
  loudnessLufs: number;
  rmsDbfs: number;
  /** Where each take lies in the chapter and what of it is heard, in samples at `sampleRateHz`. */
  takePositions: Placement[];
  /** The pauses inside each take as it lies in the chapter, in seconds from its start. */
  takePauses: [startSeconds: number, endSeconds: number][][];
}

/** Below the profile's limit, for what resampling and encoding add: 0.1 dB on speech, 0.6 dB on clipped speech and noise. */
const CEILING_MARGIN_DB = 0.7;

/**
 * Joins, levels, limits, encodes and tags one chapter in a single pass: each take is read once, nothing is held whole,
 * one ffmpeg writes all formats. The same request gives the same bytes.
 *
 * Errors: `store-damaged` when a take is not as it was measured, `interrupted`, those of `encode`. No file is left then.
 */
export async function masterChapter(request: MasterRequest): Promise<MasteredChapter> {
  const { takes, sampleRateHz, profile, signal } = request;
  if (takes.length === 0) throw new Error('Internal error: a chapter without takes');
  if (takes.some(({ measures }) => measures.sampleRateHz !== sampleRateHz)) {
    throw new Error('Internal error: takes of different sample rates in one chapter');
  }
  const { targetLufs, roomToneDbfs } = profile;
  const arrangement = arrange(request);
  const ceiling = ceilingOf(profile);
  const target = targetLufs === null ? null : { loudnessLufs: targetLufs, rmsDbfs: profile.rules.rmsDbfs, ceiling };
  const levels = levelChapter({ takes, characterGainsDb: request.characterGainsDb, arrangement, target });
  const chunks = renderChapter({
    takes: takes.map((take, i) => ({ measures: take.measures, gain: levels.gains[i]!, open: () => take.open() })),
    arrangement,
    sampleRateHz,
    ceiling: target === null ? null : ceiling,
    highPassHz: profile.highPassHz,
    removeOffset: target !== null,
    tone: roomToneDbfs === null ? null : roomTone(roomToneDbfs),
    signal,
  });

  await encode({ ...request, pcm: bytesOf(chunks), denoiseDb: profile.denoiseDb });
  return {
    durationSeconds: arrangement.totalSamples / sampleRateHz,
    loudnessLufs: levels.loudnessLufs,
    rmsDbfs: levels.rmsDbfs,
    takePositions: arrangement.placements,
    takePauses: arrangement.placements.map((placement, index) => innerPauses(takes[index]!.measures, placement)),
  };
}

/** Speech shorter than this is outweighed by the silence around it: no level could meet a rule on the whole file's RMS. */
const SHORT_SECONDS = 4;
/** Kept from the rules on head and tail, for what an encoder adds. */
const EDGE_MARGIN_SECONDS = 0.1;

/** A word or two gets the shortest head and tail that the profile's rules take, where they have a rule on RMS as well. */
function arrange({ takes, sampleRateHz, profile }: MasterRequest): Arrangement {
  const { headSeconds, tailSeconds, rules } = profile;
  const usual = arrangeChapter({ takes, sampleRateHz, headSeconds, tailSeconds });
  const spokenSeconds = usual.totalSamples / sampleRateHz - headSeconds - tailSeconds;
  if (rules.rmsDbfs?.least == null || spokenSeconds >= SHORT_SECONDS) return usual;
  const shortest = (range: Range | null, seconds: number): number =>
    range?.least == null ? seconds : Math.min(seconds, range.least + EDGE_MARGIN_SECONDS);
  return arrangeChapter({
    takes,
    sampleRateHz,
    headSeconds: shortest(rules.headSilenceSeconds, headSeconds),
    tailSeconds: shortest(rules.tailSilenceSeconds, tailSeconds),
  });
}

function ceilingOf({ rules }: Profile): number {
  const limitDb = Math.min(rules.truePeakDbtp?.most ?? 0, rules.samplePeakDbfs?.most ?? 0);
  return gainFromDb(limitDb - CEILING_MARGIN_DB);
}

async function* bytesOf(chunks: AsyncIterable<Int16Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
