/** When webhooks are sent, tried again and given up. Pure. */

/** Timings, in milliseconds; only tests change them. */
export interface WebhookTimings {
  /** Delays before the second attempt, the third, … After the last one the message is dropped. */
  retryDelaysMs: readonly number[];
  /** How often to look for messages of other watchers, and to try to claim the outbox. */
  pollMs: number;
  timeoutMs: number;
}

const MINUTE_MS = 60_000;
/** As Standard Webhooks recommends: short delays at first, more than a day in total. */
export const DEFAULT_WEBHOOK_TIMINGS: WebhookTimings = {
  retryDelaysMs: [5_000, ...[1, 5, 30, 60, 120, 240, 480, 720].map((minutes) => minutes * MINUTE_MS)],
  pollMs: 5_000,
  timeoutMs: 15_000,
};
