/** Measures a run's progress for events: how much is done, how fast, and how long it will take. */
import type { ProgressEvent } from '../events.ts';

/** What a run has to do. */
export interface Workload {
  voices: number;
  segments: number;
  /** Chapters to deliver, including stored ones. */
  chapters: number;
  /** Chapters to master. */
  masters: number;
}

/** Before this time the rate is noise, so no remaining time is estimated. */
const LEAST_SECONDS_FOR_RATE = 1;

/** Counts what is done. `now` returns milliseconds. */
export class ProgressMeter {
  readonly #total: Workload;
  readonly #now: () => number;
  readonly #done = { voices: 0, segments: 0, chapters: 0 };
  #audioSeconds = 0;
  #speakingSince: number | undefined;
  /** Master key → how much of it is finished, 0 to 1. */
  readonly #masters = new Map<string, number>();
  #mastered = 0;
  #binding: number | undefined;

  constructor({ total, now }: { total: Workload; now: () => number }) {
    this.#total = { ...total };
    this.#now = now;
  }

  /** The first segments are submitted: the rate counts from here. */
  startSpeaking(): void {
    this.#speakingSince ??= this.#now();
  }

  voiceDone(): void {
    this.#done.voices += 1;
  }

  chapterDone(): void {
    this.#done.chapters += 1;
  }

  /** A segment ended, with this many seconds of new speech (0 when it failed or was stored already). */
  segmentDone(audioSeconds: number): void {
    this.#done.segments += 1;
    this.#audioSeconds += audioSeconds;
  }

  /** This share of a master is finished, 0 to 1. */
  mastering(key: string, share: number): void {
    this.#masters.set(key, underWay(share));
  }

  /** A master was made or given up. */
  mastered(key: string): void {
    this.#masters.delete(key);
    this.#mastered += 1;
  }

  /** This many chapters are mastered again. */
  masterAgain(chapters: number): void {
    this.#total.masters += chapters;
  }

  /** This share of the book file is bound, 0 to 1. */
  binding(share: number): void {
    this.#binding = underWay(share);
  }

  /** The book file was bound or given up. */
  bound(): void {
    this.#binding = undefined;
  }

  /** The progress so far. */
  event(): ProgressEvent {
    const elapsed = this.#speakingSince === undefined ? 0 : (this.#now() - this.#speakingSince) / 1000;
    const isKnown = elapsed >= LEAST_SECONDS_FOR_RATE && this.#done.segments > 0;
    const left = this.#total.segments - this.#done.segments;
    const unfinished = [...this.#masters.values()].reduce((sum, share) => sum + share, 0);
    const done = Math.min(this.#mastered, this.#total.masters);
    const share = this.#total.masters === 0 ? 0 : Math.min(1, (done + unfinished) / this.#total.masters);
    return {
      type: 'progress',
      voices: { done: this.#done.voices, total: this.#total.voices },
      segments: { done: this.#done.segments, total: this.#total.segments },
      chapters: { done: this.#done.chapters, total: this.#total.chapters },
      mastering: { done, total: this.#total.masters, share: floored(share) },
      binding: this.#binding === undefined ? null : { share: floored(this.#binding) },
      audioSeconds: rounded(this.#audioSeconds),
      timesRealtime: isKnown ? Math.round((this.#audioSeconds / elapsed) * 10) / 10 : null,
      secondsLeft: isKnown ? Math.round((elapsed / this.#done.segments) * left) : null,
    };
  }
}

/** To two decimals. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** To two decimals, downwards: nothing is shown as finished before it is. */
function floored(share: number): number {
  return Math.floor(share * 100 + 1e-9) / 100;
}

/** What is under way is never finished, whatever its worker reports: its files are still to be stored. */
function underWay(share: number): number {
  return Math.min(0.99, Math.max(0, share));
}
