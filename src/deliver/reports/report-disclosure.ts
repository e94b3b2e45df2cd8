/** The block of report.html on who speaks: models, voices with their consent, and the marks of the files. Pure. */
import type { Report, ReportDisclosure } from './report-json.ts';
import { fileLink } from './report-sound.ts';
import { type Column, tableHtml } from './report-table.ts';
import { escapeHtml } from './report-text.ts';
import { markInWords, unmarkedInWords } from './words/records-in-chinese.ts';
import { hasText, type ReportLanguage, type Words } from './words/words.ts';

/** The block; an empty string for a report that says nothing about it. */
export function disclosureBlock(
  { disclosure }: Pick<Report, 'disclosure'>,
  { words, language }: { words: Words; language: ReportLanguage },
): string {
  if (disclosure === undefined) return '';
  const { sentence, narrator, engine, models, file } = disclosure;
  const facts: [string, string][] = [
    [words('whatFilesSay'), sentence],
    [words('narrator'), narrator ?? words('nobody')],
    ...(models.length === 0
      ? []
      : [[words('spokenBy'), words('models', { models: models.join(', '), engine })] as [string, string]]),
    [words('saidAloud'), spokenText(disclosure.spoken, words)],
    [words('marks'), marksText(disclosure, { words, language })],
    ...disclosure.marks.notWritten.map((one): [string, string] => {
      const { mark, why } = markInWords(one, language);
      return [words('noMark', { mark }), why];
    }),
  ];
  const rows = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<section id="disclosure" class="card"><h2>${words('whoSpeaks')}</h2><p class="hint">${words('inFull', { file: fileLink(file) })}</p>
<dl class="facts">${rows.join('\n')}</dl>
${voicesTable(disclosure, words)}</section>`;
}

function spokenText({ state, reason = '' }: ReportDisclosure['spoken'], words: Words): string {
  const name = `spoken.${state}`;
  return hasText(name) ? words(name, { reason }) : '';
}

function marksText(
  { marks, simulated }: ReportDisclosure,
  { words, language }: { words: Words; language: ReportLanguage },
): string {
  const { written, verified, unmarked } = marks;
  const [first] = unmarked;
  if (first !== undefined) return words('unmarked', { n: unmarked.length, why: unmarkedInWords(first.why, language) });
  const read = words(verified === written ? 'marksAll' : 'marksSome', { n: written, verified });
  return `${read}${simulated ? words('marksSimulated') : ''}`;
}

const VOICES: readonly Column[] = [
  { name: 'character', kind: 'name' },
  { name: 'voice', kind: 'short' },
  { name: 'model', kind: 'name' },
  { name: 'consentBy', kind: 'name' },
  { name: 'on', kind: 'short' },
  { name: 'until', kind: 'short' },
  { name: 'scope', kind: 'long' },
  { name: 'recording', kind: 'name' },
];

/** Each voice, and what its person agreed to. */
function voicesTable({ voices }: ReportDisclosure, words: Words): string {
  if (voices.length === 0) return '';
  const rows = voices.map(({ character, kind, model, consent }) => {
    const { by = '', on = '', scope = '', until = '', recording = '' } = consent ?? { by: words('notStated') };
    return { cells: [character, words(`voice.${kind}`), model, by, on, until, scope, recording].map(escapeHtml) };
  });
  return tableHtml({ columns: VOICES, rows, words });
}
