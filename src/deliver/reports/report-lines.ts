/** Sections of report.html: lines to listen to, refused lines, skipped lines, consent. Pure. */

import { checkName } from '../../qc/check-names.ts';
import type { Report, ReportDoubt } from './report-json.ts';
import { linePlayer, soundPlace } from './report-sound.ts';
import { type Column, tableHtml } from './report-table.ts';
import { clock, escapeHtml } from './report-words.ts';

/** Doubtful takes, worst first, each with what is around it to hear; an empty string for none. */
export function doubtfulLines(doubtful: readonly ReportDoubt[]): string {
  if (doubtful.length === 0) return '';
  return section(
    'doubtful',
    `Lines to listen to (${doubtful.length})`,
    'These takes were accepted because further tries were no better. Worst first. To hear them one after the other, speak one again and choose, open the studio: <code>pipeline review</code> with the manifest of this book. In the text, [take 2] before a line is another take, and [audio: pickups/….wav] your own recording.',
    lineList(doubtful.map(doubtfulLine)),
  );
}

function doubtfulLine(line: ReportDoubt): string {
  const { number, doubts, atSeconds, tries, pickup, sound } = line;
  const said = doubts.map(({ check, measured, wanted }) => `${checkName(check)}: ${measured} (expected ${wanted})`);
  const how = pickup ? 'your own recording' : tries > 1 ? `best of ${tries}` : '';
  const heard = sound === undefined ? '' : linePlayer(sound, `Line ${number} and 2 seconds around it`);
  const where = sound === undefined ? '' : `<p class="hint">${escapeHtml(soundPlace(sound))}</p>`;
  const facts = [atSeconds === null ? '' : `at ${clock(atSeconds)}`, how];
  return lineHtml(line, { facts, reasons: said, tone: 'warning', heard: `${heard}${where}` });
}

/** Lines that the service refused; an empty string for none. */
export function refusedLines(refused: Report['refused']): string {
  if (refused.length === 0) return '';
  return section(
    'refused',
    `Refused lines (${refused.length})`,
    'The service refused these lines, so their chapters are not finished. Reword the lines, or use your own recordings.',
    lineList(refused.map(unspokenLine)),
  );
}

/** Lines that failed all tries and were skipped; an empty string for none. */
export function parkedLines(parked: Report['parked']): string {
  if (parked.length === 0) return '';
  return section(
    'parked',
    `Lines put aside (${parked.length})`,
    'Their chapters are not finished; the rest of the book is. The next run (or pipeline retry) tries only these lines again.',
    lineList(parked.map(unspokenLine)),
  );
}

function unspokenLine(line: Report['refused'][number]): string {
  return lineHtml(line, { facts: [], reasons: [line.reason], tone: 'fail', heard: '' });
}

/** A line with its number, its speaker, its words, what is wrong with it, and its sound. */
function lineHtml(
  { chapter, title, number, character, text }: Pick<ReportDoubt, 'chapter' | 'title' | 'number' | 'character' | 'text'>,
  of: { facts: readonly string[]; reasons: readonly string[]; tone: string; heard: string },
): string {
  const facts = [title, ...of.facts].filter((fact) => fact !== '').map((fact) => `<span>${escapeHtml(fact)}</span>`);
  const reasons = of.reasons.map((reason) => `<li class="tell small ${of.tone}">${escapeHtml(reason)}</li>`);
  return `<li class="card line"><p class="line-head"><a href="#chapter-${chapter}">${number}</a> <b>${escapeHtml(character)}</b> ${facts.join(' ')}</p>
<p class="words">${escapeHtml(text)}</p>
<ul class="reasons">${reasons.join('')}</ul>
${of.heard}</li>`;
}

function lineList(lines: readonly string[]): string {
  return `<ol class="lines">${lines.join('\n')}</ol>`;
}

const CONSENT: readonly Column[] = [
  { name: 'Character', kind: 'name' },
  { name: 'Consent by', kind: 'name' },
  { name: 'On', kind: 'short' },
  { name: 'Until', kind: 'short' },
  { name: 'Recording', kind: 'long' },
];

/** Who agreed to be cloned; an empty string when no voice is cloned. */
export function consentTable(consent: Report['consent']): string {
  if (consent.length === 0) return '';
  const rows = consent.map(({ character, consent: given }) => {
    const said =
      given === null ? ['not stated', '', '', ''] : [given.by, given.on, given.until ?? '', given.recording ?? ''];
    return { cells: [character, ...said].map(escapeHtml) };
  });
  return section(
    'consent',
    'Cloned voices',
    'All speech in this book is synthetic, made with voices cloned from recordings of these people.',
    tableHtml(CONSENT, rows),
    'card',
  );
}

function section(id: string, title: string, lead: string, html: string, className?: string): string {
  return `<section id="${id}"${className === undefined ? '' : ` class="${className}"`}><h2>${title}</h2><p class="hint">${lead}</p>
${html}</section>`;
}
