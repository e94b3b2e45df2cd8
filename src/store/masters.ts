/** Masters in the store: a finished chapter's files and their measurements. */
import type { AudioFormat, LineFormat } from '../manifest/manifest.ts';
import type { Curves } from '../qc/measured-file.ts';
import type { RuleVerdict } from '../qc/verdict.ts';
import type { BlobRef, Store } from './store.ts';
import type { TakeWord } from './take-words.ts';
import { isBlobRef } from './takes.ts';

/** A finished chapter. */
export interface MasterRecord {
  /** Master key. */
  key: string;
  /** Hash of the takes and the gains of their characters (`masterDigest`): a change of one makes the master stale. */
  takesDigest: string;
  /** For a chapter of several parts: the files of the first part, then those of the next. */
  files: MasterFile[];
  durationSeconds: number;
  /** Integrated loudness of the finished file, LUFS; null for silence. */
  loudnessLufs: number | null;
  /** Whether the finished file meets the profile's rules; `none` when the profile has none. */
  verdict: 'pass' | 'fail' | 'none';
  /** The failed rules, in words; empty when all passed. */
  failures: string[];
  /**
   * The position of each take in its file, in the order of the step's takes. An excerpt has fewer takes than its step.
   */
  positions: TakePlace[];
  /** Waveform and loudness curves of the first file. */
  curves: Curves;
  /** Only for a chapter that is delivered in several parts, because it is longer than its profile allows. */
  parts?: PartRecord[];
  /** A file for each line, if the step requests them. */
  lines?: LinePack;
  /**
   * Version of the ffmpeg that encoded it: another one may write other bytes. Absent in records of earlier versions.
   */
  ffmpeg?: string;
  /** A simulator spoke at least one take. */
  simulated: boolean;
  /** ISO 8601, UTC. Delivered files carry it as their modification time. */
  madeAt: string;
}

/** The facts of one part of a chapter. */
export interface PartRecord {
  durationSeconds: number;
  loudnessLufs: number | null;
  curves: Curves;
  /** 0-based index of its first take in the step. */
  firstTake: number;
  takes: number;
}

/** One part of a chapter with its files; a chapter in one piece is its own only part. */
export interface MasterPart extends PartRecord {
  /** 1-based; 0 for a chapter in one piece. */
  number: number;
  files: MasterFile[];
}

/** The files of all lines of a chapter, concatenated in one blob. */
export interface LinePack extends BlobRef {
  format: LineFormat;
  entries: LineEntry[];
}

/** One line's file in a pack. */
export interface LineEntry {
  character: string;
  /** Bytes of its file. */
  byteLength: number;
  /** SHA-256 of its file. */
  digest: string;
  durationSeconds: number;
}

/** The parts in which a chapter is delivered, in order; at least one. */
export function partsOf(record: MasterRecord): MasterPart[] {
  const { files, durationSeconds, loudnessLufs, curves, positions, parts } = record;
  const whole = { durationSeconds, loudnessLufs, curves, firstTake: 0, takes: positions.length };
  if (parts === undefined) return [{ ...whole, number: 0, files }];
  return parts.map((part, index) => {
    const number = index + 1;
    return { ...part, number, files: files.filter((file) => file.part === number) };
  });
}

/** One finished file. */
export interface MasterFile extends BlobRef {
  format: AudioFormat;
  /** 1-based number of its part; absent in a chapter in one piece. */
  part?: number;
  /** Every rule of the profile, measured on this file after decoding it. */
  rules: RuleVerdict[];
  /** Rate of the decoded file. Absent in records of earlier versions. */
  sampleRateHz?: number;
}

/** Position of a take in its chapter, and the pauses inside it, counted from its start. */
export interface TakePlace {
  startSeconds: number;
  durationSeconds: number;
  pauses: [startSeconds: number, endSeconds: number][];
  /** The take itself. Absent in records of earlier versions. */
  take?: PlacedTake;
}

/** A take in a master: enough to find it again, in the store and at the service. */
export interface PlacedTake {
  key: string;
  /** Digest of its s16le sound. */
  digest: string;
  /** Its total length. */
  samples: number;
  /** Index of its first sample in the master; the trimmed start is before it. Absent in masters of earlier versions. */
  fromSample?: number;
  sessionId: string;
  responseId: string;
  billedCharacters: number;
  /** For all tries together. Absent in records of earlier versions. */
  triesBilledCharacters?: number;
  /** Names of the checks that doubt it (src/qc/take.ts); absent for a good take. */
  doubts?: string[];
  /** Digest of the author's own recording that it was made from; absent for speech of the service. */
  pickup?: string;
  /** Seed that made it; absent for models without seeds. */
  seed?: number;
  /** When each of its words is heard, from its first sample (before trimming), as the service told; absent: not told. */
  words?: TakeWord[];
}

/**
 * The master of a key; undefined when there is none, or a file of it is missing or short, also when ffmpeg wrote it so and
 * its check found that: such a master is made again.
 */
export async function findMaster(store: Store, key: string): Promise<MasterRecord | undefined> {
  const record = await store.readRecord('master', key);
  if (!isMasterRecord(record) || record.key !== key || record.files.some(isBroken)) return undefined;
  for (const file of [...record.files, ...(record.lines ? [record.lines] : [])]) {
    if (!(await isBlobComplete(store, file))) return undefined;
  }
  return record;
}

/** Whether its check found the file cut off or broken. Only earlier versions stored such files. */
function isBroken({ rules }: Partial<Pick<MasterFile, 'rules'>>): boolean {
  return rules?.some(({ rule, pass }) => rule === 'whole' && !pass) ?? false;
}

/** Whether the store has a blob in its full length. */
export async function isBlobComplete(store: Store, { digest, byteLength }: BlobRef): Promise<boolean> {
  return (await store.blobSize(digest)) === byteLength;
}

/** Stores a master's record. Its blobs must be in the store already. */
export async function putMaster(store: Store, record: MasterRecord): Promise<void> {
  await store.writeRecord('master', record.key, record);
}

function isMasterRecord(value: unknown): value is MasterRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { key, takesDigest, files, madeAt, positions, curves } = value as Partial<Record<keyof MasterRecord, unknown>>;
  return (
    typeof key === 'string' &&
    typeof takesDigest === 'string' &&
    typeof madeAt === 'string' &&
    // Records of the first version had no curves and no rules: their chapters are made again.
    typeof curves === 'object' &&
    Array.isArray(positions) &&
    Array.isArray(files) &&
    files.every(isBlobRef)
  );
}
