/** report.html is in the language of its book, every text of it. */
import { readFile, writeFile } from 'node:fs/promises';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { spokenDisclosureText } from '../../src/book/warnings/spoken-disclosure.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { reportPage } from '../../src/deliver/reports/report-page.ts';
import { EN } from '../../src/deliver/reports/words/en.ts';
import { ruleInWords, unmarkedInWords } from '../../src/deliver/reports/words/records-in-chinese.ts';
import { reportLanguage, wordsIn } from '../../src/deliver/reports/words/words.ts';
import { ZH } from '../../src/deliver/reports/words/zh.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { CHINESE_CHECKS, CHINESE_DOUBTS } from '../../src/qc/translations/chinese-doubts.ts';
import { judgeFile, unreadableVerdict } from '../../src/qc/verdict.ts';
import { bookFolder, called, quickCommands } from '../cli/in-process.ts';
import { FAILING, GOOD } from '../qc/measured-files.ts';
import { BOOK_WORDS, wholeReport } from './whole-report.ts';

/** Units, formats, names of things, and what is typed as it stands. */
const NAMES =
  /\b(?:LUFS|LU|dBFS|dBTP|dB|RMS|kb\/s|Hz|MP3|M4B|M4A|WAV|EPUB|CBR|VBR|ABR|C2PA|CNY|HTTP|Token|acx|pipeline (?:review|retry)|--chapter|--locked|take 2|audio: pickups\/….wav|credits: \{opening: true, disclosure: true\}|qwen3-tts-vc-realtime-2026-01-15|dashscope-realtime|R\. Wetherby|consent|FAILED CHECK|disclosure\.json|mp3|m4b|epub|FLAC)(?![A-Za-z])/g;
const NAMES_AT_A_DASH = /--(?:chapter|locked)/g;

/** English words of a text that is Chinese otherwise. */
const english = (text: string): string[] =>
  text
    .replace(NAMES_AT_A_DASH, '')
    .replace(NAMES, '')
    .match(/[A-Za-z]{2,}/g) ?? [];

/** Every text that is seen or heard, but for what is marked as of another language. */
function textsOf(html: string): string[] {
  const texts: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.ChildNode): void => {
    if ('value' in node) texts.push(node.value.trim());
    if (!('tagName' in node) || node.tagName === 'style') return;
    const attribute = (name: string): string | undefined => node.attrs.find((one) => one.name === name)?.value;
    if (attribute('lang') === 'en' && node.tagName !== 'html') return;
    for (const name of ['aria-label', 'title', 'alt', 'data-name']) texts.push(attribute(name) ?? '');
    for (const child of node.childNodes) walk(child);
  };
  for (const child of parse(html).childNodes) walk(child);
  return texts.filter((text) => text !== '');
}

const profile = { name: 'acx', isChanged: true, targetLufs: -20 };
const pageIn = (language: 'en' | 'zh', change: object = {}): string =>
  reportPage({ ...wholeReport(BOOK_WORDS[language]), ...change }, { ...profile, language });

describe('a report in Chinese', () => {
  it('has no English text, whatever went wrong', () => {
    const { disclosure, ...report } = wholeReport(BOOK_WORDS.zh);
    const whole = { complete: true, doubtful: [], chapters: report.chapters.slice(1, 2) };
    const changes = [
      {},
      { complete: true, partial: { chapters: [1], of: 3 }, chapters: report.chapters.slice(1, 2) },
      { complete: false, chapters: report.chapters.slice(1, 2) },
      whole,
      ...(['said', 'omitted', 'unneeded'] as const).map((state) => ({
        disclosure: { ...disclosure!, simulated: false, spoken: { state, reason: '片头太长' } },
      })),
      { disclosure: { ...disclosure!, marks: { ...disclosure!.marks, unmarked: [{ name: 'x', why: 'x' }] } } },
      { simulated: false, money: { ...report.money, cost: null } },
    ];
    for (const change of changes) {
      const page = pageIn('zh', change);
      const texts = textsOf(page);
      expect(texts.length).toBeGreaterThan(30);
      expect(texts.filter((text) => english(text).length > 0)).toEqual([]);
      expect(page).toContain('<html lang="zh-CN">');
    }
    // The walk sees what it should: in English, most texts are found.
    expect(textsOf(pageIn('en')).filter((text) => english(text).length > 0).length).toBeGreaterThan(100);
  });

  it('keeps what the service said, marked as English', () => {
    expect(pageIn('zh')).toContain('<summary>服务的原话</summary><span lang="en">The content filter refused');
    expect(pageIn('en')).not.toContain('lang="en">The');
  });

  it('says each rule on a file in every way that it can fail', () => {
    const profiles = [PROFILES.acx, PROFILES.podcast];
    const rules = [...FAILING, {}].flatMap((change) =>
      profiles.flatMap((of) => judgeFile({ ...GOOD, ...change }, of).rules),
    );
    const all = [...rules, ...unreadableVerdict(undefined).rules, ...unreadableVerdict('…').rules];
    expect(new Set(all.map(({ rule }) => rule)).size).toBeGreaterThan(14);
    const said = all.flatMap((rule) => Object.values(ruleInWords(rule, 'zh')).filter((text) => text !== undefined));
    expect(said.filter((text) => english(text).length > 0)).toEqual([]);
    expect(ruleInWords(all[0]!, 'en').wanted).toBe('-23 … -18 dBFS');
  });
});

describe('the report of a run', () => {
  quickCommands();

  it('is Chinese for a Chinese book', async () => {
    const book = await bookFolder(['没有人回答。\n\n[mara] 是。'], { formats: 'wav' });
    try {
      const text = await readFile(book.manifest, 'utf8');
      await writeFile(book.manifest, text.replace('author: Somebody', 'author: Somebody, language: zh'));
      expect((await called(() => runCommand(book.manifest, { ...book.flags }))).code).toBe(0);
      const page = await readFile(book.path('out', 'A Small Book', 'report.html'), 'utf8');
      expect(page).toContain('<html lang="zh-CN">');
      // "AI Voice" is who the files name as their narrator.
      const names =
        /A Small Book|Somebody|Part|narrator|mara|AI Voice|qwen-audio-3.1-tts-flash|wav|dashscope(?:-inference)?/g;
      const found = textsOf(page).map((one) => one.replace(names, ''));
      expect(found.filter((one) => english(one).length > 0)).toEqual([]);
    } finally {
      await book.destroy();
    }
  });
});

describe('the texts of a report', () => {
  it('have the same names and values in both languages', () => {
    expect(Object.keys(ZH).sort()).toEqual(Object.keys(EN).sort());
    const values = (text: object | string): string[] => [
      ...new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)),
    ];
    for (const name of Object.keys(EN) as (keyof typeof EN)[])
      expect(values(ZH[name]).sort(), name).toEqual(values(EN[name]).sort());
    for (const table of [ZH, CHINESE_CHECKS, CHINESE_DOUBTS])
      for (const text of Object.values(table)) expect(String(text)).not.toMatch(/^$|[\u4e00-\u9fff][,.:;!?]/);
  });

  it('are those of a language: Chinese for each kind of it, otherwise English', () => {
    expect(['zh', 'zh-Hant', 'ZH-cn', 'de', 'zhx', undefined].map(reportLanguage)).toEqual([
      'zh',
      'zh',
      'zh',
      'en',
      'en',
      'en',
    ]);
    expect(wordsIn('en')('chapters', { n: 1 })).toBe('1 chapter');
    expect(wordsIn('zh')('chapters', { n: 2 })).toBe('2 章');
    expect(unmarkedInWords('Own words.', 'en')).toBe('Own words.');
  });

  it('say of a spoken disclosure what the warning says', () => {
    for (const state of ['missing', 'omitted'] as const)
      expect(wordsIn('en')(`spoken.${state}`, { reason: 'R' })).toBe(spokenDisclosureText({ state, reason: 'R' }));
  });
});
