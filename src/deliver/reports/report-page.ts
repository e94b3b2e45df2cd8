/**
 * report.html: a single file without scripts, fonts or images from elsewhere, in the design of the studio's page. It plays the
 * sound files beside it, opens from disk and can be printed. Pure.
 */
import { isDelivered } from '../../events/delivered.ts';
import { disclosureBlock } from './report-disclosure.ts';
import type { Report, ReportChapter } from './report-json.ts';
import { consentTable, doubtfulLines, parkedLines, refusedLines } from './report-lines.ts';
import { moneyTable } from './report-money.ts';
import { chapterPicture } from './report-picture.ts';
import { chapterPlayer, fileLink, isBookFile } from './report-sound.ts';
import { REPORT_STYLE } from './report-style.ts';
import { type Column, tableHtml } from './report-table.ts';
import { breakableHtml, clock, escapeHtml, withMinus } from './report-text.ts';
import { ruleInWords } from './words/records-in-chinese.ts';
import { type ReportLanguage, type Words, wordsIn } from './words/words.ts';

/** What the page is written for. */
export interface ReportFor {
  /** The profile's name; `isChanged`: the manifest changes it. */
  name: string;
  isChanged?: boolean;
  targetLufs: number | null;
  /** Default: English. */
  language?: ReportLanguage;
}

/** The page. All text from the manifest is escaped. */
export function reportPage(report: Report, { name, isChanged, targetLufs, language = 'en' }: ReportFor): string {
  const words = wordsIn(language);
  const profile = escapeHtml(isChanged ? words('changedProfile', { name }) : name);
  const seconds = report.chapters
    .filter(({ role }) => role !== 'retail-sample')
    .reduce((sum, chapter) => sum + chapter.durationSeconds, 0);
  const failed = report.chapters.filter(({ verdict }) => verdict === 'fail').length;
  const missing = report.chapters.filter(isMissing).length;
  const ofText = report.chapters.filter(({ role }) => role === undefined).length;
  return `<!doctype html>
<html lang="${words('language')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words('pageTitle', { title: escapeHtml(report.title) })}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(report.title)}</h1>
${report.author === '' ? '' : `<p class="author">${escapeHtml(report.author)}</p>`}
<p class="hint">${words('head', { chapters: words('chapters', { n: ofText }), length: clock(seconds), profile })}</p>
${report.simulated ? `<p class="tell warning">${words('simulated')}</p>` : ''}
${summary({ failed, missing, profile, hasRules: name !== 'none' || isChanged === true, complete: report.complete, partial: report.partial }, words)}
${linesToSee(report, words)}
${playersHint(report, words)}
</header>
${overview(report, words)}
${refusedLines(report.refused, { words, language })}
${parkedLines(report.parked, { words, language })}
${doubtfulLines(report.doubtful, { words, language })}
${report.chapters.map((chapter) => section(chapter, { targetLufs, isPart: report.partial !== undefined, words, language })).join('\n')}
${moneyTable(report, words)}
${disclosureBlock(report, { words, language })}
${consentTable(report.consent, words)}
</main>
</body>
</html>
`;
}

/** A report of an earlier version tells only by its sounds that a chapter is in the book file. */
function isMissing(chapter: ReportChapter): boolean {
  return !isDelivered(chapter) && chapter.sounds === undefined;
}

function summary(
  of: {
    failed: number;
    missing: number;
    profile: string;
    hasRules: boolean;
    complete: boolean;
    partial: Report['partial'];
  },
  words: Words,
): string {
  const { failed, missing, partial, profile } = of;
  if (missing > 0) return `<p class="tell fail">${words('unfinished', { n: missing })}</p>`;
  if (failed > 0) return `<p class="tell fail">${words('failed', { n: failed })}</p>`;
  if (partial !== undefined) {
    const chapters = words('chapters', { n: partial.of });
    return `<p class="tell">${words('partial', { n: partial.chapters.length, chapters })}</p>`;
  }
  if (!of.complete) return `<p class="tell fail">${words('incomplete')}</p>`;
  if (!of.hasRules) return `<p class="tell">${words('unchecked')}</p>`;
  return `<p class="tell pass">${words('allMeet', { profile })}</p>`;
}

/** What a person should do something about, with the way to it. */
function linesToSee({ refused, parked, doubtful }: Report, words: Words): string {
  const lists = [
    { id: 'refused', n: refused.length, name: 'linesRefused', tone: 'fail' },
    { id: 'parked', n: parked.length, name: 'linesParked', tone: 'fail' },
    { id: 'doubtful', n: doubtful.length, name: 'linesDoubtful', tone: 'warning' },
  ] as const;
  return lists
    .filter(({ n }) => n > 0)
    .map(({ id, n, name, tone }) => `<p class="tell ${tone}"><a href="#${id}">${words(name, { n })}</a></p>`)
    .join('\n');
}

function playersHint({ chapters }: Report, words: Words): string {
  const sounds = chapters.flatMap((chapter) => chapter.sounds ?? []);
  if (sounds.length === 0) return '';
  const m4b = sounds.some(({ file }) => isBookFile(file)) ? words('bookFileHint') : '';
  return `<p class="hint players">${words('playersHint')}${m4b}</p>`;
}

const OVERVIEW: readonly Column[] = [
  { name: 'chapter', kind: 'title' },
  { name: 'length', kind: 'number' },
  { name: 'loudness', kind: 'number' },
  { name: 'check', kind: 'short' },
  { name: 'files', kind: 'title' },
];

function overview({ chapters, book, epub }: Report, words: Words): string {
  const rows = chapters.map((chapter) => {
    const { index, durationSeconds, loudnessLufs, files } = chapter;
    const link = `<a href="#chapter-${index}">${headingOf(chapter)}</a>`;
    const length = isMissing(chapter) ? '–' : clock(durationSeconds);
    const loudness = loudnessLufs === null ? '–' : lufs(loudnessLufs);
    return {
      cells: [link, length, loudness, verdictWord(chapter, words), links(files)],
    };
  });
  const bookFiles = [
    ...(book === null ? [] : [[words('theBook'), book] as const]),
    ...(epub ? [[words('epub'), epub] as const] : []),
  ];
  for (const [name, of] of bookFiles)
    rows.push({ cells: [`<b>${name}</b>`, clock(of.durationSeconds), '', verdictWord(of, words), links(of.files)] });
  return `<div class="card">${tableHtml({ columns: OVERVIEW, rows, words })}</div>`;
}

function section(
  chapter: ReportChapter,
  of: { targetLufs: number | null; isPart: boolean; words: Words; language: ReportLanguage },
): string {
  const { targetLufs, isPart, words, language } = of;
  const {
    index,
    title,
    curves,
    durationSeconds,
    loudnessLufs,
    checks,
    files,
    partCurves,
    inBook,
    sounds = [],
  } = chapter;
  const heading = headingOf(chapter);
  if (isMissing(chapter))
    return `<section id="chapter-${index}" class="card"><h2>${heading}</h2><p class="fail">${words('notDeliveredHere')}</p></section>`;
  const inBookHint = words(isPart ? 'nextRun' : 'inBookFile');
  const parts = (partCurves ?? [{ curves, durationSeconds }]).map((part, at, all) => {
    const label = all.length === 1 ? title : words('partTitle', { title, n: at + 1 });
    const player =
      sounds[at] === undefined
        ? `<p class="hint">${inBook ? inBookHint : words('noPlayer')}</p>`
        : chapterPlayer(sounds[at], label);
    return `${player}\n${chapterPicture({ ...part, targetLufs, words })}`;
  });
  const loudness = loudnessLufs === null ? '' : ` · ${lufs(loudnessLufs)}`;
  const where = files.length === 0 ? words(isPart ? 'forTheBook' : 'inTheBook') : links(files, ' · ');
  return `<section id="chapter-${index}" class="card">
<h2>${heading}</h2>
<p class="hint">${clock(durationSeconds)}${loudness} · ${verdictWord(chapter, words)} · ${where}</p>
${parts.join('\n')}
${checks.map((check) => checkTable(check, { words, language })).join('\n')}
</section>`;
}

function headingOf({ index, role, title }: ReportChapter): string {
  return role === undefined ? `${index}. ${breakableHtml(title)}` : breakableHtml(title);
}

const CHECKS: readonly Column[] = [
  { name: 'rule', kind: 'name' },
  { name: 'measured', kind: 'long' },
  { name: 'required', kind: 'name' },
];

function checkTable(
  { format: file, part, rules }: ReportChapter['checks'][number],
  { words, language }: { words: Words; language: ReportLanguage },
): string {
  if (rules.length === 0) return '';
  const failed = rules.filter(({ pass }) => !pass).length;
  const rows = rules.map((verdict) => {
    const { name, measured, wanted, fix } = ruleInWords(verdict, language);
    const { pass, atSeconds } = verdict;
    const place = atSeconds === undefined ? '' : words('atTime', { time: clock(atSeconds) });
    const advice = fix === undefined ? '' : `<small>${shown(fix)}</small>`;
    const mark = pass ? '✓' : '✗';
    return {
      cells: [`${mark} ${escapeHtml(name)}`, `${shown(measured)}${place}${advice}`, shown(wanted)],
      ...(!pass && { className: 'failed' }),
    };
  });
  const format = part === undefined ? file.toUpperCase() : words('part', { n: part, format: file }).toUpperCase();
  const heading = words(failed === 0 ? 'rulesPassed' : 'rulesFailed', { format, n: rules.length, failed });
  return `<details${failed > 0 ? ' open' : ''}><summary>${heading}</summary>
${tableHtml({ columns: CHECKS, rows, words })}</details>`;
}

function verdictWord(of: { verdict: string; files: string[]; inBook?: true; sounds?: unknown }, words: Words): string {
  if (!isDelivered(of) && of.sounds === undefined) return `<span class="fail">${words('notDelivered')}</span>`;
  if (of.verdict === 'none') return words('notChecked');
  return of.verdict === 'pass'
    ? `<span class="pass">${words('pass')}</span>`
    : `<span class="fail">${words('fail')}</span>`;
}

function links(files: readonly string[], between = '<br>'): string {
  return files.map(fileLink).join(between);
}

function lufs(value: number): string {
  return withMinus(`${value.toFixed(1)} LUFS`);
}

function shown(text: string): string {
  return withMinus(escapeHtml(text));
}
