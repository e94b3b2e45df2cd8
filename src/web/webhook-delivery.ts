/**
 * Sends webhooks for the events of a watched folder: each event becomes a message in the outbox, and one of the folder's
 * watchers sends what is due. A failed delivery is retried with growing delays for about a day.
 */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describeError, systemCode } from '../errors.ts';
import type { Claim, Claims } from '../watch/claim.ts';
import type { InboxEvent } from '../watch/events.ts';
import type { Note } from './note-format.ts';
import { noteOfEvent } from './note-of-event.ts';
import { postWebhook } from './post-webhook.ts';
import { UnsavedMessages } from './unsaved-messages.ts';
import type { Endpoint } from './webhook-endpoints.ts';
import { messageOf, messageOfNote, type WebhookMessage } from './webhook-message.ts';
import { messageKey, Outbox, type OutboxMessage } from './webhook-outbox.ts';
import { DEFAULT_WEBHOOK_TIMINGS, type WebhookTimings } from './webhook-timings.ts';

const MINUTE_MS = 60_000;
/** Delays are longer by up to this share, so that an endpoint that recovers does not get all messages at once. */
const JITTER = 0.2;
/** How often to remove old marks, in milliseconds. */
const CLEANUP_INTERVAL_MS = 24 * 60 * MINUTE_MS;
/** How often `settle` looks, in milliseconds. */
const SETTLE_POLL_MS = 20;
/** How long to store messages for an endpoint that is no longer configured, in milliseconds. */
const UNKNOWN_ENDPOINT_RETENTION_MS = 3 * 24 * 60 * MINUTE_MS;

/** Options of `startWebhooks`. */
export interface WebhookOptions {
  /** The watcher's own folder in the watched one. */
  ownFolder: string;
  endpoints: readonly Endpoint[];
  secrets: readonly Buffer[];
  claims: Claims;
  notice(message: string): void;
  timings?: Partial<WebhookTimings>;
}

/** A running sender of webhooks. */
export interface Webhooks {
  /** Adds the messages of an event to the outbox. Never throws. */
  enqueue(event: InboxEvent): void;
  /** Adds a note to people to the outbox, for the endpoints that are of people. Never throws. */
  tell(note: Note): void;
  /** Waits until every message was tried, at most so long. What is not delivered then stays in the outbox. */
  settle(mostMs: number): Promise<void>;
  /** Stops sending; pending messages are sent after the next start. */
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
  /** Messages in the outbox, by their keys. */
  #pending = new Map<string, OutboxMessage>();
  /** Keys of delivered messages that are not yet marked on disk. */
  readonly #delivered = new Set<string>();
  readonly #unsaved: UnsavedMessages;
  #saving: Promise<void> = Promise.resolve();
  #claim: Claim | undefined;
  #wake: () => void = () => undefined;
  #reportedUnsaved = false;
  readonly #reportedDown = new Set<string>();
  /** What is being sent, by endpoint. */
  readonly #sending = new Map<string, Promise<void>>();
  #nextCleanupAtMs = 0;
  #lastAtMs = 0;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_WEBHOOK_TIMINGS, ...options.timings };
    this.#outbox = new Outbox(options.ownFolder);
    const of = { endpoints: options.endpoints, ...this.#timings, outbox: this.#outbox };
    this.#unsaved = new UnsavedMessages({ ...of, post: (...what) => this.#post(...what) });
    this.#ended = this.#loop();
  }

  enqueue(event: InboxEvent): void {
    const now = new Date();
    const message = messageOf(event, now);
    const note = noteOfEvent(event, now);
    this.#add(now, (endpoint) => (endpoint.note === undefined ? message : note && messageOfNote(note, endpoint.note)));
  }

  tell(note: Note): void {
    this.#add(new Date(), (endpoint) => endpoint.note && messageOfNote(note, endpoint.note));
  }

  #add(now: Date, messageFor: (endpoint: Endpoint) => WebhookMessage | undefined): void {
    // Messages are sent in the order of their times, so two events of one millisecond get different times.
    const createdAtMs = Math.max(now.getTime(), this.#lastAtMs + 1);
    const messages = this.#options.endpoints.flatMap((endpoint): OutboxMessage[] => {
      const message = messageFor(endpoint);
      if (message === undefined) return [];
      return [{ ...message, endpoint: endpoint.id, createdAtMs, tries: 0, nextAtMs: now.getTime() }];
    });
    if (messages.length === 0) return;
    this.#lastAtMs = createdAtMs;
    this.#saving = this.#saving.then(() => this.#save(messages));
  }

  async settle(mostMs: number): Promise<void> {
    const until = performance.now() + mostMs;
    await this.#saving;
    const isBusy = (): boolean =>
      this.#sending.size > 0 ||
      this.#unsaved.isSending ||
      [...this.#pending.values()].some(({ nextAtMs }) => nextAtMs <= Date.now());
    while (isBusy() && performance.now() < until) await setTimeout(SETTLE_POLL_MS);
  }

  async close(): Promise<void> {
    await this.#saving;
    this.#stop.abort();
    this.#wake();
    await this.#ended;
    await Promise.all([...this.#sending.values(), this.#unsaved.settled()]);
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
        this.#unsaved.add(message);
        if (!this.#reportedUnsaved)
          this.#options.notice(
            `Webhook messages cannot be written to the outbox: ${describeError(error)}. They are sent from memory.`,
          );
        this.#reportedUnsaved = true;
      }
    }
    this.#wake();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const next = await this.#round().catch((error: unknown) => {
        this.#noticeOnce(`Webhooks: ${describeError(error)}`);
        return Date.now() + this.#timings.pollMs;
      });
      const waitMs = Math.min(this.#timings.pollMs, Math.max(0, next - Date.now()));
      if (signal.aborted) return;
      await new Promise<void>((done) => {
        const timer = globalThis.setTimeout(done, waitMs);
        this.#wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }

  /** Undefined while another watcher sends, and as long as the watcher has not made its own folder. */
  async #takeClaim(): Promise<Claim | undefined> {
    const { claims, ownFolder } = this.#options;
    return claims.take(join(ownFolder, 'claims', 'webhooks.json')).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** Sends what is due. Returns when something is due again. */
  async #round(): Promise<number> {
    const unsaved = this.#unsaved.takeAll();
    if (unsaved.length > 0) await this.#save(unsaved);
    this.#unsaved.startSending();
    if (this.#claim?.lost.aborted) this.#claim = undefined;
    // One watcher of the folder sends for all; otherwise every watcher would send each message.
    this.#claim ??= await this.#takeClaim();
    if (this.#claim === undefined) return Number.POSITIVE_INFINITY;
    if (Date.now() >= this.#nextCleanupAtMs) {
      this.#nextCleanupAtMs = Date.now() + CLEANUP_INTERVAL_MS;
      await this.#outbox.removeOldMarks();
    }
    const { messages, overflow } = await this.#outbox.list(this.#pending);
    const known = messages.filter((message) => this.#options.endpoints.some(({ id }) => id === message.endpoint));
    this.#pending = new Map(known.map((message) => [messageKey(message), message]));
    for (const message of messages) {
      // Its endpoint is not configured; it may be again after the next start.
      if (!known.includes(message) && Date.now() - message.createdAtMs > UNKNOWN_ENDPOINT_RETENTION_MS)
        await this.#outbox.markDone(message);
    }
    for (const message of overflow) await this.#giveUp(message, 'too many messages are pending');
    for (const endpoint of this.#options.endpoints) this.#startSending(endpoint, known);
    const idle = [...this.#pending.values()].filter(({ endpoint }) => !this.#sending.has(endpoint));
    return idle.reduce((least, { nextAtMs }) => Math.min(least, nextAtMs), Number.POSITIVE_INFINITY);
  }

  #post(endpoint: Endpoint, message: OutboxMessage): ReturnType<typeof postWebhook> {
    const { timeoutMs } = this.#timings;
    return postWebhook({
      ...endpoint,
      ...message,
      secrets: this.#options.secrets,
      timeoutMs,
      signal: this.#stop.signal,
    });
  }

  /** Each endpoint has a line of its own: one that does not answer must not hold up the others. */
  #startSending(endpoint: Endpoint, messages: readonly OutboxMessage[]): void {
    if (this.#sending.has(endpoint.id)) return;
    const isDue = messages.some((message) => message.endpoint === endpoint.id && message.nextAtMs <= Date.now());
    if (!isDue) return;
    const sending = this.#send(endpoint, messages)
      .catch(async (error: unknown) => {
        this.#noticeOnce(`Webhooks: ${describeError(error)}`);
        await setTimeout(this.#timings.pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      })
      .finally(() => {
        this.#sending.delete(endpoint.id);
        this.#wake();
      });
    this.#sending.set(endpoint.id, sending);
  }

  /** Sends the messages of one endpoint one after the other, in the order of their events. */
  async #send(endpoint: Endpoint, messages: readonly OutboxMessage[]): Promise<void> {
    for (const message of messages) {
      if (this.#stop.signal.aborted || this.#claim?.lost.aborted) return;
      if (message.endpoint !== endpoint.id || message.nextAtMs > Date.now()) continue;
      // Check the disk too: another watcher may have added the message again while it was being sent.
      if (this.#delivered.has(messageKey(message)) || (await this.#outbox.isDone(message))) {
        await this.#markDone(message);
        continue;
      }
      const result = await this.#post(endpoint, message);
      // Stopped during the request: whether it arrived is unknown, so it is sent again with the same ID.
      if (!result.ok && this.#stop.signal.aborted) return;
      if (result.ok) {
        await this.#markDone(message);
        if (this.#reportedDown.delete(endpoint.id))
          this.#options.notice(`${namedFor(endpoint)} accepts messages again.`);
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
    notice(`${namedFor(endpoint)}: ${result.problem}. Messages are stored and retried.`);
  }

  async #giveUp(message: OutboxMessage, why: string): Promise<void> {
    const endpoint = this.#options.endpoints.find(({ id }) => id === message.endpoint);
    const named = endpoint === undefined ? 'Webhook for a former endpoint' : namedFor(endpoint);
    this.#options.notice(
      `${named}: dropped a message (${message.type}) after ${message.tries} ${message.tries === 1 ? 'attempt' : 'attempts'}: ${why}.`,
    );
    await this.#markDone(message);
  }

  /** Marks a message as delivered in memory first, so that it is not sent again when the disk fails. */
  async #markDone(message: OutboxMessage): Promise<void> {
    this.#delivered.add(messageKey(message));
    await this.#outbox.markDone(message);
    this.#delivered.delete(messageKey(message));
    this.#pending.delete(messageKey(message));
  }
}

/** The kind of an endpoint and its host: the rest of an address may be a secret. */
function namedFor({ origin, note }: Endpoint): string {
  return note === undefined ? `Webhook ${origin}` : `Notification address (${note.name}) ${origin}`;
}
