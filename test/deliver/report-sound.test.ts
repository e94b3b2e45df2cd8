/** What report.html plays, and that it looks like the studio's page. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportPage } from '../../src/deliver/reports/report-page.ts';
import { chapterPlayer, chapterSounds, fileLink, linePlayer } from '../../src/deliver/reports/report-sound.ts';
import { REPORT_STYLE } from '../../src/deliver/reports/report-style.ts';
import { tableHtml } from '../../src/deliver/reports/report-table.ts';
import { wordsIn } from '../../src/deliver/reports/words/words.ts';

const IN_BOOK = { file: 'Book.m4b', startSeconds: 8.5681632, endSeconds: 27.4 };

describe('what report.html plays', () => {
  it.each([
    ['the smallest format that all browsers play', ['a.wav', 'a.flac', 'a.m4a', 'a.mp3'], [9], ['a.mp3']],
    ['FLAC, when that is all', ['a.flac'], [9], ['a.flac']],
    [
      'a file for each part',
      ['a, part 1.wav', 'a, part 1.m4a', 'a, part 2.m4a'],
      [9, 8],
      ['a, part 1.m4a', 'a, part 2.m4a'],
    ],
    ['its place in the book file, without a file of its own', [], [9], ['Book.m4b']],
    ['nothing of a chapter that was not delivered', [], [], []],
    ['nothing of a chapter whose parts are only in the book file', [], [9, 8], []],
  ])('%s', (_, files, partSeconds, wanted) => {
    const inBook = files.length > 0 || partSeconds.length > 0 ? IN_BOOK : undefined;
    expect(chapterSounds({ files, partSeconds, inBook }).map(({ file }) => file)).toEqual(wanted);
  });

  it('plays a line with two seconds around it, and a chapter of the book file from its place', () => {
    const sound = { file: '02 - Storm.mp3', startSeconds: 1.2, endSeconds: 3.1 };
    expect(linePlayer(sound, 'Line')).toContain('src="02%20-%20Storm.mp3#t=0,5.1"');
    expect(chapterPlayer(sound, 'Storm')).toContain('src="02%20-%20Storm.mp3"');
    expect(chapterPlayer(IN_BOOK, 'Storm')).toContain('src="Book.m4b#t=8.568,27.4"');
  });

  it.each([
    ['//example.com/../a.mp3', 'example.com/a.mp3'],
    ['javascript:alert(1).mp3', 'javascript%3Aalert'],
    ['100% #1? "b\uD800".mp3', '100%25%20%231%3F%20%22b%EF%BF%BD%22.mp3'],
  ])('a name is data: %s', (name, address) => {
    const [, link = ''] = /href="([^"]*)"/.exec(fileLink(name)) ?? [];
    expect(link.startsWith(address)).toBe(true);
    expect(new URL(link, 'https://here.example/book/report.html').href).toMatch(/^https:\/\/here\.example\/book\//);
  });
});

describe('a table of report.html', () => {
  it('breaks only words that are too long for it, shows a name as it is, and a minus as in print', () => {
    const title = `The Extraordinarily-Unphotographable Night & ${'q'.repeat(50)}`;
    const file = `01 - ${'a_'.repeat(20)}😀.mp3`;
    const rule = { rule: 'rmsDbfs', wanted: '-23 … -18 dBFS', measured: '-25.1 dBFS', pass: false, fix: 'Raise it.' };
    const [one] = REPORT.chapters;
    const chapters = [{ ...one, title, files: [file], checks: [{ format: 'mp3', rules: [rule] }] }];
    const page = reportPage({ ...REPORT, chapters } as never, PROFILE);
    const [, link = ''] = /<a href="#chapter-1">(.*?)<\/a>/.exec(page) ?? [];
    expect(link).toBe(`1. The Extraordinarily-Unphotographable Night &amp; ${'q'.repeat(48)}<wbr>qq`);
    const [, name = ''] = /<a href="01[^>]*>(.*?)<\/a>/.exec(page) ?? [];
    expect(name.replaceAll('<wbr>', '')).toBe(file);
    expect(name.split('<wbr>').every((part) => part.length <= '01 - '.length + 48)).toBe(true);
    expect(page).toContain('−25.1 dBFS');
    expect(page).toContain('−23 … −18 dBFS');
    expect(page).toMatch(/td\.title \{(?![^}]*anywhere)/);
  });
});

describe('the top of report.html', () => {
  it('leads to the lines that a person should hear or mend, and shows no time twice below a short chapter', () => {
    const line = { chapter: 1, title: 'One', number: '1:2', character: 'Mara', text: 'Yes.', reason: 'Refused.' };
    const doubt = { ...line, doubts: [], atSeconds: null, tries: 1, pickup: false };
    const page = reportPage({ ...REPORT, refused: [line], doubtful: [doubt, doubt] } as never, PROFILE);
    const [top = ''] = page.split('</header>');
    expect([...top.matchAll(/<a href="#(\w+)">([^<]*)</g)].map(([, id, words]) => [id, words])).toEqual([
      ['refused', '1 line refused by the service'],
      ['doubtful', '2 lines to listen to'],
    ]);
    for (const id of ['refused', 'doubtful']) expect(page).toContain(`<section id="${id}"`);
    expect(page).toContain(
      '<div class="times" aria-hidden="true"><span>0:00</span><span>0:01</span><span>0:03</span></div>',
    );
    expect(page).toContain('−19.5 LUFS');
    expect(reportPage(REPORT as never, PROFILE).split('</header>')[0]).not.toContain('<a ');
  });
});

const PROFILE = { name: 'acx', targetLufs: -20 };
const CHAPTER = {
  ...{ index: 1, title: 'One', files: ['01.mp3'], extras: [], durationSeconds: 2.6, loudnessLufs: -19.5, checks: [] },
  ...{ verdict: 'pass', curves: { peaks: [0.5], loudnessLufs: [-20] }, sounds: [] },
};
const REPORT = {
  ...{ title: 'T', author: '', profile: 'acx', complete: true, chapters: [CHAPTER], book: null },
  ...{
    refused: [],
    parked: [],
    doubtful: [],
    consent: [],
    money: { planned: { billedCharacters: 0 }, unanswered: { calls: 0 } },
    billedCharacters: 0,
  },
};

describe('the design of report.html', () => {
  it('has the sizes, spaces and colors of the studio, light and dark', () => {
    const tokens = readFileSync('src/studio/page/styles/tokens.css', 'utf8').replace(/\/\*[^*]*\*\//g, '');
    const [light = '', dark = ''] = tokens.split('[data-theme="dark"]');
    const [ours = '', oursDark = ''] = REPORT_STYLE.split('@media (prefers-color-scheme: dark)');
    const [darkBlock = ''] = oursDark.split('} }');
    expect(definitions(ours).length).toBeGreaterThan(30);
    expect(definitions(light)).toEqual(expect.arrayContaining(definitions(ours)));
    expect(definitions(dark)).toEqual(expect.arrayContaining(definitions(darkBlock)));
    // Every color of the light theme has a dark one, and nothing uses a name that is not defined.
    const names = new Set(definitions(ours).map((one) => one.split(':')[0]));
    for (const [, name] of REPORT_STYLE.matchAll(/var\((--[\w-]+)\)/g)) expect(names).toContain(name);
    expect(definitions(darkBlock)).toHaveLength(definitions(ours).filter((one) => one.includes('#')).length);
  });

  it('breaks no word of a column that has room for it, and leaves out columns without anything', () => {
    const html = tableHtml({
      columns: [
        { name: 'check', kind: 'short' },
        { name: 'until', kind: 'short' },
      ],
      rows: [{ cells: ['pass', ''] }],
      words: wordsIn('en'),
    });
    expect(html).toContain('<td role="cell" class="short" data-name="Check"><div>pass</div></td></tr>');
    expect(html).not.toContain('Until');
    // Only columns with a width of their own may break a word that is longer.
    expect(REPORT_STYLE).toMatch(/\.short \{ white-space: nowrap/);
    for (const [rule] of REPORT_STYLE.matchAll(/[^{}]*\{[^{}]*overflow-wrap: anywhere[^{}]*\}/g))
      if (!/^\s*body /.test(rule)) expect(rule).toContain('min-width');
    expect(REPORT_STYLE).toContain('body { overflow-wrap: anywhere } th, td { overflow-wrap: break-word }');
  });
});

/** `--name: value` of all definitions. */
function definitions(css: string): string[] {
  return [...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(
    ([, name, value]) => `${name}: ${value!.replace(/\s+/g, ' ')}`,
  );
}
