import { describe, expect, test } from 'vitest';
import type { InboxEvent } from '../../src/watch/events.ts';
import { EventLog } from '../../src/web/event-log.ts';

const event = (number: number): InboxEvent => ({
  type: 'inbox.state',
  path: `book-${number}.yaml`,
  title: `No. ${number}: „zu“ 床前`,
  version: 'v',
  state: 'queued',
  status: 'queued',
});
const filled = (capacity: number, count: number) => {
  const log = new EventLog(capacity);
  for (let number = 1; number <= count; number++) log.add(event(number));
  return log;
};

describe('the event log', () => {
  test.each([
    [1, 5],
    [3, 40],
    [16, 100],
    [17, 250],
  ])('of %i events gives the last ones, from any of them on, after %i', (capacity, count) => {
    const log = filled(capacity, count);
    expect(log.next).toBe(count + 1);
    for (let number = 1; number <= count + 1; number++) {
      const got = log.from(number);
      if (number > count - capacity) expect(got).toBeDefined();
      if (got === undefined) continue;
      expect(got).toEqual(
        Array.from({ length: count + 1 - number }, (_, at) => ({
          id: log.idOf(number + at),
          event: event(number + at),
        })),
      );
      if (number > 1) expect(log.after(log.idOf(number - 1))).toBe(number);
    }
  });
});
