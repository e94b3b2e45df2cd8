/**
 * Messages that cannot be written to the outbox, such as the one that says that the disk is full: they are sent from memory.
 * Until they are, or can be written, a restart loses them.
 */
import type { PostResult } from './post-webhook.ts';
import type { Endpoint } from './webhook-endpoints.ts';
import type { Outbox, OutboxMessage } from './webhook-outbox.ts';

/** Messages in memory, at most. */
const MOST = 1_000;

/** What sending them needs. */
export interface UnsavedOptions {
  endpoints: readonly Endpoint[];
  outbox: Pick<Outbox, 'isDone' | 'markDone'>;
  /** Waits before the next tries, in milliseconds; the last one is repeated. */
  retryDelaysMs: readonly number[];
  post(endpoint: Endpoint, message: OutboxMessage): Promise<PostResult>;
}

/** The messages of one process. */
export class UnsavedMessages {
  readonly #of: UnsavedOptions;
  #messages: OutboxMessage[] = [];
  #sending: Promise<void> | undefined;

  constructor(of: UnsavedOptions) {
    this.#of = of;
  }

  get isSending(): boolean {
    return this.#sending !== undefined;
  }

  add(message: OutboxMessage): void {
    if (this.#messages.length < MOST) this.#messages.push(message);
  }

  /** Those that are not being sent, to be written again; they are no longer here. */
  takeAll(): OutboxMessage[] {
    return this.#messages.splice(0);
  }

  /** Sends what is due, all at once. Needs no disk: not even the claim, which could not be taken on a full one. */
  startSending(): void {
    if (this.#messages.length === 0 || this.isSending) return;
    this.#sending = Promise.all(this.takeAll().map((message) => this.#send(message))).then((left) => {
      this.#messages.push(...left.flat());
      this.#sending = undefined;
    });
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  /** The message, if it has not arrived. */
  async #send(message: OutboxMessage): Promise<OutboxMessage[]> {
    const { endpoints, outbox, retryDelaysMs, post } = this.#of;
    const endpoint = endpoints.find(({ id }) => id === message.endpoint);
    if (message.nextAtMs > Date.now()) return [message];
    if (endpoint === undefined || (await outbox.isDone(message).catch(() => false))) return [];
    if ((await post(endpoint, message)).ok) {
      await outbox.markDone(message).catch(() => undefined);
      return [];
    }
    const delayMs = retryDelaysMs[message.tries] ?? retryDelaysMs.at(-1) ?? 0;
    return [{ ...message, tries: message.tries + 1, nextAtMs: Date.now() + delayMs }];
  }
}
