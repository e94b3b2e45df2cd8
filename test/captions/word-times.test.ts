import { describe, expect, it } from 'vitest';
import { captionsOf, type SpokenTake } from '../../src/captions/caption-times.ts';
import { captionFile } from '../../src/captions/formats.ts';
import { anchorsIn } from '../../src/captions/word-anchors.ts';

const heard = (words: string, step = 0.5) =>
  words.split(' ').map((text, index) => ({ text, startSeconds: index * step, endSeconds: index * step + 0.4 }));
const take = (text: string, more: Partial<SpokenTake> = {}): SpokenTake => ({
  character: 'narrator',
  text,
  line: 0,
  startSeconds: 10,
  durationSeconds: 5,
  pauses: [],
  ...more,
});
const HEAD = { title: 'The Storm', album: 'A Book', artist: '', durationSeconds: 20 };

describe('the words that the service tells', () => {
  it('are found in the text by their letters and in order', () => {
    const text = '“No,” said Mara; no.';
    expect(anchorsIn(text, heard('no SAID mara no')).map(({ from, to }) => text.slice(from, to))).toEqual([
      'No',
      'said',
      'Mara',
      'no',
    ]);
  });

  it('leave out a word that is spoken otherwise, and go on behind it', () => {
    const text = 'In 1984 it rained. 雨が降る';
    const found = anchorsIn(text, heard('in nineteen eighty-four it rained 雨'));
    expect(found.map(({ from, to }) => text.slice(from, to))).toEqual(['In', 'it', 'rained', '雨']);
  });

  it('are not taken from far behind, where the same letters are another word', () => {
    const text = `One ${'two three four five six '.repeat(6)}seven`;
    expect(anchorsIn(text, heard('one seven')).length).toBe(1);
  });

  it('begin and end sentences and words at their times, and the file says so', () => {
    const captions = captionsOf([take('It rained. Nobody came.', { heard: heard('it rained nobody came') })], 'word');
    expect(captions).toMatchObject([
      { text: 'It rained.', startSeconds: 10, endSeconds: 10.9 },
      { text: 'Nobody came.', startSeconds: 11, endSeconds: 15 },
    ]);
    expect(captions.flatMap(({ words }) => words?.map(({ startSeconds }) => startSeconds))).toEqual([
      10, 10.5, 11, 11.5,
    ]);
    expect(captionFile(captions, 'vtt', HEAD)).toContain(
      'NOTE The times of single words come from the speech service.',
    );
  });

  it('begin sentences without times of words, too, and the file says how many', () => {
    const told = take('It rained. Nobody came.', { heard: heard('it rained nobody came') });
    const sentences = captionsOf([told], 'sentence');
    expect(captionFile(sentences, 'vtt', HEAD)).toContain('NOTE The times of sentences come from the speech service.');
    const some = captionsOf([told, take('Later.', { line: 1, startSeconds: 20 })], 'sentence');
    expect(captionFile(some, 'lrc', HEAD)).toContain(
      '[re:times of 2 of 3 captions come from the speech service; the others are estimated]',
    );
    // Nothing is told of, and files of earlier versions stay as they are.
    expect(captionFile(captionsOf([take('It rained.')], 'sentence'), 'vtt', HEAD)).not.toContain('NOTE');
    expect(captionFile(captionsOf([told], 'line'), 'vtt', HEAD)).not.toContain('NOTE');
  });

  it('share the time between two told words, and the file counts what is told', () => {
    const captions = captionsOf([take('It was 12 today.', { heard: heard('it was twelve today') })], 'word');
    const starts = captions[0]?.words?.map(({ text, startSeconds }) => [text.trim(), startSeconds]);
    expect(starts?.[0]).toEqual(['It', 10]);
    expect(starts?.[1]).toEqual(['was', 10.5]);
    expect(starts?.[2]?.[1]).toBeGreaterThan(10.5);
    expect(starts?.[2]?.[1]).toBeLessThan(11.5);
    expect(starts?.[3]).toEqual(['today.', 11.5]);
    expect(captionFile(captions, 'lrc', HEAD)).toContain('times of 3 of 4 words come from the speech service');
  });

  it('without any, all times are estimated as before', () => {
    const captions = captionsOf([take('It rained.')], 'word');
    expect(captionFile(captions, 'vtt', HEAD)).toContain('NOTE The times of single words are estimated.');
  });

  it('keep words in order in a caption that is cut for the screen', () => {
    const words = Array.from({ length: 40 }, (_, index) => `word${index}`);
    const captions = captionsOf(
      [take(`${words.join(' ')}.`, { durationSeconds: 20, heard: heard(words.join(' ')) })],
      'word',
    );
    expect(captions.length).toBeGreaterThan(2);
    const all = captions.flatMap((caption) => caption.words ?? []);
    expect(all.map(({ startSeconds }) => startSeconds)).toEqual(words.map((_, index) => 10 + index * 0.5));
    for (const [index, caption] of captions.entries()) {
      expect(caption.endSeconds).toBeLessThanOrEqual(captions[index + 1]?.startSeconds ?? 30);
      expect(caption.words?.[0]?.startSeconds).toBeGreaterThanOrEqual(caption.startSeconds);
    }
  });
});
