/** Sections of report.html: lines to listen to, refused lines, skipped lines, consent. Pure. */
import type { Report, ReportDoubt } from './report-json.ts';
import { linePlayer, soundPlace } from './report-sound.ts';
import { type Column, tableHtml } from './report-table.ts';
import { clock, escapeHtml } from './report-text.ts';
import { doubtInWords, reasonInWords } from './words/records-in-chinese.ts';
import type { ReportLanguage, Words } from './words/words.ts';

/** The language of the report and its texts. */
interface InLanguage {
  words: Words;
  language: ReportLanguage;
}

/** Doubtful takes, worst first, each with what is around it to hear; an empty string for none. */
export function doubtfulLines(doubtful: readonly ReportDoubt[], told: InLanguage): string {
  const { words } = told;
  if (doubtful.length === 0) return '';
  return section(
    'doubtful',
    words('doubtful', { n: doubtful.length }),
    words('doubtfulLead'),
    lineList(doubtful.map((line) => doubtfulLine(line, told))),
  );
}

function doubtfulLine(line: ReportDoubt, { words, language }: InLanguage): string {
  const { number, doubts, atSeconds, tries, pickup, sound } = line;
  const said = doubts.map((doubt) => escapeHtml(words('doubt', doubtInWords(doubt, language))));
  const how = pickup ? words('ownRecording') : tries > 1 ? words('bestOf', { n: tries }) : '';
  const heard = sound === undefined ? '' : linePlayer(sound, words('lineLabel', { number }));
  const where = sound === undefined ? '' : `<p class="hint">${escapeHtml(soundPlace(sound, words))}</p>`;
  const facts = [atSeconds === null ? '' : words('at', { time: clock(atSeconds) }), how];
  return lineHtml(line, { facts, reasons: said, tone: 'warning', heard: `${heard}${where}` });
}

/** Lines that the service refused; an empty string for none. */
export function refusedLines(refused: Report['refused'], told: InLanguage): string {
  const { words } = told;
  if (refused.length === 0) return '';
  return section(
    'refused',
    words('refused', { n: refused.length }),
    words('refusedLead'),
    lineList(refused.map((line) => unspokenLine({ ...line, code: 'text-refused' }, told))),
  );
}

/** Lines that failed all tries and were skipped; an empty string for none. */
export function parkedLines(parked: Report['parked'], told: InLanguage): string {
  const { words } = told;
  if (parked.length === 0) return '';
  return section(
    'parked',
    words('parked', { n: parked.length }),
    words('parkedLead'),
    lineList(parked.map((line) => unspokenLine(line, told))),
  );
}

function unspokenLine(line: Report['parked'][number], { words, language }: InLanguage): string {
  const { reason, original } = reasonInWords(line, language);
  // What the service said is as it is: an engineer searches for it.
  const more =
    original === undefined
      ? ''
      : `<details><summary>${words('original')}</summary><span lang="en">${escapeHtml(original)}</span></details>`;
  return lineHtml(line, { facts: [], reasons: [`${escapeHtml(reason)}${more}`], tone: 'fail', heard: '' });
}

/** A line with its number, its speaker, its words, what is wrong with it (HTML), and its sound. */
function lineHtml(
  { chapter, title, number, character, text }: Pick<ReportDoubt, 'chapter' | 'title' | 'number' | 'character' | 'text'>,
  of: { facts: readonly string[]; reasons: readonly string[]; tone: string; heard: string },
): string {
  const facts = [title, ...of.facts].filter((fact) => fact !== '').map((fact) => `<span>${escapeHtml(fact)}</span>`);
  const reasons = of.reasons.map((reason) => `<li class="tell small ${of.tone}">${reason}</li>`);
  return `<li class="card line"><p class="line-head"><a href="#chapter-${chapter}">${number}</a> <b>${escapeHtml(character)}</b> ${facts.join(' ')}</p>
<p class="words">${escapeHtml(text)}</p>
<ul class="reasons">${reasons.join('')}</ul>
${of.heard}</li>`;
}

function lineList(lines: readonly string[]): string {
  return `<ol class="lines">${lines.join('\n')}</ol>`;
}

const CONSENT: readonly Column[] = [
  { name: 'character', kind: 'name' },
  { name: 'consentBy', kind: 'name' },
  { name: 'on', kind: 'short' },
  { name: 'until', kind: 'short' },
  { name: 'recording', kind: 'long' },
];

/** Who agreed to be cloned; an empty string when no voice is cloned. */
export function consentTable(consent: Report['consent'], words: Words): string {
  if (consent.length === 0) return '';
  const rows = consent.map(({ character, consent: given }) => {
    const said =
      given === null
        ? [words('notStated'), '', '', '']
        : [given.by, given.on, given.until ?? '', given.recording ?? ''];
    return { cells: [character, ...said].map(escapeHtml) };
  });
  return section(
    'consent',
    words('clonedVoices'),
    words('clonedLead'),
    tableHtml({ columns: CONSENT, rows, words }),
    'card',
  );
}

function section(id: string, title: string, lead: string, html: string, className?: string): string {
  return `<section id="${id}"${className === undefined ? '' : ` class="${className}"`}><h2>${title}</h2><p class="hint">${lead}</p>
${html}</section>`;
}
