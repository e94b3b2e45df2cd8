/** The block of report.html on who speaks: models, voices with their consent, and the marks of the files. Pure. */
import { spokenDisclosureText } from '../book/spoken-disclosure.ts';
import type { Report, ReportDisclosure } from './report-json.ts';
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
  const rows = facts.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`);
  return `<section id="disclosure"><h2>Who speaks</h2><p>The same in full: <a href="${file}">${file}</a></p>
<table><tbody>${rows.join('\n')}</tbody></table>
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

/** Each voice, and what its person agreed to. */
function voicesTable({ voices }: ReportDisclosure): string {
  if (voices.length === 0) return '';
  const rows = voices.map(({ character, kind, model, consent }) => {
    const { by = '', on = '', scope = '', until = '', recording = '' } = consent ?? { by: 'not stated' };
    const cells = [character, kind, model, by, on, until, scope, recording];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  const heads = ['Character', 'Voice', 'Model', 'Consent by', 'On', 'Until', 'For', 'Recording'];
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}
