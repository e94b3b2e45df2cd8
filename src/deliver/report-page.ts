/** report.html: a single file without external scripts, fonts or images; opens from disk and can be printed. Pure. */
import { ruleName } from '../qc/rule-names.ts';
import type { RuleVerdict } from '../qc/verdict.ts';
import { disclosureBlock } from './report-disclosure.ts';
import type { Report, ReportChapter } from './report-json.ts';
import { consentTable, doubtfulTable, parkedTable, refusedTable } from './report-lines.ts';
import { moneyTable } from './report-money.ts';
import { chapterPicture } from './report-picture.ts';
import { clock, escapeHtml, plural } from './report-words.ts';

/** The page. All text from the manifest is escaped. */
export function reportPage(report: Report, profile: { name: string; targetLufs: number | null }): string {
  const seconds = report.chapters.reduce((sum, chapter) => sum + chapter.durationSeconds, 0);
  const failed = report.chapters.filter(({ verdict }) => verdict === 'fail').length;
  const missing = report.chapters.filter(({ files }) => files.length === 0).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.title)} – report</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(report.title)}</h1>
${report.author === '' ? '' : `<p>${escapeHtml(report.author)}</p>`}
<p>${plural(report.chapters.filter(({ role }) => role === undefined).length, 'chapter')}, ${clock(seconds)}, profile “${escapeHtml(profile.name)}”. Synthetic speech.</p>
${report.simulated ? '<p class="warning">Simulated speech: for testing, not for delivery.</p>' : ''}
${summary({ failed, missing, profile: profile.name, complete: report.complete, partial: report.partial })}
</header>
${overview(report)}
${refusedTable(report.refused)}
${parkedTable(report.parked)}
${doubtfulTable(report.doubtful)}
${report.chapters.map((chapter) => section(chapter, profile.targetLufs)).join('\n')}
${moneyTable(report)}
${disclosureBlock(report)}
${consentTable(report.consent)}
</body>
</html>
`;
}

function summary(of: {
  failed: number;
  missing: number;
  profile: string;
  complete: boolean;
  partial: Report['partial'];
}): string {
  if (of.missing > 0) return `<p class="fail">${plural(of.missing, 'chapter')} could not be finished.</p>`;
  if (of.failed > 0)
    return `<p class="fail">${plural(of.failed, 'chapter')} failed the check; the file names say so.</p>`;
  if (of.partial !== undefined)
    return `<p>Written by a run for ${of.partial.chapters.length} of ${plural(of.partial.of, 'chapter')} (<code>--chapter</code>). The other files in this folder are as they were.</p>`;
  if (!of.complete) return '<p class="fail">Not everything was delivered.</p>';
  if (of.profile === 'none') return '<p>Not checked: the profile has no rules.</p>';
  return `<p class="pass">Every file meets the rules of “${escapeHtml(of.profile)}”, measured on the finished, encoded file.</p>`;
}

function overview({ chapters, book, epub }: Report): string {
  const rows = chapters.map(
    ({ index, title, role, durationSeconds, loudnessLufs, verdict, files }) =>
      `<tr><td class="number">${role === undefined ? index : ''}</td><td><a href="#chapter-${index}">${escapeHtml(title)}</a></td>` +
      `<td class="number">${files.length === 0 ? '–' : clock(durationSeconds)}</td>` +
      `<td class="number">${loudnessLufs === null ? '–' : `${loudnessLufs.toFixed(1)} LUFS`}</td>` +
      `<td>${verdictWord(verdict, files)}</td><td>${files.map(escapeHtml).join('<br>')}</td></tr>`,
  );
  const bookFiles = [
    ...(book === null ? [] : [['The book', book] as const]),
    ...(epub ? [['EPUB', epub] as const] : []),
  ];
  for (const [name, { durationSeconds, verdict, files }] of bookFiles) {
    rows.push(
      `<tr><td></td><td><b>${name}</b></td><td class="number">${clock(durationSeconds)}</td><td></td>` +
        `<td>${verdictWord(verdict, files)}</td><td>${files.map(escapeHtml).join('<br>')}</td></tr>`,
    );
  }
  return `<table><thead><tr><th class="number">#</th><th>Chapter</th><th class="number">Length</th><th class="number">Loudness</th><th>Check</th><th>Files</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

function section(chapter: ReportChapter, targetLufs: number | null): string {
  const { index, title, role, curves, durationSeconds, checks, files, partCurves } = chapter;
  const heading = role === undefined ? `${index}. ${escapeHtml(title)}` : escapeHtml(title);
  if (files.length === 0)
    return `<section id="chapter-${index}"><h2>${heading}</h2><p class="fail">Not delivered.</p></section>`;
  return `<section id="chapter-${index}">
<h2>${heading}</h2>
${(partCurves ?? [{ curves, durationSeconds }]).map((part) => chapterPicture({ ...part, targetLufs })).join('\n')}
${checks.map(({ format, part, rules }) => checkTable(part === undefined ? format : `part ${part}, ${format}`, rules)).join('\n')}
</section>`;
}

function checkTable(format: string, rules: readonly RuleVerdict[]): string {
  if (rules.length === 0) return '';
  const failed = rules.filter(({ pass }) => !pass).length;
  const rows = rules.map(({ rule, measured, wanted, pass, fix, atSeconds }) => {
    const place = atSeconds === undefined ? '' : ` at ${clock(atSeconds)}`;
    const advice = fix === undefined ? '' : `<br><small>${escapeHtml(fix)}</small>`;
    return `<tr class="${pass ? '' : 'failed'}"><td>${pass ? '✓' : '✗'} ${escapeHtml(ruleName(rule))}</td><td>${escapeHtml(measured)}${place}${advice}</td><td>${escapeHtml(wanted)}</td></tr>`;
  });
  const heading = `${format.toUpperCase()}: ${failed === 0 ? `${rules.length} rules passed` : `${failed} of ${rules.length} rules failed`}`;
  return `<details${failed > 0 ? ' open' : ''}><summary>${heading}</summary>
<table><thead><tr><th>Rule</th><th>Measured</th><th>Required</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></details>`;
}

function verdictWord(verdict: string, files: readonly string[]): string {
  if (files.length === 0) return '<span class="fail">not delivered</span>';
  if (verdict === 'none') return 'not checked';
  return `<span class="${verdict === 'pass' ? 'pass' : 'fail'}">${verdict === 'pass' ? 'pass' : 'FAIL'}</span>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #667; --paper: #fff; --rule: #d8dbe0; --wave: #8aa4c8; --curve: #b4470f; --band: #2e7d3222; --pass: #1b6e2c; --fail: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --dim: #9aa; --paper: #16191d; --rule: #353b43; --wave: #46628c; --curve: #f0a070; --band: #66bb6a26; --pass: #7fd18b; --fail: #ff8a80 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin: 0 } h2 { margin: 2.2rem 0 .4rem; font-size: 1.15rem } header p { margin: .2rem 0 }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 } th { color: var(--dim); font-weight: 500 }
th { text-align: left } th, td { padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } a { color: inherit }
.pass { color: var(--pass) } .fail, .warning, .failed td { color: var(--fail) } .pass, .fail { font-weight: 600 }
svg { width: 100%; height: auto; display: block } svg text { font: 11px system-ui, sans-serif; fill: var(--dim) }
details { margin: .4rem 0 } summary { cursor: pointer; color: var(--dim) } section { break-inside: avoid }
`.trim();
