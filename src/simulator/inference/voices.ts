/** The account's voices of `voice-enrollment`, in memory and optionally on disk, so that they survive a restart. */
import { createHash } from 'node:crypto';
import type { VoiceStatus } from '../../speech/dashscope-inference/protocol.ts';
import { readState, writeState } from '../state-file.ts';
import { type VoiceTraits, voiceTraits } from '../voice-traits.ts';
import { INFERENCE_MODELS } from './models.ts';

/** An enrolled voice. */
export interface InferenceVoice {
  voiceId: string;
  targetModel: string;
  prefix: string;
  /** Times in milliseconds since 1970. */
  createdMs: number;
  modifiedMs: number;
  /** When it last spoke; absent when it never did. */
  usedMs?: number;
  /** Queries and lists for which it is still DEPLOYING. */
  pollsLeft: number;
  /** What it is after that. */
  deployedAs: 'OK' | 'UNDEPLOYED';
  traits: VoiceTraits;
}

/** Voices that are unused for this long are deleted. Source: voice-cloning user guide ("one year"). */
const UNUSED_MS = 365 * 24 * 60 * 60 * 1000;
const FILE = 'inference-voices.json';

/** The voices; changes are on disk when their promise resolves. */
export interface InferenceVoices {
  size(): number;
  find(voiceId: string): InferenceVoice | undefined;
  /** One page, newest first (the service's order is not documented); `pageIndex` is 0-based. */
  list(of: { prefix: string | undefined; pageSize: number; pageIndex: number }): InferenceVoice[];
  /** Adds a voice and names it; undefined when the account is full. */
  add(voice: Omit<InferenceVoice, 'voiceId' | 'modifiedMs'>): Promise<InferenceVoice | undefined>;
  /** Changes a voice; false when there was no such voice. */
  update(voiceId: string, change: Partial<InferenceVoice>): Promise<boolean>;
  /** A voice was queried or listed, which brings it closer to its deployment. Written with the next change. */
  polled(voiceId: string): void;
  /** A voice has spoken. Written with the next change. */
  used(voiceId: string): void;
  /** False when there was no such voice. */
  remove(voiceId: string): Promise<boolean>;
  clear(): Promise<void>;
}

/** The state of a voice now. */
export function statusOf({ pollsLeft, deployedAs }: InferenceVoice): VoiceStatus {
  return pollsLeft > 0 ? 'DEPLOYING' : deployedAs;
}

/**
 * Opens the store; `limit` is the most voices of the account, `now` a clock in milliseconds since 1970. Rejects with
 * `store-damaged` when the folder has a file that is not ours, `store-unwritable` when a change cannot be written.
 */
export async function openInferenceVoices(options: {
  stateDir: string | undefined;
  seed: number;
  limit(): number;
  now(): number;
}): Promise<InferenceVoices> {
  const { stateDir, seed, limit, now } = options;
  const state = stateDir === undefined ? undefined : await readState(stateDir, FILE, isState);
  let voices = new Map(state?.voices.map((voice) => [voice.voiceId, voice]));
  let lastChange: Promise<unknown> = Promise.resolve();
  const isAlive = ({ usedMs, createdMs }: InferenceVoice) => now() - (usedMs ?? createdMs) <= UNUSED_MS;
  const alive = () => [...voices.values()].filter(isAlive);

  // One after the other, and written before it becomes visible: no response reports what a crash could undo.
  const change = <T>(edit: (next: Map<string, InferenceVoice>) => T): Promise<T> => {
    const changed = lastChange.then(async () => {
      const next = new Map([...voices].filter(([, voice]) => isAlive(voice)));
      const result = edit(next);
      const isChanged = voices.size > 0 || next.size > 0;
      if (stateDir !== undefined && isChanged) await writeState(stateDir, FILE, { voices: [...next.values()] });
      voices = next;
      return result;
    });
    lastChange = changed.catch(() => undefined);
    return changed;
  };

  return {
    size: () => alive().length,
    find(voiceId) {
      const voice = voices.get(voiceId);
      return voice !== undefined && isAlive(voice) ? voice : undefined;
    },
    list: ({ prefix, pageSize, pageIndex }) =>
      alive()
        .filter((voice) => prefix === undefined || voice.prefix === prefix)
        .reverse()
        .slice(pageIndex * pageSize, (pageIndex + 1) * pageSize),
    add: (given) =>
      change((next) => {
        if (next.size >= limit()) return undefined;
        const voice = { voiceId: freshId(given, seed, next), modifiedMs: given.createdMs, ...given };
        next.set(voice.voiceId, voice);
        return voice;
      }),
    update: (voiceId, given) =>
      change((next) => {
        const voice = next.get(voiceId);
        if (voice === undefined) return false;
        next.set(voiceId, { ...voice, ...given });
        return true;
      }),
    polled(voiceId) {
      const voice = voices.get(voiceId);
      if (voice !== undefined && voice.pollsLeft > 0) voice.pollsLeft--;
    },
    used(voiceId) {
      const voice = voices.get(voiceId);
      if (voice !== undefined) voice.usedMs = now();
    },
    remove: (voiceId) => change((next) => next.delete(voiceId)),
    clear: () => change((next) => next.clear()),
  };
}

/** A voice that was never enrolled here but whose ID has the service's form for the model; otherwise undefined. */
export function adoptedInferenceVoice(voiceId: string, targetModel: string): InferenceVoice | undefined {
  const rest = voiceId.startsWith(`${targetModel}-`) ? voiceId.slice(targetModel.length + 1) : '';
  const prefix = /^([a-z0-9]{1,9})-[\w-]+$/.exec(rest)?.[1];
  if (prefix === undefined || !INFERENCE_MODELS.has(targetModel)) return undefined;
  const traits = voiceTraits(voiceId, undefined);
  return { voiceId, targetModel, prefix, createdMs: 0, modifiedMs: 0, pollsLeft: 0, deployedAs: 'OK', traits };
}

/** `<model>-<prefix>-<unique>`, not yet taken. */
function freshId(
  { targetModel, prefix, createdMs }: Pick<InferenceVoice, 'targetModel' | 'prefix' | 'createdMs'>,
  seed: number,
  taken: ReadonlyMap<string, unknown>,
): string {
  for (let attempt = taken.size; ; attempt++) {
    const digest = createHash('sha256')
      .update(`${seed} ${targetModel} ${prefix} ${createdMs} ${attempt}`)
      .digest('hex');
    const voiceId = `${targetModel}-${prefix}-${digest.slice(0, 32)}`;
    if (!taken.has(voiceId)) return voiceId;
  }
}

function isState(value: unknown): value is { voices: InferenceVoice[] } {
  if (typeof value !== 'object' || value === null || !('voices' in value) || !Array.isArray(value.voices)) return false;
  return value.voices.every(
    (voice: Partial<InferenceVoice> | null) =>
      typeof voice?.voiceId === 'string' &&
      typeof voice.targetModel === 'string' &&
      typeof voice.prefix === 'string' &&
      typeof voice.createdMs === 'number' &&
      typeof voice.modifiedMs === 'number' &&
      typeof voice.pollsLeft === 'number' &&
      (voice.deployedAs === 'OK' || voice.deployedAs === 'UNDEPLOYED') &&
      typeof voice.traits?.pitchHz === 'number' &&
      typeof voice.traits.formantPercent === 'number' &&
      typeof voice.traits.pace === 'number',
  );
}
