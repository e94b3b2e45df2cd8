/** The account's voices, in memory and optionally on disk, so that they survive a restart. */

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import type { ListedVoice } from '../speech/dashscope-realtime/protocol.ts';
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
      if (stateDir !== undefined) await save(stateDir, [...next.values()]);
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

function stateFile(stateDir: string): string {
  return join(stateDir, 'voices.json');
}

async function load(stateDir: string): Promise<Map<string, VoiceRecord>> {
  const file = stateFile(stateDir);
  try {
    const state: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isState(state)) throw new SyntaxError('not a list of voices');
    return new Map(state.voices.map((record) => [record.voice, record]));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return new Map();
    throw new PipelineError({
      code: 'store-damaged',
      message: `The simulator cannot read its voices in ${file}. Delete the file to start without voices.`,
      retry: 'never',
      cause,
    });
  }
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

/** Written to a temporary file, flushed and renamed: a crash leaves the old list or the new one. */
async function save(stateDir: string, voices: VoiceRecord[]): Promise<void> {
  const file = stateFile(stateDir);
  try {
    await mkdir(stateDir, { recursive: true });
    const handle = await open(`${file}.tmp`, 'w');
    try {
      await handle.writeFile(JSON.stringify({ voices }));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
  } catch (cause) {
    throw new PipelineError({
      code: 'store-unwritable',
      message: `The simulator cannot write its voices to ${file}. Check the permissions and the free space of its folder.`,
      retry: 'backoff',
      cause,
    });
  }
}
