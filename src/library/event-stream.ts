/** A run as its events, for `for await`. Nothing is lost when the reader is slow; a reader that stops early does not stop the run. */
import type { PipelineEvent } from '../events.ts';
import type { NumberedEvent } from './numbered-events.ts';

/** Collects events for one reader. */
export interface EventStream extends AsyncIterable<NumberedEvent> {
  push(event: NumberedEvent): void;
  end(): void;
}

/** A stream without events. Events that nobody reads cost memory, except progress: of that only the newest waits. */
export function createEventStream(): EventStream {
  const waiting: NumberedEvent[] = [];
  let wake: (() => void) | undefined;
  let hasEnded = false;
  const isProgress = (event: PipelineEvent | undefined): boolean => event?.type === 'progress';
  return {
    push(event) {
      if (isProgress(event) && isProgress(waiting.at(-1))) waiting.pop();
      waiting.push(event);
      wake?.();
    },
    end() {
      hasEnded = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      while (true) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (hasEnded) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
