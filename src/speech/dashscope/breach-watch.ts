/**
 * Notices that a service can not be understood, before a book has paid for that many times: its first answers all break the
 * protocol, and what they bill is lost.
 */
import { PipelineError } from '../../errors.ts';

/** What the speakers of one process have heard of each model. */
export interface BreachWatch {
  /** Throws `protocol-violation`, which no retry helps, when nothing may be sent to the model now. */
  enter(model: string): void;
  /** A take of the model was complete. */
  whole(model: string): void;
  /** A text that was sent failed with this error. */
  broke(model: string, error: unknown): void;
}

/** Answers in a row that break the protocol, after which nothing is sent to a model without a single whole take. */
const FIRST_BREACHES = 3;
/** How long nothing is sent; then one more breach is enough. A process may live for weeks, and a service be mended. */
const CLOSED_MS = 60_000;

/** Has heard nothing yet. A model that was heard whole once is trusted as long as the process lives. */
export function createBreachWatch(nowMs: () => number = () => performance.now()): BreachWatch {
  const trusted = new Set<string>();
  const breaches = new Map<string, { count: number; said: string; atMs: number }>();
  return {
    enter(model) {
      const known = breaches.get(model);
      if (known === undefined || known.count < FIRST_BREACHES || nowMs() - known.atMs >= CLOSED_MS) return;
      throw new PipelineError({
        code: 'protocol-violation',
        message: `${known.said} So did each of its first ${FIRST_BREACHES} answers, and no answer was complete. The text was not sent, because it would be billed in vain.`,
        retry: 'never',
      });
    },
    whole(model) {
      trusted.add(model);
      breaches.delete(model);
    },
    broke(model, error) {
      if (trusted.has(model) || !(error instanceof PipelineError) || error.code !== 'protocol-violation') return;
      const { count = 0 } = breaches.get(model) ?? {};
      breaches.set(model, { count: count + 1, said: error.message, atMs: nowMs() });
    },
  };
}
