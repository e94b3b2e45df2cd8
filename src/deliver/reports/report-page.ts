/**
 * report.html: a single file without scripts, fonts or images from elsewhere, in the design of the studio's page. It plays the
 * sound files beside it, opens from disk and can be printed. Pure.
 */
import { isDelivered } from '../../events/delivered.ts';
import { ruleName } from '../../qc/rule-names.ts';
import type { RuleVerdict } from '../../qc/verdict.ts';
import { disclosureBlock } from './report-disclosure.ts';
import type { Report, ReportChapter } from './report-json.ts';
import { consentTable, doubtfulLines, parkedLines, refusedLines } from './report-lines.ts';
import { moneyTable } from './report-money.ts';
import { chapterPicture } from './report-picture.ts';
import { chapterPlayer, fileLink, isBookFile } from './report-sound.ts';
import { REPORT_STYLE } from './report-style.ts';
import { type Column, tableHtml } from './report-table.ts';
import { clock, escapeHtml, plural } from './report-words.ts';

/** The page. All text from the manifest is escaped. */
export function reportPage(report: Report, profile: { name: string; targetLufs: number | null }): string {
  const seconds = report.chapters
    .filter(({ role }) => role !== 'retail-sample')
    .reduce((sum, chapter) => sum + chapter.durationSeconds, 0);
  const failed = report.chapters.filter(({ verdict }) => verdict === 'fail').length;
  const missing = report.chapters.filter(isMissing).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.title)} – report</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(report.title)}</h1>
${report.author === '' ? '' : `<p class="author">${escapeHtml(report.author)}</p>`}
<p class="hint">${plural(report.chapters.filter(({ role }) => role === undefined).length, 'chapter')}, ${clock(seconds)}, profile “${escapeHtml(profile.name)}”. Synthetic speech.</p>
${report.simulated ? '<p class="tell warning">Simulated speech: for testing, not for delivery.</p>' : ''}
${summary({ failed, missing, profile: profile.name, complete: report.complete, partial: report.partial })}
${linesToSee(report)}
${playersHint(report)}
</header>
${overview(report)}
${refusedLines(report.refused)}
${parkedLines(report.parked)}
${doubtfulLines(report.doubtful)}
${report.chapters.map((chapter) => section(chapter, profile.targetLufs, report.partial !== undefined)).join('\n')}
${moneyTable(report)}
${disclosureBlock(report)}
${consentTable(report.consent)}
</main>
</body>
</html>
`;
}

/** A report of an earlier version tells only by its sounds that a chapter is in the book file. */
function isMissing(chapter: ReportChapter): boolean {
  return !isDelivered(chapter) && chapter.sounds === undefined;
}

function summary(of: {
  failed: number;
  missing: number;
  profile: string;
  complete: boolean;
  partial: Report['partial'];
}): string {
  if (of.missing > 0) return `<p class="tell fail">${plural(of.missing, 'chapter')} could not be finished.</p>`;
  if (of.failed > 0)
    return `<p class="tell fail">${plural(of.failed, 'chapter')} failed the check; the file names say so.</p>`;
  if (of.partial !== undefined)
    return `<p class="tell">Written by a run for ${of.partial.chapters.length} of ${plural(of.partial.of, 'chapter')} (<code>--chapter</code>). The other files in this folder are as they were.</p>`;
  if (!of.complete) return '<p class="tell fail">Not everything was delivered.</p>';
  if (of.profile === 'none') return '<p class="tell">Not checked: the profile has no rules.</p>';
  return `<p class="tell pass">Every file meets the rules of “${escapeHtml(of.profile)}”, measured on the finished, encoded file.</p>`;
}

/** What a person should do something about, with the way to it. */
function linesToSee({ refused, parked, doubtful }: Report): string {
  const lists = [
    { id: 'refused', count: refused.length, what: 'refused by the service', tone: 'fail' },
    { id: 'parked', count: parked.length, what: 'put aside', tone: 'fail' },
    { id: 'doubtful', count: doubtful.length, what: 'to listen to', tone: 'warning' },
  ];
  return lists
    .filter(({ count }) => count > 0)
    .map(
      ({ id, count, what, tone }) =>
        `<p class="tell ${tone}"><a href="#${id}">${plural(count, 'line')} ${what}</a></p>`,
    )
    .join('\n');
}

function playersHint({ chapters }: Report): string {
  const sounds = chapters.flatMap((chapter) => chapter.sounds ?? []);
  if (sounds.length === 0) return '';
  const m4b = sounds.some(({ file }) => isBookFile(file))
    ? ' Chapters without a file of their own play from the M4B, which not every browser can play.'
    : '';
  return `<p class="hint players">To listen here, keep this page in the folder of its sound files.${m4b}</p>`;
}

const OVERVIEW: readonly Column[] = [
  { name: 'Chapter', kind: 'long' },
  { name: 'Length', kind: 'number' },
  { name: 'Loudness', kind: 'number' },
  { name: 'Check', kind: 'short' },
  { name: 'Files', kind: 'long' },
];

function overview({ chapters, book, epub }: Report): string {
  const rows = chapters.map((chapter) => {
    const { index, durationSeconds, loudnessLufs, files } = chapter;
    const link = `<a href="#chapter-${index}">${headingOf(chapter)}</a>`;
    const length = isMissing(chapter) ? '–' : clock(durationSeconds);
    const loudness = loudnessLufs === null ? '–' : lufs(loudnessLufs);
    return {
      cells: [link, length, loudness, verdictWord(chapter), links(files)],
    };
  });
  const bookFiles = [
    ...(book === null ? [] : [['The book', book] as const]),
    ...(epub ? [['EPUB', epub] as const] : []),
  ];
  for (const [name, of] of bookFiles)
    rows.push({ cells: [`<b>${name}</b>`, clock(of.durationSeconds), '', verdictWord(of), links(of.files)] });
  return `<div class="card">${tableHtml(OVERVIEW, rows)}</div>`;
}

function section(chapter: ReportChapter, targetLufs: number | null, isPart: boolean): string {
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
    return `<section id="chapter-${index}" class="card"><h2>${heading}</h2><p class="fail">Not delivered.</p></section>`;
  const inBookHint = isPart ? 'The next run of the whole book puts it into the M4B.' : 'Play it in the book file.';
  const parts = (partCurves ?? [{ curves, durationSeconds }]).map((part, at, all) => {
    const label = all.length === 1 ? title : `${title}, part ${at + 1}`;
    const player =
      sounds[at] === undefined
        ? `<p class="hint">${inBook ? inBookHint : 'No file here that a browser plays.'}</p>`
        : chapterPlayer(sounds[at], label);
    return `${player}\n${chapterPicture({ ...part, targetLufs })}`;
  });
  const loudness = loudnessLufs === null ? '' : ` · ${lufs(loudnessLufs)}`;
  const where = files.length === 0 ? `${isPart ? 'for' : 'in'} the book file` : links(files, ' · ');
  return `<section id="chapter-${index}" class="card">
<h2>${heading}</h2>
<p class="hint">${clock(durationSeconds)}${loudness} · ${verdictWord(chapter)} · ${where}</p>
${parts.join('\n')}
${checks.map(({ format, part, rules }) => checkTable(part === undefined ? format : `part ${part}, ${format}`, rules)).join('\n')}
</section>`;
}

function headingOf({ index, role, title }: ReportChapter): string {
  return role === undefined ? `${index}. ${escapeHtml(title)}` : escapeHtml(title);
}

const CHECKS: readonly Column[] = [
  { name: 'Rule', kind: 'name' },
  { name: 'Measured', kind: 'long' },
  { name: 'Required', kind: 'name' },
];

function checkTable(format: string, rules: readonly RuleVerdict[]): string {
  if (rules.length === 0) return '';
  const failed = rules.filter(({ pass }) => !pass).length;
  const rows = rules.map(({ rule, measured, wanted, pass, fix, atSeconds }) => {
    const place = atSeconds === undefined ? '' : ` at ${clock(atSeconds)}`;
    const advice = fix === undefined ? '' : `<small>${escapeHtml(fix)}</small>`;
    const mark = pass ? '✓' : '✗';
    return {
      cells: [`${mark} ${escapeHtml(ruleName(rule))}`, `${escapeHtml(measured)}${place}${advice}`, escapeHtml(wanted)],
      ...(!pass && { className: 'failed' }),
    };
  });
  const heading = `${format.toUpperCase()}: ${failed === 0 ? `${rules.length} rules passed` : `${failed} of ${rules.length} rules failed`}`;
  return `<details${failed > 0 ? ' open' : ''}><summary>${heading}</summary>
${tableHtml(CHECKS, rows)}</details>`;
}

function verdictWord(of: { verdict: string; files: string[]; inBook?: true; sounds?: unknown }): string {
  if (!isDelivered(of) && of.sounds === undefined) return '<span class="fail">not delivered</span>';
  if (of.verdict === 'none') return 'not checked';
  return of.verdict === 'pass' ? '<span class="pass">pass</span>' : '<span class="fail">FAIL</span>';
}

function links(files: readonly string[], between = '<br>'): string {
  return files.map(fileLink).join(between);
}

function lufs(value: number): string {
  return `${value.toFixed(1).replace('-', '−')} LUFS`;
}
