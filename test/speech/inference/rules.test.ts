import { describe, expect, test } from 'vitest';
import { countsLess } from '../../../src/speech/dashscope-inference/counted-text.ts';
import type { TaskMessage } from '../../../src/speech/dashscope-inference/parse-messages.ts';
import { missingLetters } from '../../../src/speech/dashscope-inference/spoken-text.ts';
import { createTaskCollector } from '../../../src/speech/dashscope-inference/task-collector.ts';
import { wordTimes } from '../../../src/speech/dashscope-inference/word-times.ts';

describe('letters that were left out', () => {
  test.each<[string, string, (string | undefined)[], number]>([
    ['nothing', 'One lamp. Two!', ['One lamp.', 'Two!'], 0],
    ['nothing, with other spaces, signs, case and width', 'One  lamp — “TWO”!', ['one lamp,', 'Ｔｗｏ'], 0],
    ['nothing, cut at commas and in words', 'Red, green, blue.', ['Red,', ' gr', 'een, blue.'], 0],
    ['a sentence in the middle', 'One. Two. Three.', ['One.', 'Three.'], 3],
    ['the first sentence', 'One. Two. Three.', ['Two.', 'Three.'], 3],
    ['the last sentence', 'One. Two. Three.', ['One.', 'Two.'], 5],
    ['a short one', 'Who is there? No. Nobody.', ['Who is there?', 'Nobody.'], 2],
    ['one Chinese character', '他走了。好。他回来了。', ['他走了。', '他回来了。'], 2],
    ['one letter is no proof', 'It is a b.', ['It is a'], 0],
    ['the last text is unknown', 'One. Two. Three.', ['One.', undefined], 0],
    ['the last text is unknown, and one is missing before', 'One. Two. Three. Four.', ['One.', 'Three.', undefined], 3],
    ['no text is known', 'One. Two.', [undefined, undefined], 0],
    ['a text in the middle is unknown', 'One. Two. Three.', ['One.', undefined, 'Three.'], 0],
    ['no sentence', 'One. Two.', [], 0],
    ['told in other words', 'He has 12 lamps and 3 dogs.', ['He has twelve lamps and three dogs.'], 0],
    [
      'told in other words, and much too short',
      'He has 12 lamps and 3 dogs, and a house.',
      ['He has twelve lamps.'],
      13,
    ],
    ['marks of feeling are not told', 'Well, [laughs] yes.', ['Well, yes.'], 0],
    ['a repeated word', 'No. No. No.', ['No.', 'No.', 'No.'], 0],
    ['one of the repeated words', 'No. No. No.', ['No.', 'No.'], 2],
  ])('%s', (_what, sent, sentences, letters) => {
    expect(missingLetters(sent, sentences)).toBe(letters);
  });
});

describe('a count that is less than the text has', () => {
  const text = 'It rained. The road shone.';
  const tokens = (input: number) => ({ characters: undefined, tokens: { input, output: 90, total: input + 90 } });
  const characters = (count: number) => ({ characters: count, tokens: undefined });
  test.each([
    [text, characters(26), false],
    [text, characters(20), false],
    [text, characters(15), true],
    ['床前明月光，疑是地上霜。', characters(12), false],
    ['床前明月光，疑是地上霜。', characters(24), false],
    ['床前明月光，疑是地上霜。', characters(6), true],
    [text, tokens(8), false],
    [text, tokens(5), false],
    [text, tokens(4), true],
    ['[laughs] Yes. <break/>', characters(4), false],
    [text, tokens(0), false],
    [text, characters(0), false],
    [text, undefined, false],
  ])('%s %j', (sent, counts, isLess) => {
    expect(countsLess(sent, counts)).toBe(isLess);
  });
});

describe('numbers of sentences that nothing else tells of', () => {
  const speak = (first: number, text?: string) => {
    const of = { taskId: 't', words: undefined, usage: undefined };
    const result = (stage: 'begin' | 'end', index: number): TaskMessage => ({
      ...{ ...of, type: 'result', stage, index },
      text: text?.split('|')[index - first],
    });
    const collector = createTaskCollector({ text: 'One. Two.', sampleRateHz: 24_000, counts: 'tokens' });
    collector.accept({ type: 'started', taskId: 't' });
    for (const index of [first, first + 1]) {
      collector.accept(result('begin', index));
      collector.accept({ type: 'audio', audio: Buffer.alloc(480) });
      collector.accept(result('end', index));
    }
    collector.accept({ type: 'finished', taskId: 't', usage: undefined });
    return collector.result()?.byteLength;
  };
  test('from 0', () => expect(speak(0)).toBe(960));
  test('from 1: the first one is missing, unless the texts are told', () => {
    expect(() => speak(1)).toThrow('without its first sentence');
    expect(speak(1, 'One.|Two.')).toBe(960);
  });
  test('from 2: the first ones are missing', () => {
    expect(() => speak(2, 'One.|Two.')).toThrow('without its first sentences');
  });
});

describe('word times', () => {
  const word = (text: string, beginMs: number, endMs: number) => ({ text, beginMs, endMs });
  const sentence = (startSeconds: number, ...words: ReturnType<typeof word>[]) => ({
    startSeconds,
    text: 'x',
    words: words.length === 0 ? undefined : words,
  });
  const starts = (words: ReturnType<typeof wordTimes>) => words?.map(({ startSeconds }) => startSeconds);

  test('counted from the sentence', () => {
    const words = wordTimes(
      [sentence(0, word('a', 100, 300)), sentence(1.5, word('b', 0, 200), word('c', 300, 400))],
      3,
    );
    expect(words).toEqual([
      { text: 'a', startSeconds: 0.1, endSeconds: 0.3 },
      { text: 'b', startSeconds: 1.5, endSeconds: 1.7 },
      { text: 'c', startSeconds: 1.8, endSeconds: 1.9 },
    ]);
  });

  test('counted from the task', () => {
    expect(starts(wordTimes([sentence(0, word('a', 100, 300)), sentence(1.5, word('b', 1_480, 1_700))], 3))).toEqual([
      0.1, 1.48,
    ]);
  });

  test('a short first sentence does not decide: the last one does', () => {
    const words = [sentence(0, word('a', 0, 300)), sentence(0.4, word('b', 280, 500)), sentence(4, word('c', 50, 300))];
    expect(starts(wordTimes(words, 6))).toEqual([0, 0.68, 4.05]);
  });

  test('that go a little beyond the audio are cut', () => {
    expect(wordTimes([sentence(0, word('a', 900, 1_100))], 1)).toEqual([
      { text: 'a', startSeconds: 0.9, endSeconds: 1 },
    ]);
  });

  test.each([
    ['far beyond the audio', [sentence(0, word('a', 100, 9_000))]],
    ['that run backwards', [sentence(0, word('a', 500, 600), word('b', 100, 200))]],
    ['that end before they begin', [sentence(0, word('a', 500, 400))]],
    ['of some sentences only', [sentence(0, word('a', 0, 100)), sentence(0.5)]],
    ['of no sentence', [sentence(0)]],
    ['without a sentence', []],
  ])('%s are dropped', (_what, sentences) => {
    expect(wordTimes(sentences, 1)).toBeUndefined();
  });
});
