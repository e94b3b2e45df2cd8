/**
 * Tells receivers what happens in a watched folder: each event becomes a letter in the outbox, and one of the folder's
 * watchers sends what is due. A letter that does not get through is tried again after growing pauses, for about a day.
 */
import { join } from 'node:path';
import type { Claim, Claims } from '../watch/claim.ts';
import type { InboxEvent } from '../watch/events.ts';
import { postWebhook } from './post-webhook.ts';
import type { Endpoint } from './webhook-endpoints.ts';
import { messageOf } from './webhook-message.ts';
import { nameOf, Outbox, type OutboxMessage } from './webhook-outbox.ts';

/** Speeds, in milliseconds; others than these are for tests. */
export interface WebhookTimings {
  /** Before the second try, the third, … After the last a letter is given up. */
  pausesMs: readonly number[];
  /** How often is looked for letters of other watchers, and for the right to send. */
  lookMs: number;
  patienceMs: number;
}

const MINUTE_MS = 60_000;
/** As the specification advises: soon at first, and over more than a day in all. */
export const DEFAULT_WEBHOOK_TIMINGS: WebhookTimings = {
  pausesMs: [5_000, ...[1, 5, 30, 60, 120, 240, 480, 720].map((minutes) => minutes * MINUTE_MS)],
  lookMs: 5_000,
  patienceMs: 15_000,
};
/** Pauses are longer by up to this part, so that a receiver that comes back is not met by all at once. */
const JITTER = 0.2;
/** Events that could not be written are kept in memory, at most so many. */
const MOST_UNKEPT = 1_000;
/** Marks of letters that are through are looked over this often, in milliseconds. */
const TIDY_MS = 24 * 60 * MINUTE_MS;

/** Letters to a receiver that is not named any more are kept so long, in milliseconds. */
const STRANGER_MS = 3 * 24 * 60 * MINUTE_MS;

/** What sending needs. */
export interface WebhookOptions {
  /** The watcher's own folder in the watched one. */
  own: string;
  endpoints: readonly Endpoint[];
  secrets: readonly Buffer[];
  claims: Claims;
  notice(message: string): void;
  pace?: Partial<WebhookTimings>;
}

/** Running webhooks. */
export interface Webhooks {
  /** Takes an event; never throws. */
  tell(event: InboxEvent): void;
  /** Ends sending; what waits is sent after the next start. */
  close(): Promise<void>;
}

/** Starts sending. */
export function startWebhooks(parts: WebhookOptions): Webhooks {
  return new Sender(parts);
}

class Sender implements Webhooks {
  readonly #parts: WebhookOptions;
  readonly #pace: WebhookTimings;
  readonly #outbox: Outbox;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  /** Letters as they are on the disk, by their names. */
  #letters = new Map<string, OutboxMessage>();
  /** Letters that are through though the disk does not say so yet. */
  readonly #through = new Set<string>();
  #unkept: OutboxMessage[] = [];
  #putting: Promise<void> = Promise.resolve();
  #claim: Claim | undefined;
  #wake: () => void = () => undefined;
  #toldUnkept = false;
  readonly #toldDown = new Set<string>();
  #tidyAtMs = 0;
  #lastAtMs = 0;

  constructor(parts: WebhookOptions) {
    this.#parts = parts;
    this.#pace = { ...DEFAULT_WEBHOOK_TIMINGS, ...parts.pace };
    this.#outbox = new Outbox(parts.own);
    this.#ended = this.#loop();
  }

  tell(event: InboxEvent): void {
    const now = new Date();
    const message = messageOf(event, now);
    if (message === undefined) return;
    // Letters are sent in the order of their times, so two events of one millisecond are a millisecond apart.
    this.#lastAtMs = Math.max(now.getTime(), this.#lastAtMs + 1);
    const times = { createdAtMs: this.#lastAtMs, tries: 0, nextAtMs: now.getTime() };
    const letters = this.#parts.endpoints.map(
      (endpoint): OutboxMessage => ({ ...message, endpoint: endpoint.id, ...times }),
    );
    this.#putting = this.#putting.then(() => this.#put(letters));
  }

  async close(): Promise<void> {
    await this.#putting;
    this.#stop.abort();
    this.#wake();
    await this.#ended;
    await this.#claim?.release().catch(() => undefined);
  }

  #tellOnce(trouble: string): void {
    if (this.#lastTrouble !== trouble) this.#parts.notice(trouble);
    this.#lastTrouble = trouble;
  }

  #lastTrouble = '';

  async #put(letters: readonly OutboxMessage[]): Promise<void> {
    for (const letter of letters) {
      try {
        if (await this.#outbox.put(letter)) this.#letters.set(nameOf(letter), letter);
        this.#toldUnkept = false;
      } catch (error) {
        if (this.#unkept.length < MOST_UNKEPT) this.#unkept.push(letter);
        if (!this.#toldUnkept)
          this.#parts.notice(`Messages for webhooks can not be kept on the disk: ${wordsOf(error)}`);
        this.#toldUnkept = true;
      }
    }
    this.#wake();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const next = await this.#round().catch((error: unknown) => {
        this.#tellOnce(`Webhooks: ${wordsOf(error)}`);
        return Date.now() + this.#pace.lookMs;
      });
      const waitMs = Math.min(this.#pace.lookMs, Math.max(0, next - Date.now()));
      if (signal.aborted) return;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, waitMs);
        this.#wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }

  /** Sends what is due and answers when something is due again. */
  async #round(): Promise<number> {
    const unkept = this.#unkept.splice(0);
    if (unkept.length > 0) await this.#put(unkept);
    if (this.#claim?.lost.aborted) this.#claim = undefined;
    // One watcher of the folder sends for all, or each letter would come as often as there are watchers.
    this.#claim ??= await this.#parts.claims.take(join(this.#parts.own, 'claims', 'webhooks.json'));
    if (this.#claim === undefined) return Number.POSITIVE_INFINITY;
    if (Date.now() >= this.#tidyAtMs) {
      this.#tidyAtMs = Date.now() + TIDY_MS;
      await this.#outbox.tidy();
    }
    const { letters, tooMany } = await this.#outbox.list(this.#letters);
    const known = letters.filter((letter) => this.#parts.endpoints.some(({ id }) => id === letter.endpoint));
    this.#letters = new Map(known.map((letter) => [nameOf(letter), letter]));
    for (const letter of letters) {
      // Of a receiver that is not told any more; it may be back after the next start.
      if (!known.includes(letter) && Date.now() - letter.createdAtMs > STRANGER_MS) await this.#outbox.close(letter);
    }
    for (const letter of tooMany) await this.#giveUp(letter, 'too many messages wait');
    await Promise.all(this.#parts.endpoints.map((endpoint) => this.#send(endpoint, known)));
    return Math.min(...[...this.#letters.values()].map(({ nextAtMs }) => nextAtMs));
  }

  /** One receiver's letters one after the other, in the order of what happened. */
  async #send(endpoint: Endpoint, letters: readonly OutboxMessage[]): Promise<void> {
    for (const letter of letters) {
      if (this.#stop.signal.aborted || this.#claim?.lost.aborted) return;
      if (letter.endpoint !== endpoint.id || letter.nextAtMs > Date.now()) continue;
      // The disk is asked as well: another watcher may have put it down while it was on its way.
      if (this.#through.has(nameOf(letter)) || (await this.#outbox.isDone(letter))) {
        await this.#close(letter);
        continue;
      }
      const { secrets } = this.#parts;
      const { patienceMs } = this.#pace;
      const end = await postWebhook({ ...endpoint, ...letter, secrets, patienceMs, signal: this.#stop.signal });
      // Stopped in the middle: whether it arrived is not known, so it is sent again, by the same id.
      if (!end.ok && this.#stop.signal.aborted) return;
      if (end.ok) {
        await this.#close(letter);
        if (this.#toldDown.delete(endpoint.id)) this.#parts.notice(`Webhook ${endpoint.shown} takes messages again.`);
        continue;
      }
      await this.#failed(endpoint, letter, end);
    }
  }

  async #failed(
    endpoint: Endpoint,
    letter: OutboxMessage,
    end: Awaited<ReturnType<typeof postWebhook>>,
  ): Promise<void> {
    const { notice } = this.#parts;
    const pauseMs = this.#pace.pausesMs[letter.tries];
    letter.tries += 1;
    if (end.gone || pauseMs === undefined) {
      await this.#giveUp(letter, end.problem ?? '');
      return;
    }
    letter.nextAtMs = Date.now() + Math.max(pauseMs * (1 + Math.random() * JITTER), end.retryAfterMs ?? 0);
    await this.#outbox.update(letter);
    if (this.#toldDown.has(endpoint.id)) return;
    this.#toldDown.add(endpoint.id);
    notice(`Webhook ${endpoint.shown}: ${end.problem}. Messages are kept and tried again.`);
  }

  async #giveUp(letter: OutboxMessage, why: string): Promise<void> {
    const shown = this.#parts.endpoints.find(({ id }) => id === letter.endpoint)?.shown ?? 'a receiver';
    this.#parts.notice(`Webhook ${shown}: a message (${letter.type}) is given up after ${letter.tries} tries: ${why}.`);
    await this.#close(letter);
  }

  /** When the disk does not take it, it is noted in memory meanwhile: what is through must not be sent once more. */
  async #close(letter: OutboxMessage): Promise<void> {
    this.#through.add(nameOf(letter));
    await this.#outbox.close(letter);
    this.#through.delete(nameOf(letter));
    this.#letters.delete(nameOf(letter));
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
