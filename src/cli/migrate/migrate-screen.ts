/** What `pipeline migrate` shows to a person. */
import type { PlanReport } from '../../events/plan-report.ts';
import type { PlanTotals } from '../../plan/plan-totals.ts';
import { moneyText } from '../../plan/price.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { planLines } from '../screen/plan-screen.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { ListeningLine } from './listening-files.ts';
import type { OtherModel } from './other-model.ts';

/** The change, what a run would then do, what stays, and what this command speaks first. */
export function changeScreen(
  of: {
    change: OtherModel;
    model: string;
    report: PlanReport;
    listening: PlanTotals;
    lines: readonly { character: string; text: string }[];
  },
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string[] {
  const { change, model, report, listening, lines } = of;
  const byOld = new Map<string, string[]>();
  for (const { character, model: old } of change.moved) byOld.set(old, [...(byOld.get(old) ?? []), character]);
  const { segments } = report;
  return [
    terminal.paint('bold', plain(report.title)),
    ...[...byOld].map(([old, names]) => `  ${plain(names.join(', '))}: ${old} → ${model}`),
    ...change.others.map(({ character, model: own }) => `  ${plain(character)} keeps a model of its own: ${own}`),
    'A run after the change:',
    ...planLines(withoutLines(report), terminal),
    `${grouped(segments.reuse)} of ${counted(segments.total, 'segment')} stay as they are. The takes and voices of the old model stay in the store, so changing back costs nothing.`,
    ...(lines.length === 0 ? [] : [`To listen first: ${workText(listening)}.`]),
    ...lines.map(({ character, text }) => `  ${plain(character)}: “${wordsInQuotes(plain(text))}”`),
  ];
}

/** Each line of the characters changes, so a list of them says nothing. */
function withoutLines(report: PlanReport): PlanReport {
  return { ...report, chapters: report.chapters.map((chapter) => ({ ...chapter, changes: [], changesLeftOut: 0 })) };
}

/** `1 voice to enroll and 2 lines to speak, about 0.01 CNY`. */
export function workText({ voices, segments, cost, costs, estimated }: PlanTotals): string {
  if (voices.enroll + segments.synthesize === 0) return 'everything is in the store and costs nothing';
  const sums = cost === null ? (costs ?? []) : [cost];
  const price =
    sums.length === 0 ? 'price unknown' : `${estimated ? 'about ' : ''}${sums.map(moneyText).join(' and ')}`;
  return `${counted(voices.enroll, 'voice')} to enroll and ${counted(segments.synthesize, 'line')} to speak, ${price}`;
}

/** Where to listen. */
export function listeningLines(lines: readonly ListeningLine[], folder: string): string[] {
  if (lines.length === 0) return [];
  const files = lines.map(({ character, old, new: next }) => {
    const names = [old ?? '(no old take)', next ?? '(not spoken)'].map((path) =>
      plain(path.slice(path.startsWith(folder) ? folder.length + 1 : 0)),
    );
    return `  ${plain(character)}: ${names.join('  beside  ')}`;
  });
  return [`Listen in ${plain(folder)}, where both takes have the same level:`, ...files];
}
