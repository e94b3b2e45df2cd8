/** Sections of report.html: lines to listen to, refused lines, skipped lines, consent. Pure. */

import { checkName } from '../qc/check-names.ts';
import type { Report, ReportDoubt } from './report-json.ts';
import { clock, escapeHtml } from './report-words.ts';

/** Doubtful takes, worst first; an empty string for none. */
export function doubtfulTable(doubtful: readonly ReportDoubt[]): string {
  if (doubtful.length === 0) return '';
  const rows = doubtful.map(({ chapter, number, character, text, doubts, atSeconds, tries, pickup }) => {
    const said = doubts.map(({ check, measured, wanted }) => `${checkName(check)}: ${measured} (expected ${wanted})`);
    const place = atSeconds === null ? '' : ` at ${clock(atSeconds)}`;
    const how = pickup
      ? '<br><small>your own recording</small>'
      : tries > 1
        ? `<br><small>best of ${tries}</small>`
        : '';
    return `<tr><td class="number"><a href="#chapter-${chapter}">${number}</a>${place}</td><td>${escapeHtml(character)}${how}</td><td>${escapeHtml(text)}</td><td>${said.map(escapeHtml).join('<br>')}</td></tr>`;
  });
  return section(
    'doubtful',
    `Lines to listen to (${doubtful.length})`,
    'These takes were accepted because further tries were no better. Worst first. For another take, write [take 2] before the line; to use your own recording, write [audio: pickups/….wav].',
    ['Where', 'Who', 'Text', 'What was measured'],
    rows,
  );
}

/** Lines that the service refused; an empty string for none. */
export function refusedTable(refused: Report['refused']): string {
  if (refused.length === 0) return '';
  return section(
    'refused',
    `Refused lines (${refused.length})`,
    'The service refused these lines, so their chapters are not finished. Reword the lines, or use your own recordings.',
    ['Where', 'Who', 'Text', 'Reason'],
    refused.map(reasonRow),
  );
}

/** Lines that failed all tries and were skipped; an empty string for none. */
export function parkedTable(parked: Report['parked']): string {
  if (parked.length === 0) return '';
  return section(
    'parked',
    `Lines put aside (${parked.length})`,
    'Their chapters are not finished; the rest of the book is. The next run (or pipeline retry) tries only these lines again.',
    ['Where', 'Who', 'Text', 'What went wrong'],
    parked.map(reasonRow),
  );
}

function reasonRow(of: { number: string; character: string; text: string; reason: string }): string {
  const { number, character, text, reason } = of;
  return `<tr><td class="number">${number}</td><td>${escapeHtml(character)}</td><td>${escapeHtml(text)}</td><td>${escapeHtml(reason)}</td></tr>`;
}

/** Who agreed to be cloned; an empty string when no voice is cloned. */
export function consentTable(consent: Report['consent']): string {
  if (consent.length === 0) return '';
  const rows = consent.map(({ character, consent: given }) => {
    const said =
      given === null ? ['not stated', '', '', ''] : [given.by, given.on, given.until ?? '', given.recording ?? ''];
    return `<tr><td>${escapeHtml(character)}</td>${said.map((text) => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`;
  });
  return section(
    'consent',
    'Cloned voices',
    'All speech in this book is synthetic, made with voices cloned from recordings of these people.',
    ['Character', 'Consent by', 'On', 'Until', 'Recording'],
    rows,
  );
}

function section(id: string, title: string, lead: string, heads: readonly string[], rows: readonly string[]): string {
  return `<section id="${id}"><h2>${title}</h2><p>${lead}</p>
<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></section>`;
}
