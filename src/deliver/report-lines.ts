/** The parts of report.html for people who listen: lines to hear again, refused lines, consent. Pure. */

import { checkName } from '../qc/check-names.ts';
import type { Report, ReportDoubt } from './report-json.ts';
import { clock, escaped } from './report-words.ts';

/** Doubtful takes, worst first; the empty string when there is none. */
export function doubtfulTable(doubtful: readonly ReportDoubt[]): string {
  if (doubtful.length === 0) return '';
  const rows = doubtful.map(({ chapter, line, character, text, doubts, atSeconds, tries, pickup }) => {
    const said = doubts.map(({ check, measured, wanted }) => `${checkName(check)}: ${measured} (wanted ${wanted})`);
    const place = atSeconds === null ? '' : ` at ${clock(atSeconds)}`;
    const how = pickup
      ? '<br><small>your own recording</small>'
      : tries > 1
        ? `<br><small>best of ${tries}</small>`
        : '';
    return `<tr><td class="number"><a href="#chapter-${chapter}">${chapter}</a>, line ${line}${place}</td><td>${escaped(character)}${how}</td><td>${escaped(text)}</td><td>${said.map(escaped).join('<br>')}</td></tr>`;
  });
  return section(
    'doubtful',
    `Lines to listen to (${doubtful.length})`,
    'Kept, because trying again brought nothing better. Worst first. For another take write [take 2] before the line; to replace it by your own recording, [audio: pickups/….wav].',
    ['Where', 'Who', 'Text', 'What was measured'],
    rows,
  );
}

/** Lines that the service would not say; the empty string when there is none. */
export function refusedTable(refused: Report['refused']): string {
  if (refused.length === 0) return '';
  return section(
    'refused',
    `Refused lines (${refused.length})`,
    'The service would not say these; their chapters wait. Reword the line, or give your own recording of it.',
    ['Where', 'Who', 'Text', 'Reason'],
    refused.map(reasonRow),
  );
}

/** Lines that were tried to the end and left; the empty string when there is none. */
export function parkedTable(parked: Report['parked']): string {
  if (parked.length === 0) return '';
  return section(
    'parked',
    `Lines put aside (${parked.length})`,
    'Their chapters wait; the rest of the book was finished. The next run (or pipeline retry) takes up just these.',
    ['Where', 'Who', 'Text', 'What went wrong'],
    parked.map(reasonRow),
  );
}

function reasonRow(of: { chapter: number; line: number; character: string; text: string; reason: string }): string {
  const { chapter, line, character, text, reason } = of;
  return `<tr><td class="number">${chapter}, line ${line}</td><td>${escaped(character)}</td><td>${escaped(text)}</td><td>${escaped(reason)}</td></tr>`;
}

/** Who agreed to be cloned; the empty string when no voice of the book is. */
export function consentTable(consent: Report['consent']): string {
  if (consent.length === 0) return '';
  const rows = consent.map(({ character, consent: given }) => {
    const said = given === null ? ['not stated', '', ''] : [given.by, given.on, given.recording ?? ''];
    return `<tr><td>${escaped(character)}</td>${said.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`;
  });
  return section(
    'consent',
    'Cloned voices',
    'All speech in this book is synthetic, made with voices cloned from recordings of these people.',
    ['Character', 'Consent by', 'On', 'Recording'],
    rows,
  );
}

function section(id: string, title: string, lead: string, heads: readonly string[], rows: readonly string[]): string {
  return `<section id="${id}"><h2>${title}</h2><p>${lead}</p>
<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></section>`;
}
