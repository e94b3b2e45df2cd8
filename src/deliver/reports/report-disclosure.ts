/** The block of report.html on who speaks: models, voices with their consent, and the marks of the files. Pure. */
import { spokenDisclosureText } from '../../book/warnings/spoken-disclosure.ts';
import type { Report, ReportDisclosure } from './report-json.ts';
import { fileLink } from './report-sound.ts';
import { type Column, tableHtml } from './report-table.ts';
import { escapeHtml, plural } from './report-words.ts';

/** The block; an empty string for a report that says nothing about it. */
export function disclosureBlock({ disclosure }: Pick<Report, 'disclosure'>): string {
  if (disclosure === undefined) return '';
  const { sentence, narrator, engine, models, file } = disclosure;
  const facts: [string, string][] = [
    ['What the files say', sentence],
    ['Narrator in the files', narrator ?? 'nobody'],
    ...(models.length === 0 ? [] : [['Spoken by', `${models.join(', ')} (${engine})`] as [string, string]]),
    ['Said aloud', spokenDisclosureText(disclosure.spoken) ?? SAID[disclosure.spoken.state] ?? ''],
    ['Marks', marksText(disclosure)],
    ...disclosure.marks.notWritten.map(({ mark, why }) => [`No ${mark}`, why] as [string, string]),
  ];
  const rows = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<section id="disclosure" class="card"><h2>Who speaks</h2><p class="hint">The same in full: ${fileLink(file)}</p>
<dl class="facts">${rows.join('\n')}</dl>
${voicesTable(disclosure)}</section>`;
}

const SAID: Readonly<Record<string, string>> = {
  said: 'The opening credits say that cloned voices speak.',
  unneeded: 'No voice is cloned.',
};

function marksText({ marks, simulated }: ReportDisclosure): string {
  const { written, verified, unmarked } = marks;
  const said = simulated ? ' They also say that the speech is simulated.' : '';
  const read = `${plural(written, 'file')} with marks, ${verified === written ? 'all' : verified} read back from the finished file.${said}`;
  const [first] = unmarked;
  return first === undefined ? read : `${plural(unmarked.length, 'file')} without marks: ${first.why}`;
}

const VOICES: readonly Column[] = [
  { name: 'Character', kind: 'name' },
  { name: 'Voice', kind: 'short' },
  { name: 'Model', kind: 'long' },
  { name: 'Consent by', kind: 'name' },
  { name: 'On', kind: 'short' },
  { name: 'Until', kind: 'short' },
  { name: 'For', kind: 'name' },
  { name: 'Recording', kind: 'long' },
];

/** Each voice, and what its person agreed to. */
function voicesTable({ voices }: ReportDisclosure): string {
  if (voices.length === 0) return '';
  const rows = voices.map(({ character, kind, model, consent }) => {
    const { by = '', on = '', scope = '', until = '', recording = '' } = consent ?? { by: 'not stated' };
    return { cells: [character, kind, model, by, on, until, scope, recording].map(escapeHtml) };
  });
  return tableHtml(VOICES, rows);
}
