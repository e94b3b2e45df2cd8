import { describe, expect, it } from 'vitest';
import { type Caption, captionsOf, type SpokenTake } from '../../src/captions/caption-times.ts';
import { cueSheet } from '../../src/captions/cue-sheet.ts';
import { audacityLabels, captionFile } from '../../src/captions/formats.ts';
import { evenParts, wordsOf } from '../../src/captions/words.ts';
import { SLOW_SENTENCE } from './slow-sentence.ts';

const take = (text: string, more: Partial<SpokenTake> = {}): SpokenTake => ({
  character: 'narrator',
  text,
  line: 0,
  startSeconds: 10,
  durationSeconds: 4,
  pauses: [],
  ...more,
});
const HEAD = { title: 'The Storm', album: 'A Book', artist: 'A. Writer', durationSeconds: 75.5 };
const texts = (captions: Caption[]) => captions.map(({ text }) => text);

describe('captionsOf', () => {
  it('ends a sentence at the pause that is really there, and begins the next behind it', () => {
    const captions = captionsOf(
      [
        take('It was dark. Nobody came to the door.', {
          pauses: [
            [0.3, 0.45],
            [1.5, 2],
          ],
        }),
      ],
      'sentence',
    );
    expect(captions).toMatchObject([
      { text: 'It was dark.', startSeconds: 10, endSeconds: 11.5 },
      { text: 'Nobody came to the door.', startSeconds: 12, endSeconds: 14 },
    ]);
  });

  it('finds the pause of a sentence by all of the take, though another is nearer to where it is estimated', () => {
    const { text, durationSeconds, pauses } = SLOW_SENTENCE;
    const starts = (all: SpokenTake['pauses']) =>
      captionsOf([take(text, { durationSeconds, pauses: all })], 'sentence').map(({ startSeconds }) => startSeconds);
    expect(starts(pauses)).toEqual([10, 15, 18.4]);
    // Without the second pause, the last sentence still has its own, and the one before is estimated between.
    const [, second, third] = starts([pauses[2]]);
    expect(third).toBe(18.4);
    expect(second).toBeGreaterThan(12);
    expect(second).toBeLessThan(15);
  });

  it('is done soon for a recording of minutes with hundreds of pauses', () => {
    const text = 'The boat came out of the fog, and nobody saw it. '.repeat(75).trim();
    const pauses = Array.from({ length: 300 }, (_, i) => [i + 0.7, i + 0.95] as const);
    const from = process.cpuUsage();
    const captions = captionsOf([take(text, { durationSeconds: 300, pauses })], 'sentence');
    expect(captions).toHaveLength(75);
    expect(process.cpuUsage(from).user / 1e6).toBeLessThan(3);
  });

  it('cuts inside a sentence at the pauses that are in its sound, however far they are from the estimate', () => {
    const text =
      'When the boat came out of the grey fog at last, nobody in the house by the shore, which stood alone, was awake to see it come.';
    const pauses = [
      [2.1, 2.6],
      [4.3, 4.7],
      [5.4, 5.7],
    ] as const;
    const captions = captionsOf([take(text, { durationSeconds: 8, pauses })], 'word');
    const words = captions.flatMap((caption) => caption.words!);
    const at = (start: string) => words.find(({ text: word }) => word.startsWith(start))!.startSeconds;
    expect([at('nobody'), at('which'), at('was')]).toEqual([12.6, 14.7, 15.7]);
    expect(words.map(({ startSeconds }) => startSeconds)).toEqual(
      words.map(({ startSeconds }) => startSeconds).sort((a, b) => a - b),
    );
    const [first, second] = captionsOf(
      [
        take(
          text.replace(' nobody in the house by the shore, which stood alone, was', ' no one in that house was ever'),
          { durationSeconds: 7, pauses: [[4.1, 4.6]] },
        ),
      ],
      'sentence',
    );
    expect(first!.text.endsWith('at last,')).toBe(true);
    expect(first!.endSeconds).toBe(14.1);
    expect(second!.startSeconds).toBe(14.6);
  });

  it('shares the time by the text where there is no pause', () => {
    const [first, second] = captionsOf([take('Aaaa bbbb. Cccc dddd.')], 'sentence');
    expect(first!.endSeconds).toBeCloseTo(12, 5);
    expect(second!.startSeconds).toBe(first!.endSeconds);
    expect(second!.endSeconds).toBe(14);
  });

  it('joins the takes of a line, and of no other', () => {
    const takes = [
      take('One.', { line: 3 }),
      take('Two.', { line: 3, startSeconds: 15 }),
      take('Three.', { line: 4, startSeconds: 20 }),
    ];
    expect(captionsOf(takes, 'line')).toEqual([
      { character: 'narrator', text: 'One. Two.', startSeconds: 10, endSeconds: 19 },
      { character: 'narrator', text: 'Three.', startSeconds: 20, endSeconds: 24 },
    ]);
  });

  it('cuts what does not fit a screen into even parts that lose and overlap nothing', () => {
    const text = `${'and the rain went on and on over the harbour '.repeat(8).trim()}.`;
    const captions = captionsOf([take(text, { durationSeconds: 30 })], 'sentence');
    expect(captions.length).toBeGreaterThan(3);
    expect(texts(captions).join(' ')).toBe(text);
    const widths = captions.map((caption) => caption.text.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(84);
    expect(Math.min(...widths)).toBeGreaterThan(60);
    captions.forEach((caption, index) => {
      expect(caption.endSeconds).toBeGreaterThan(caption.startSeconds);
      if (index > 0) expect(caption.startSeconds).toBeGreaterThanOrEqual(captions[index - 1]!.endSeconds);
    });
    expect(captions.at(-1)!.endSeconds).toBeCloseTo(40, 9);
  });

  it('cuts Chinese, which has no spaces', () => {
    const captions = captionsOf(
      [take('天黑了雨一直下在港口上没有人说话'.repeat(6), { durationSeconds: 30 })],
      'sentence',
    );
    expect(captions.length).toBeGreaterThan(1);
    for (const { text } of captions) expect(text.length).toBeLessThanOrEqual(42);
  });

  it('times words in rising order from the start of their sentence', () => {
    const [caption] = captionsOf([take('“Who is there?” she said.')], 'word');
    const words = caption!.words!;
    expect(words.map(({ text }) => text).join('')).toBe(caption!.text);
    expect(words[0]).toMatchObject({ text: '“Who ', startSeconds: 10 });
    const starts = words.map(({ startSeconds }) => startSeconds);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.at(-1)).toBeLessThan(14);
  });

  it('has nothing to say about nothing', () => {
    for (const unit of ['line', 'sentence', 'word'] as const) expect(captionsOf([], unit)).toEqual([]);
  });
});

describe('files', () => {
  const captions: Caption[] = [
    {
      character: 'Mara <3',
      text: 'Listen & <b>look</b>:\n\nthe bell --> rings',
      startSeconds: 3661.2345,
      endSeconds: 3662.9999,
    },
  ];

  it('SRT, with rows that end no cue', () => {
    expect(captionFile(captions, 'srt', HEAD)).toBe(
      '1\n01:01:01,234 --> 01:01:02,999\nListen & <b>look</b>: the bell --> rings\n\n',
    );
  });

  it('WebVTT, escaped, with the speaker', () => {
    expect(captionFile(captions, 'vtt', { ...HEAD, title: 'A --> B' })).toBe(
      'WEBVTT - A --&gt; B\n\n01:01:01.234 --> 01:01:02.999\n<v Mara &lt;3>Listen &amp; &lt;b&gt;look&lt;/b&gt;: the bell --&gt; rings\n\n',
    );
  });

  it('LRC, whose minutes go on beyond an hour', () => {
    expect(captionFile(captions, 'lrc', HEAD)).toBe(
      '[ti:The Storm]\n[ar:A. Writer]\n[al:A Book]\n[length:01:15.50]\n[61:01.23]Listen & <b>look</b>: the bell --> rings\n',
    );
  });

  it('words: marked as estimated, inside the cue where the format can, else a cue each', () => {
    const words = captionsOf([take('One two.')], 'word');
    expect(captionFile(words, 'vtt', HEAD)).toContain('NOTE The times of single words are estimated.');
    expect(captionFile(words, 'vtt', HEAD)).toMatch(/<v narrator>One <00:00:1[0-9.]+>two\./);
    expect(captionFile(words, 'lrc', HEAD)).toMatch(/\[00:10.00\]<00:10.00>One <00:1[0-9.]+>two\./);
    expect(captionFile(words, 'srt', HEAD).match(/-->/g)).toHaveLength(2);
  });

  it('labels for Audacity and a cue sheet', () => {
    expect(audacityLabels(captions)).toBe(
      '3661.234500\t3662.999900\tMara <3: Listen & <b>look</b>: the bell --> rings\n',
    );
    expect(
      cueSheet({ title: 'A "Book"', artist: 'A', file: 'b.m4b', tracks: [{ title: 'One', startSeconds: 61.5 }] }),
    ).toBe(
      'PERFORMER "A"\r\nTITLE "A \'Book\'"\r\nFILE "b.m4b" MP4\r\n  TRACK 01 AUDIO\r\n    TITLE "One"\r\n    INDEX 01 01:01:37\r\n',
    );
  });
});

it('keeps every sign of a text in its words and parts', () => {
  for (const text of ['', '…', '“Yes,” — (no!) 3.5 don’t', '你好，世界。', 'a\u0301 🎉🎉 b']) {
    expect(wordsOf(text).join('')).toBe(text);
    expect(evenParts(text, 2).join('')).toBe(text);
  }
});
