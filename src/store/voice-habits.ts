/**
 * The habits of voices in the store, shared by all machines. A voice has eight small records, each with what up to eight of
 * its takes have shown. Of two machines that add to one record at once, one is lost: the next take is as good.
 */
import { createHash } from 'node:crypto';
import {
  type HabitVoice,
  habitOf,
  MOST_TAKES,
  nameOfVoice,
  type TakeHabit,
  type VoiceHabits,
} from '../qc/voice-habits.ts';
import type { Store } from './store.ts';

const RECORDS = 8;
/** What other machines learn is read again this late, while too little is known. */
const REFRESH_MS = 30_000;
/** Voices kept in memory by one process, some 30 kB each; of another one the store is asked again. */
const MOST_VOICES = 100;

interface Known {
  /** By the short key of the take. */
  takes: Map<string, TakeHabit>;
  readAtMs: number;
}

/** The habits of all voices of a store; each voice is read when it is first asked for. */
export function openVoiceHabits(store: Store): VoiceHabits {
  const voices = new Map<string, Promise<Known>>();
  const latest = new Map<string, Known>();

  const read = async (voice: HabitVoice): Promise<Known> => {
    const name = nameOfVoice(voice);
    const takes = new Map(latest.get(name)?.takes);
    const keys = Array.from({ length: RECORDS }, (_, slot) => recordKey(name, slot));
    for await (const piece of store.readRecords('voice-habit', keys)) {
      for (const [, record] of piece) for (const [key, take] of takesIn(record)) takes.set(key, take);
    }
    const known = { takes, readAtMs: performance.now() };
    latest.set(name, known);
    const [oldest] = latest.keys();
    if (oldest !== undefined && latest.size > MOST_VOICES) latest.delete(oldest);
    return known;
  };
  const knownOf = async (voice: HabitVoice): Promise<Known> => {
    const name = nameOfVoice(voice);
    const old = latest.get(name);
    const isEnough =
      old !== undefined && (old.takes.size >= MOST_TAKES || performance.now() - old.readAtMs < REFRESH_MS);
    if (isEnough) return old;
    const reading = voices.get(name) ?? read(voice).finally(() => voices.delete(name));
    voices.set(name, reading);
    return reading;
  };

  return {
    async of(voice, key) {
      // A store that cannot be read has nothing to tell here; what is paid for is told elsewhere.
      const known = await knownOf(voice).catch(() => undefined);
      const takes = new Map(known?.takes);
      takes.delete(shortKey(key));
      return habitOf([...takes.values()]);
    },
    async learn(voice, key, take) {
      if (take === undefined) return;
      const name = nameOfVoice(voice);
      const known = latest.get(name);
      if (known !== undefined && known.takes.size >= MOST_TAKES) return;
      known?.takes.set(shortKey(key), take);
      const at = recordKey(name, Number.parseInt(key.slice(0, 8), 16) % RECORDS);
      try {
        const takes = takesIn(await store.readRecord('voice-habit', at));
        if (takes.size >= MOST_TAKES / RECORDS) return;
        takes.set(shortKey(key), take);
        await store.writeRecord('voice-habit', at, { takes: Object.fromEntries(takes) });
      } catch {
        // The take is stored; that it teaches nothing costs nothing.
      }
    },
  };
}

function recordKey(name: string, slot: number): string {
  return createHash('sha256').update(`${name}\n${slot}`).digest('hex');
}

/** Too short to be taken for the name of a take, which would keep that take from a prune. */
function shortKey(key: string): string {
  return key.slice(0, 16);
}

/** What a record has; a damaged or newer one teaches nothing. */
function takesIn(record: unknown): Map<string, TakeHabit> {
  const takes = typeof record === 'object' && record !== null ? (record as { takes?: unknown }).takes : undefined;
  if (typeof takes !== 'object' || takes === null) return new Map();
  return new Map(Object.entries(takes).filter((entry): entry is [string, TakeHabit] => isTakeHabit(entry[1])));
}

function isTakeHabit(value: unknown): value is TakeHabit {
  const { pace, speechDbfs, heard, print = [] } = (value ?? {}) as Partial<TakeHabit>;
  if (!Number.isFinite(pace) || !Number.isFinite(speechDbfs)) return false;
  if (!Array.isArray(print) || !print.every(Number.isFinite)) return false;
  if (heard === undefined) return true;
  const { soundingPace, startDb, endsDb, movement = 0, swells = 0, click = 0, dip = 0 } = heard;
  const all = [soundingPace, startDb, movement, swells, click, dip, ...(endsDb ?? [])];
  return all.every(Number.isFinite) && endsDb?.length === 4;
}
