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
import { messageKey, Outbox, type OutboxMessage } from './webhook-outbox.ts';

/** Speeds, in milliseconds; others than these are for tests. */
export interface WebhookTimings {
  /** Before the second try, the third, … After the last a letter is given up. */
  retryDelaysMs: readonly number[];
  /** How often is looked for letters of other watchers, and for the right to send. */
  pollMs: number;
  timeoutMs: number;
}

const MINUTE_MS = 60_000;
/** As the specification advises: soon at first, and over more than a day in all. */
export const DEFAULT_WEBHOOK_TIMINGS: WebhookTimings = {
  retryDelaysMs: [5_000, ...[1, 5, 30, 60, 120, 240, 480, 720].map((minutes) => minutes * MINUTE_MS)],
  pollMs: 5_000,
  timeoutMs: 15_000,
};
/** Pauses are longer by up to this part, so that a receiver that comes back is not met by all at once. */
const JITTER = 0.2;
/** Events that could not be written are kept in memory, at most so many. */
const MAX_UNSAVED = 1_000;
/** Marks of letters that are through are looked over this often, in milliseconds. */
const CLEANUP_INTERVAL_MS = 24 * 60 * MINUTE_MS;

/** Letters to a receiver that is not named any more are kept so long, in milliseconds. */
const UNKNOWN_ENDPOINT_RETENTION_MS = 3 * 24 * 60 * MINUTE_MS;

/** What sending needs. */
export interface WebhookOptions {
  /** The watcher's own folder in the watched one. */
  ownFolder: string;
  endpoints: readonly Endpoint[];
  secrets: readonly Buffer[];
  claims: Claims;
  notice(message: string): void;
  timings?: Partial<WebhookTimings>;
}

/** Running webhooks. */
export interface Webhooks {
  /** Takes an event; never throws. */
  enqueue(event: InboxEvent): void;
  /** Ends sending; what waits is sent after the next start. */
  close(): Promise<void>;
}

/** Starts sending. */
export function startWebhooks(options: WebhookOptions): Webhooks {
  return new Sender(options);
}

class Sender implements Webhooks {
  readonly #options: WebhookOptions;
  readonly #timings: WebhookTimings;
  readonly #outbox: Outbox;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  /** Letters as they are on the disk, by their names. */
  #pending = new Map<string, OutboxMessage>();
  /** Letters that are through though the disk does not say so yet. */
  readonly #delivered = new Set<string>();
  #unsaved: OutboxMessage[] = [];
  #saving: Promise<void> = Promise.resolve();
  #claim: Claim | undefined;
  #wake: () => void = () => undefined;
  #reportedUnsaved = false;
  readonly #reportedDown = new Set<string>();
  #nextCleanupAtMs = 0;
  #lastAtMs = 0;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_WEBHOOK_TIMINGS, ...options.timings };
    this.#outbox = new Outbox(options.ownFolder);
    this.#ended = this.#loop();
  }

  enqueue(event: InboxEvent): void {
    const now = new Date();
    const message = messageOf(event, now);
    if (message === undefined) return;
    // Letters are sent in the order of their times, so two events of one millisecond are a millisecond apart.
    this.#lastAtMs = Math.max(now.getTime(), this.#lastAtMs + 1);
    const times = { createdAtMs: this.#lastAtMs, tries: 0, nextAtMs: now.getTime() };
    const messages = this.#options.endpoints.map(
      (endpoint): OutboxMessage => ({ ...message, endpoint: endpoint.id, ...times }),
    );
    this.#saving = this.#saving.then(() => this.#save(messages));
  }

  async close(): Promise<void> {
    await this.#saving;
    this.#stop.abort();
    this.#wake();
    await this.#ended;
    await this.#claim?.release().catch(() => undefined);
  }

  #noticeOnce(notice: string): void {
    if (this.#lastNotice !== notice) this.#options.notice(notice);
    this.#lastNotice = notice;
  }

  #lastNotice = '';

  async #save(messages: readonly OutboxMessage[]): Promise<void> {
    for (const message of messages) {
      try {
        if (await this.#outbox.add(message)) this.#pending.set(messageKey(message), message);
        this.#reportedUnsaved = false;
      } catch (error) {
        if (this.#unsaved.length < MAX_UNSAVED) this.#unsaved.push(message);
        if (!this.#reportedUnsaved)
          this.#options.notice(`Messages for webhooks can not be kept on the disk: ${describe(error)}`);
        this.#reportedUnsaved = true;
      }
    }
    this.#wake();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const next = await this.#round().catch((error: unknown) => {
        this.#noticeOnce(`Webhooks: ${describe(error)}`);
        return Date.now() + this.#timings.pollMs;
      });
      const waitMs = Math.min(this.#timings.pollMs, Math.max(0, next - Date.now()));
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
    const unsaved = this.#unsaved.splice(0);
    if (unsaved.length > 0) await this.#save(unsaved);
    if (this.#claim?.lost.aborted) this.#claim = undefined;
    // One watcher of the folder sends for all, or each letter would come as often as there are watchers.
    this.#claim ??= await this.#options.claims.take(join(this.#options.ownFolder, 'claims', 'webhooks.json'));
    if (this.#claim === undefined) return Number.POSITIVE_INFINITY;
    if (Date.now() >= this.#nextCleanupAtMs) {
      this.#nextCleanupAtMs = Date.now() + CLEANUP_INTERVAL_MS;
      await this.#outbox.removeOldMarks();
    }
    const { letters: messages, tooMany: overflow } = await this.#outbox.list(this.#pending);
    const known = messages.filter((message) => this.#options.endpoints.some(({ id }) => id === message.endpoint));
    this.#pending = new Map(known.map((message) => [messageKey(message), message]));
    for (const message of messages) {
      // Of a receiver that is not told any more; it may be back after the next start.
      if (!known.includes(message) && Date.now() - message.createdAtMs > UNKNOWN_ENDPOINT_RETENTION_MS)
        await this.#outbox.markDone(message);
    }
    for (const message of overflow) await this.#giveUp(message, 'too many messages wait');
    await Promise.all(this.#options.endpoints.map((endpoint) => this.#send(endpoint, known)));
    return Math.min(...[...this.#pending.values()].map(({ nextAtMs }) => nextAtMs));
  }

  /** One receiver's letters one after the other, in the order of what happened. */
  async #send(endpoint: Endpoint, messages: readonly OutboxMessage[]): Promise<void> {
    for (const message of messages) {
      if (this.#stop.signal.aborted || this.#claim?.lost.aborted) return;
      if (message.endpoint !== endpoint.id || message.nextAtMs > Date.now()) continue;
      // The disk is asked as well: another watcher may have put it down while it was on its way.
      if (this.#delivered.has(messageKey(message)) || (await this.#outbox.isDone(message))) {
        await this.#markDone(message);
        continue;
      }
      const { secrets } = this.#options;
      const { timeoutMs } = this.#timings;
      const result = await postWebhook({ ...endpoint, ...message, secrets, timeoutMs, signal: this.#stop.signal });
      // Stopped in the middle: whether it arrived is not known, so it is sent again, by the same id.
      if (!result.ok && this.#stop.signal.aborted) return;
      if (result.ok) {
        await this.#markDone(message);
        if (this.#reportedDown.delete(endpoint.id))
          this.#options.notice(`Webhook ${endpoint.origin} takes messages again.`);
        continue;
      }
      await this.#failed(endpoint, message, result);
    }
  }

  async #failed(
    endpoint: Endpoint,
    message: OutboxMessage,
    result: Awaited<ReturnType<typeof postWebhook>>,
  ): Promise<void> {
    const { notice } = this.#options;
    const delayMs = this.#timings.retryDelaysMs[message.tries];
    message.tries += 1;
    if (result.gone || delayMs === undefined) {
      await this.#giveUp(message, result.problem ?? '');
      return;
    }
    message.nextAtMs = Date.now() + Math.max(delayMs * (1 + Math.random() * JITTER), result.retryAfterMs ?? 0);
    await this.#outbox.update(message);
    if (this.#reportedDown.has(endpoint.id)) return;
    this.#reportedDown.add(endpoint.id);
    notice(`Webhook ${endpoint.origin}: ${result.problem}. Messages are kept and tried again.`);
  }

  async #giveUp(message: OutboxMessage, why: string): Promise<void> {
    const shown = this.#options.endpoints.find(({ id }) => id === message.endpoint)?.origin ?? 'a receiver';
    this.#options.notice(
      `Webhook ${shown}: a message (${message.type}) is given up after ${message.tries} tries: ${why}.`,
    );
    await this.#markDone(message);
  }

  /** When the disk does not take it, it is noted in memory meanwhile: what is through must not be sent once more. */
  async #markDone(message: OutboxMessage): Promise<void> {
    this.#delivered.add(messageKey(message));
    await this.#outbox.markDone(message);
    this.#delivered.delete(messageKey(message));
    this.#pending.delete(messageKey(message));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
