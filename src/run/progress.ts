/** Counts a run's progress into events: how much is done, how fast, and how long it will take. */
import type { ProgressEvent } from '../events.ts';

/** What a run sets out to do. */
export interface Workload {
  voices: number;
  segments: number;
  chapters: number;
}

/** Below this the rate is noise and no time left is told. */
const LEAST_SECONDS_FOR_RATE = 1;

/** Counts what is done. `now` gives milliseconds and is the run's clock. */
export class ProgressMeter {
  readonly #total: Workload;
  readonly #now: () => number;
  readonly #done: Workload = { voices: 0, segments: 0, chapters: 0 };
  #audioSeconds = 0;
  #speakingSince: number | undefined;

  constructor({ total, now }: { total: Workload; now: () => number }) {
    this.#total = total;
    this.#now = now;
  }

  /** The first segments are handed out: speed counts from here. */
  startSpeaking(): void {
    this.#speakingSince ??= this.#now();
  }

  voiceDone(): void {
    this.#done.voices += 1;
  }

  chapterDone(): void {
    this.#done.chapters += 1;
  }

  /** A segment ended, with so many seconds of new speech (0 when it failed or was there). */
  segmentDone(audioSeconds: number): void {
    this.#done.segments += 1;
    this.#audioSeconds += audioSeconds;
  }

  /** Where things stand now. */
  event(): ProgressEvent {
    const elapsed = this.#speakingSince === undefined ? 0 : (this.#now() - this.#speakingSince) / 1000;
    const known = elapsed >= LEAST_SECONDS_FOR_RATE && this.#done.segments > 0;
    const left = this.#total.segments - this.#done.segments;
    return {
      type: 'progress',
      voices: { done: this.#done.voices, total: this.#total.voices },
      segments: { done: this.#done.segments, total: this.#total.segments },
      chapters: { done: this.#done.chapters, total: this.#total.chapters },
      audioSeconds: Math.round(this.#audioSeconds * 100) / 100,
      timesRealtime: known ? Math.round((this.#audioSeconds / elapsed) * 10) / 10 : null,
      secondsLeft: known ? Math.round((elapsed / this.#done.segments) * left) : null,
    };
  }
}
