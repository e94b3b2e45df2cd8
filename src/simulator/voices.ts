/** The account's voices, in memory and optionally on disk, so that they survive a restart. */

import { createHash } from 'node:crypto';
import type { ListedVoice } from '../speech/dashscope-realtime/protocol.ts';
import { readState, writeState } from './state-file.ts';
import { type VoiceTraits, voiceTraits } from './voice-traits.ts';

/** An enrolled voice. */
export interface VoiceRecord {
  voice: string;
  /** The dated model that the voice is bound to. */
  targetModel: string;
  /** When it was made, in milliseconds since 1970. */
  createdMs: number;
  /** When it last spoke; absent when it never did. */
  usedMs?: number;
  traits: VoiceTraits;
}

const FILE = 'voices.json';
/** Voices that are unused for this long are deleted. Source: voice-replica page, 2025-08 ("one year"). */
const UNUSED_MS = 365 * 24 * 60 * 60 * 1000;
/** Uses closer together than this are not written to disk. */
const USE_WRITTEN_MS = 24 * 60 * 60 * 1000;

/** The voices; changes are on disk when their promise resolves. */
export interface VoiceStore {
  size(): number;
  find(voice: string): VoiceRecord | undefined;
  /** One page, newest first (the service's order is not documented); `pageIndex` is 0-based. */
  list(page: { pageSize: number; pageIndex: number }): ListedVoice[];
  /** Adds a voice and names it; undefined when the account is full. */
  add(voice: {
    name: string;
    targetModel: string;
    createdMs: number;
    traits: VoiceTraits;
  }): Promise<VoiceRecord | undefined>;
  /** A voice has spoken. */
  used(voice: string): void;
  /** False when there was no such voice. */
  remove(voice: string): Promise<boolean>;
  clear(): Promise<void>;
}

/**
 * Opens the store; `limit` is the most voices of the account, `now` a clock in milliseconds since 1970. Rejects with
 * `store-damaged` when the folder has a file that is not ours, `store-unwritable` when a change cannot be written.
 */
export async function openVoiceStore(options: {
  stateDir: string | undefined;
  seed: number;
  limit(): number;
  now(): number;
}): Promise<VoiceStore> {
  const { stateDir, seed, limit, now } = options;
  let voices = stateDir === undefined ? new Map<string, VoiceRecord>() : await load(stateDir);
  let lastChange: Promise<unknown> = Promise.resolve();

  // Changes run one after the other, and each is written before it becomes visible: no response reports a change that a
  // crash could undo.
  const change = <T>(edit: (next: Map<string, VoiceRecord>) => T): Promise<T> => {
    const changed = lastChange.then(async () => {
      const next = new Map([...voices].filter(([, record]) => isAlive(record)));
      const result = edit(next);
      if (stateDir !== undefined) await writeState(stateDir, FILE, { voices: [...next.values()] });
      voices = next;
      return result;
    });
    lastChange = changed.catch(() => undefined);
    return changed;
  };

  const isAlive = ({ usedMs, createdMs }: VoiceRecord) => now() - (usedMs ?? createdMs) <= UNUSED_MS;
  const alive = () => [...voices.values()].filter(isAlive);

  return {
    size: () => alive().length,
    find: (voice) => {
      const record = voices.get(voice);
      return record !== undefined && isAlive(record) ? record : undefined;
    },
    list: ({ pageSize, pageIndex }) =>
      alive()
        .reverse()
        .slice(pageIndex * pageSize, (pageIndex + 1) * pageSize)
        .map((record) => ({
          voice: record.voice,
          gmt_create: new Date(record.createdMs).toISOString().slice(0, 19).replace('T', ' '),
          target_model: record.targetModel,
        })),
    add: ({ name, ...rest }) =>
      change((next) => {
        if (next.size >= limit()) return undefined;
        const record = { voice: freshName(name, rest.createdMs, seed, next), ...rest };
        next.set(record.voice, record);
        return record;
      }),
    used(voice) {
      const record = voices.get(voice);
      if (record === undefined) return;
      const wasMs = record.usedMs ?? record.createdMs;
      record.usedMs = now();
      // Nothing waits for this; if it cannot be written now, the next change writes it.
      if (record.usedMs - wasMs >= USE_WRITTEN_MS) change(() => undefined).catch(() => undefined);
    },
    remove: (voice) => change((next) => next.delete(voice)),
    clear: () => change((next) => next.clear()),
  };
}

/** Form of a cloned voice's ID. Source: the example of the voice-replica page, 2025-08. */
const VOICE_ID = /^qwen-tts-vc-[A-Za-z0-9_]{1,16}-voice-\d{17}-[0-9a-f]{4}$/;

/**
 * A voice that was never enrolled here but whose ID has the service's form, derived from that ID; otherwise undefined.
 */
export function adoptedVoice(voice: string, targetModel: string): VoiceRecord | undefined {
  if (!VOICE_ID.test(voice)) return undefined;
  return { voice, targetModel, createdMs: 0, traits: voiceTraits(voice, undefined) };
}

/** `qwen-tts-vc-<name>-voice-<yyyyMMddHHmmssSSS>-<4 hex>`, not yet taken. */
function freshName(name: string, atMs: number, seed: number, taken: ReadonlyMap<string, unknown>): string {
  const date = new Date(atMs).toISOString().replace(/\D/g, '');
  for (let attempt = taken.size; ; attempt++) {
    const tail = createHash('sha256').update(`${seed} ${name} ${date} ${attempt}`).digest('hex').slice(0, 4);
    const voice = `qwen-tts-vc-${name}-voice-${date}-${tail}`;
    if (!taken.has(voice)) return voice;
  }
}

async function load(stateDir: string): Promise<Map<string, VoiceRecord>> {
  const state = await readState(stateDir, FILE, isState);
  return new Map(state?.voices.map((record) => [record.voice, record]));
}

function isState(value: unknown): value is { voices: VoiceRecord[] } {
  if (typeof value !== 'object' || value === null || !('voices' in value) || !Array.isArray(value.voices)) return false;
  return value.voices.every(
    (record: Partial<VoiceRecord> | null) =>
      typeof record?.voice === 'string' &&
      typeof record.targetModel === 'string' &&
      typeof record.createdMs === 'number' &&
      (record.usedMs === undefined || typeof record.usedMs === 'number') &&
      typeof record.traits?.pitchHz === 'number' &&
      typeof record.traits.formantPercent === 'number' &&
      typeof record.traits.pace === 'number',
  );
}
