import { expect, test } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import { createBreachWatch } from '../../src/speech/dashscope/breach-watch.ts';

const breach = new PipelineError({ code: 'protocol-violation', message: 'Two at once.', retry: 'backoff' });
const lost = new PipelineError({ code: 'session-lost', message: 'Lost.', retry: 'backoff' });

test('after a minute a model is asked again, once', () => {
  let now = 0;
  const watch = createBreachWatch(() => now);
  for (let answer = 0; answer < 3; answer++) {
    watch.enter('m');
    watch.broke('m', breach);
  }
  expect(() => watch.enter('m')).toThrow('Two at once. So did each of its first 3 answers');
  watch.enter('another');
  now = 60_000;
  watch.enter('m');
  watch.broke('m', breach);
  expect(() => watch.enter('m')).toThrow();
  now = 120_000;
  watch.enter('m');
  watch.whole('m');
  for (let answer = 0; answer < 9; answer++) watch.broke('m', breach);
  watch.enter('m');
});

test('lost sessions are no breach', () => {
  const watch = createBreachWatch();
  for (let answer = 0; answer < 9; answer++) watch.broke('m', lost);
  watch.enter('m');
});
