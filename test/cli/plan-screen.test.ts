/** The words of a plan, where a whole run is not needed to see them. */
import { expect, it } from 'vitest';
import { planLines } from '../../src/cli/screen/plan-screen.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { MODELS } from '../../src/models.ts';
import { draftBook } from '../../src/plan/draft-book.ts';
import { planBook, type Snapshot } from '../../src/plan/plan.ts';
import { tableTariff } from '../../src/plan/price.ts';
import { planReport } from '../../src/plan/report.ts';

const at = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
const NOTHING: Snapshot = {
  ...{ takes: new Map(), levels: new Map(), doubtful: new Map(), voices: new Set() },
  ...{ masters: new Map(), books: new Map() },
};

function screen(model: string, texts: string[], pace?: { lengthFactor: number }): string[] {
  const manifest: Manifest = {
    ...{ title: 'Book', author: 'A', language: 'en', model },
    characters: [{ name: 'narrator', aliases: [], source: { kind: 'voice', voiceId: 'id', at }, words: [], at }],
    ...{ chapters: [], words: [], varyRepeats: false, pausesMs: {}, formats: ['mp3'], mastering: 'acx' },
    ...{ subtitles: [], captionUnit: 'sentence', extras: [], requireConsent: false },
  };
  const segments = texts.map((text) => ({
    ...{
      character: 'narrator',
      text,
      lineIndex: 0,
      lineOffset: 0,
      start: 0,
      end: 1,
      boundaryAfter: 'paragraph' as const,
    },
  }));
  const coverage = { sourceCharacters: 1, spoken: 1, excluded: {} };
  const chapters = [{ number: 1, title: 'One', segments, coverage }];
  const draft = draftBook({ manifest, chapters, samples: new Map(), realm: 'dashscope' });
  const outlook = {
    tariff: { ...tableTariff(MODELS[model]!), ...pace },
    ...{ sessionsAtOnce: 8, callsPerMinute: null, knownVoices: 0, today: '2026-11-25' },
    ...(pace && { pace: { ...pace, timesRealtime: 20, sessions: 8 } }),
  };
  const report = planReport(planBook(draft, NOTHING), outlook);
  return planLines(report, { paint: (_style, text) => text, columns: 120 });
}

const TOKENS = 'qwen-tts-vc-realtime-2025-08-20';
const CHARACTERS = 'qwen3-tts-vc-realtime-2026-01-15';
const TEXT = 'The boat came out of the fog. '.repeat(5).trim();

it('calls a chapter new in which lines are said again, and says how many', () => {
  expect(screen(TOKENS, ['One.', 'Two.'])).toContain('  chapter 1 “One”: speak 2 of 2 segments, master (new)');
  expect(screen(TOKENS, ['Yes.', 'No.', 'Yes.', 'Yes.'])).toContain(
    '  chapter 1 “One”: speak 2 of 4 segments (2 repeat another one), master (new)',
  );
});

it('says a sum as it is where characters are billed, and as an estimate where the length of speech is', () => {
  const exact = screen(CHARACTERS, [TEXT]).join('\n');
  expect(exact).toContain('149 billed characters, 0.0149 CNY.');
  expect(exact).not.toContain('estimate');
  // 149 letters in 9.9 s, 50 tokens a second.
  const estimate = screen(TOKENS, [TEXT]).join('\n');
  expect(estimate).toContain('149 billed characters, about 0.0061 CNY.');
  expect(estimate).toContain('About 75 tokens in and 495 out, at the usual reading speed.');
  const measured = screen(TOKENS, [TEXT], { lengthFactor: 0.8 }).join('\n');
  expect(measured).toContain('About 75 tokens in and 395 out, at the speed of your earlier runs.');
});
