/** Pages that are one file each, for pictures: a report, and a page for a reviewer. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reportPage } from '../../src/deliver/reports/report-page.ts';
import { showDoubt } from '../../src/studio/book/show-line.ts';
import { handoutPage } from '../../src/studio/handing-out/handout-page.ts';
import type { Clip, Handout, HandoutLine } from '../../src/studio/handing-out/handout-shapes.ts';
import { BOOK_WORDS, wholeReport } from '../deliver/whole-report.ts';

/** Writes a report in which everything went wrong; returns its path. */
export function writeReport(folder: string, language: 'en' | 'zh'): string {
  const page = reportPage(wholeReport(BOOK_WORDS[language]), { name: 'acx', targetLufs: -20, language });
  return write(folder, `report-${language}.html`, page);
}

/** Writes a page for a reviewer, without sound; returns its path. */
export function writeHandout(folder: string, language: 'en' | 'zh'): string {
  const program = {
    script: readFileSync('dist/src/studio/handout/handout.js', 'utf8'),
    style: readFileSync('dist/src/studio/handout/handout.css', 'utf8'),
  };
  return write(folder, `handout-${language}.html`, handoutPage(handoutOf(language), { program, sounds: new Map() }));
}

function handoutOf(language: 'en' | 'zh'): Handout {
  const { title, author, chapters, narrator, other, lines } = BOOK_WORDS[language];
  const doubts = wholeReport(BOOK_WORDS[language]).doubtful[0]!.doubts.map((doubt, at) =>
    showDoubt({ ...doubt, atSeconds: 1 + at }),
  );
  const clip = (take: number): Clip => ({
    ...{ take, seconds: 9.4, startSeconds: 2, endSeconds: 7.4, doubts: take === 1 ? doubts : [], of: `${take}` },
    sound: `sound-${take}`,
  });
  const line = (at: number, more: Partial<HandoutLine>): HandoutLine => ({
    anchor: { id: `${at}`, at: `1:${at}`, words: lines[0] },
    ...{ number: `1:${at}`, chapter: 1, character: narrator, text: lines[0], doubts: [], chosen: 1, decided: {} },
    ...{ before: { character: other, text: lines[1] }, after: { character: narrator, text: lines[0] }, clips: [] },
    ...more,
  });
  return {
    ...{ version: 1, id: 'pictures', title, author, madeOn: '2026-03-01', simulated: true, scope: 'suspects' },
    language: language === 'zh' ? 'zh-CN' : 'en',
    chapters: chapters.map((name, at) => ({ number: at + 1, title: name })),
    lines: [
      line(37, { doubts, clips: [clip(1), clip(2), clip(3)] }),
      line(40, { character: other, text: lines[1], refusal: 'Refused.' }),
      line(41, {
        clips: [clip(2)],
        ...{ comments: [{ text: lines[0], by: 'R. Wetherby' }], approved: { by: 'R. Wetherby', on: '2026-03-01' } },
      } as Partial<HandoutLine>),
    ],
  };
}

function write(folder: string, name: string, text: string | Buffer): string {
  const path = resolve(join(folder, name));
  writeFileSync(path, text);
  return path;
}
