/** A report in which everything is that can be: for its texts in each language, and for pictures of it. */
import type { Report } from '../../src/deliver/reports/report-json.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { FAILING, GOOD } from '../qc/measured-files.ts';

/** The words of a book, which stay as they are in every report. */
export interface BookWords {
  title: string;
  author: string;
  chapters: readonly [string, string, string];
  narrator: string;
  other: string;
  lines: readonly [string, string];
}

/** Two books. The English one has names that are longer than their place. */
export const BOOK_WORDS: Readonly<Record<'en' | 'zh', BookWords>> = {
  en: {
    title: 'The Lighthouse Keeper’s Almanac of Weather, Wrecks and Remedies',
    author: 'Ada Marwick',
    chapters: ['The Storm', 'Donaudampfschifffahrtsgesellschaftskapitän', 'Afterwards'],
    narrator: 'narrator',
    other: 'Captain Wetherby',
    lines: [
      'Below them the sea went on with its argument against the rocks, and nobody listened.',
      '“You are late,” he said.',
    ],
  },
  zh: {
    title: '守塔人的天气、沉船与偏方年鉴',
    author: '马薇',
    chapters: ['暴风雨', '船长与他那艘再也没有回来的蒸汽船', '后来'],
    narrator: '旁白',
    other: '韦船长',
    lines: ['在他们脚下，大海继续与礁石争论，没有人在听；风从北边来，一夜没有停过。', '“你来晚了。”他说。'],
  },
};

/** The report of a book that went wrong wherever it could. */
export function wholeReport({ title, author, chapters, narrator, other, lines }: BookWords): Report {
  const wave = {
    peaks: Array.from({ length: 300 }, (_, at) => Math.abs(Math.sin(at / 9) * Math.cos(at / 31)) * 0.8),
    loudnessLufs: Array.from({ length: 300 }, (_, at) => (at % 100 > 95 ? null : -20 + 3 * Math.sin(at / 17))),
  };
  const good = judgeFile(GOOD, PROFILES.acx).rules;
  const bad = judgeFile({ ...GOOD, ...FAILING[0] }, PROFILES.acx).rules;
  const chapter = (index: number, verdict: 'pass' | 'fail') => {
    const name = `0${index} - ${chapters[index - 1]}`;
    const file = `${name}${verdict === 'fail' ? ' - FAILED CHECK' : ''}.mp3`;
    return {
      ...{ index, title: chapters[index - 1]!, files: [file], extras: [], durationSeconds: 754.2, verdict },
      ...{ loudnessLufs: -20.1, checks: [{ format: 'mp3', rules: verdict === 'pass' ? good : bad }], curves: wave },
      sounds: [{ file, startSeconds: 0, endSeconds: 754.2 }],
    };
  };
  const place = (line: number, text: string) => ({
    ...{ chapter: 1, title: chapters[0], line, number: `1:${line}`, ordinal: line, character: narrator, text },
  });
  const consent = { by: 'R. Wetherby', on: '2026-03-01', scope: title, until: '2028-03-01', recording: 'consent.mp3' };
  return {
    format: 'narration-report',
    version: 1,
    ...{ title, author, syntheticSpeech: true, simulated: true, complete: false, profile: 'acx' },
    ...{ files: [], kept: [], takesBilledCharacters: 41_234, billedCharacters: 1_234 },
    chapters: [
      chapter(1, 'fail'),
      { ...chapter(2, 'pass'), checks: [1, 2].map((part) => ({ format: 'mp3', part, rules: good })), inBook: true },
      { ...chapter(3, 'pass'), files: [], loudnessLufs: null, verdict: 'none', sounds: undefined as never },
    ],
    book: { title, files: [`${title}.m4b`], durationSeconds: 2262.6, verdict: 'pass' },
    epub: { title, files: [`${title}.epub`], durationSeconds: 2262.6, verdict: 'none' },
    segments: { total: 12, synthesized: 10, reused: 0, failed: 2 },
    voices: { enrolled: 1, reused: 1 },
    calls: { enroll: 1, list: 1, synthesize: 12 },
    doubtful: [
      {
        ...place(37, lines[0]),
        doubts: [
          {
            check: 'silence-inside',
            measured: '1.4 s of silence',
            wanted: 'at most 0.9 s by its punctuation',
            badness: 2,
          },
          {
            check: 'words-left-out',
            measured: `“${lines[0].slice(0, 5)}” is not heard`,
            wanted: 'every word of its text',
            badness: 1,
          },
        ],
        ...{ tries: 3, pickup: false, atSeconds: 61.2 },
        sound: { file: `01 - ${chapters[0]}.mp3`, startSeconds: 60, endSeconds: 64.5 },
      },
    ],
    refused: [
      {
        ...place(40, lines[1]),
        reason:
          'The content filter refused this text. Reword the sentence. (HTTP 400, "DataInspectionFailed: Input text data may contain inappropriate content.", request 8f2c)',
      },
    ],
    parked: [
      {
        ...place(41, lines[1]),
        code: 'session-lost',
        reason: 'The connection to the service closed before the speech was complete.',
      },
    ],
    consent: [
      { character: narrator, consent },
      { character: other, consent: null },
    ],
    disclosure: {
      format: 'narration-disclosure',
      version: 1,
      ...{ file: 'disclosure.json', title, author, syntheticSpeech: true, simulated: true, narrator: null },
      sentence: '♪',
      ...{ engine: 'dashscope-realtime', models: ['qwen3-tts-vc-realtime-2026-01-15'] },
      voices: [
        { character: narrator, kind: 'cloned', model: 'qwen3-tts-vc-realtime-2026-01-15', consent },
        { character: other, kind: 'enrolled before', model: 'qwen3-tts-vc-realtime-2026-01-15', consent: null },
      ],
      marks: {
        ...{ version: 1, written: 3, verified: 2, unmarked: [] },
        notWritten: [
          { mark: 'watermark in the sound', why: 'No watermark exists.' },
          { mark: 'content credentials (C2PA)', why: 'This version does not sign files.' },
        ],
      },
      spoken: { state: 'missing' },
    },
    money: {
      planned: {
        billedCharacters: 2_468,
        cost: { amount: 2.47, currency: 'CNY' },
        estimated: true,
        tokens: { input: 1_200, output: 34_000 },
      } as Report['money']['planned'],
      cost: { amount: 1.23, currency: 'CNY' },
      billedDifference: 0,
      usage: { inputTokens: 1_100, outputTokens: 32_100 } as never,
      unanswered: { calls: 2, billedCharacters: 84 },
      budget: { amount: 5, currency: 'CNY', reached: false, spent: 1.23 } as never,
    },
    spent: {
      since: '2026-03-01T08:00:00Z',
      isComplete: false,
      sums: [
        {
          ...{ simulated: true, currency: 'CNY', amount: 12.3, calls: 46, unpriced: 0 },
          byReason: Object.fromEntries(
            ['first', 'retry', 're-take', 'lost answer', 'voice', 'hearing'].map((reason, at) => [
              reason,
              { amount: 2.05, calls: 10 - at },
            ]),
          ),
        },
      ],
    } as Report['spent'],
  } as Report;
}
