/** What works on all books, and with what: voices, limits, workers, as the API tells them. */
import { signal } from '@preact/signals';
import { AT_WORK, books } from './books.ts';
import { getAt } from './request.ts';

/** A voice, as `GET /v1/voices` has it. */
export interface Voice {
  id: string;
  voice: string;
  model: string;
  characters: string[];
  simulated: boolean;
  lastUsedOn: string | null;
  hasSample: boolean;
}

/** A limit and how near it is. */
export interface Limit {
  limit: string;
  model: string | null;
  used: number;
  most: number | null;
}

/** A process that works. */
export interface Worker {
  worker: string;
  machine: string;
  pid: number;
  sessions: number;
  steps: { kind: string; book: string | null; number: string | null; chapter: number | null; seconds: number }[];
}

/** The voices; undefined until they have arrived, or when they do not come. */
export const voices = signal<{ voices: Voice[]; left: number } | undefined>(undefined);
/** The limits. */
export const limits = signal<Limit[] | undefined>(undefined);
/** The workers. */
export const workers = signal<{ shared: boolean; workers: Worker[] } | undefined>(undefined);
/** The voice that is heard. */
export const heardVoice = signal<string | undefined>(undefined);

/** How often workers and limits are asked for while somebody looks, and how often while nothing is under way, in milliseconds. */
const EVERY_MS = { working: 3_000, idle: 15_000 };
/** How often voices are asked for, in milliseconds. */
const VOICES_MS = 60_000;

/** Asks again and again until the returned function is called. What does not come is not shown; the rest of the page is. */
export function followResources(): () => void {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let voicesAtMs = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    if (document.visibilityState === 'visible') {
      const now = performance.now();
      const isVoicesDue = now - voicesAtMs > VOICES_MS;
      if (isVoicesDue) voicesAtMs = now;
      await Promise.all([
        getAt<{ limits: Limit[] }>('/v1/limits').then((answer) => (limits.value = answer.limits), ignore),
        getAt<NonNullable<typeof workers.value>>('/v1/workers').then((answer) => (workers.value = answer), ignore),
        isVoicesDue &&
          getAt<NonNullable<typeof voices.value>>('/v1/voices').then((answer) => (voices.value = answer), ignore),
      ]);
    }
    if (isOver) return;
    const isWorking = books.value?.some(({ state }) => AT_WORK.has(state)) === true;
    timer = setTimeout(() => void look(), isWorking ? EVERY_MS.working : EVERY_MS.idle);
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

function ignore(): void {
  // The list of books tells that the watcher is away.
}

let player: HTMLAudioElement | undefined;

/** Plays the sample of a voice, or stops it. */
export function hearVoice({ id }: Voice, onFailed: () => void): void {
  player?.pause();
  if (heardVoice.value === id) {
    heardVoice.value = undefined;
    return;
  }
  const audio = new Audio(`/v1/voices/${id}/sample`);
  player = audio;
  heardVoice.value = id;
  const end = (): void => {
    if (player === audio) heardVoice.value = undefined;
  };
  audio.addEventListener('ended', end);
  audio.play().catch((error: unknown) => {
    end();
    // Another press stops it before it has begun.
    if (!(error instanceof DOMException && error.name === 'AbortError')) onFailed();
  });
}
