/**
 * The last events of a watcher, numbered, so that a client can resume its stream after a lost connection.
 *
 * A watcher runs for weeks, and older events are seldom asked for: they are kept deflated, a tenth of the memory.
 */
import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { InboxEvent } from '../watch/events.ts';

/** Number of events that are always stored. A client that falls further behind must start over. */
const CAPACITY = 5_000;
/** Events are deflated, and dropped beyond the capacity, in blocks of this share of it. */
const BLOCK = 1 / 8;

/** A numbered event. */
export interface LoggedEvent {
  /** An ID of this log and the event's number in it. */
  id: string;
  event: InboxEvent;
}

/** The event log. */
export class EventLog {
  readonly #instance = randomUUID().slice(0, 8);
  readonly #capacity: number;
  /** Events in a block. */
  readonly #blockSize: number;
  /** The older events, each block as deflated JSON. */
  #blocks: Buffer[] = [];
  /** The events since the last block. */
  #recent: InboxEvent[] = [];
  /** Number of the first stored event. */
  #first = 1;
  #closed = false;
  readonly #waiting = new Set<() => void>();

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    this.#blockSize = Math.ceil(capacity * BLOCK);
  }

  add(event: InboxEvent): void {
    this.#recent.push(event);
    if (this.#recent.length === this.#blockSize) {
      this.#blocks.push(deflateRawSync(JSON.stringify(this.#recent)));
      this.#recent = [];
    }
    if (this.next - this.#first - this.#blockSize >= this.#capacity) {
      this.#blocks.shift();
      this.#first += this.#blockSize;
    }
    this.#wake();
  }

  /** Ends every wait; no more events follow. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Number of the next event. */
  get next(): number {
    return this.#recentFirst + this.#recent.length;
  }

  /** The number after the event with this ID; undefined when the ID is of another process or no longer stored. */
  after(id: string): number | undefined {
    const [instance, number] = id.split('-');
    const next = Number(number) + 1;
    if (instance !== this.#instance || !Number.isSafeInteger(next)) return undefined;
    return next < this.#first || next > this.next ? undefined : next;
  }

  /** The ID of an event by its number. */
  idOf(number: number): string {
    return `${this.#instance}-${number}`;
  }

  /** The events from a number on; undefined when some of them are no longer stored. */
  from(number: number): LoggedEvent[] | undefined {
    if (number < this.#first) return undefined;
    const blocks = this.#blocks.slice(Math.floor((number - this.#first) / this.#blockSize));
    const older = blocks.flatMap((block): InboxEvent[] => JSON.parse(inflateRawSync(block).toString()));
    const events = [...older, ...this.#recent].slice(number - this.next);
    return number >= this.next ? [] : events.map((event, index) => ({ id: this.idOf(number + index), event }));
  }

  get #recentFirst(): number {
    return this.#first + this.#blocks.length * this.#blockSize;
  }

  /** Resolves when there is an event with this number, when the log is closed, or after `withinMs`. */
  async wait(number: number, withinMs: number): Promise<void> {
    if (number < this.next || this.#closed) return;
    await new Promise<void>((done) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        done();
      };
      const timer = setTimeout(end, withinMs);
      this.#waiting.add(end);
    });
  }

  #wake(): void {
    for (const end of [...this.#waiting]) end();
  }
}
