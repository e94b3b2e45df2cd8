/** The end of a run: its chapters as a table, what was made, and what it cost. */
import { type DeliveredChapter, isDelivered } from '../../events/delivered.ts';
import type { RunFinishedEvent } from '../../events.ts';
import { moneyText } from '../../plan/price.ts';
import { clock, counted, grouped, plain } from './format.ts';
import { partText } from './part-of-book.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { shorten } from './text-width.ts';

/** Longest title in the table, in columns. */
const MAX_TITLE_COLUMNS = 40;

/** Prints it. `isOwn`: one's own server speaks the book; `simulate`: the flag is set. */
export function printSummary(
  event: RunFinishedEvent,
  terminal: Terminal,
  { isOwn, simulate }: { isOwn: boolean; simulate: boolean },
): void {
  terminal.live([]);
  terminal.out('');
  for (const line of chapterTable(event, terminal)) terminal.out(line);
  terminal.out('');
  const book = event.book?.files[0];
  if (book !== undefined) terminal.out(`Book file: ${plain(book.slice(event.folder.length + 1))}`);
  if (event.partial !== undefined)
    terminal.out(`${partText(event.partial)}: no M4B and no book.lock; other files stay as they are`);
  const extras = event.chapters.flatMap((chapter) => chapter.extras ?? []).length;
  terminal.out(`Folder: ${plain(event.folder)}`);
  if (extras > 0) terminal.out(`Beside the chapters: ${counted(extras, 'file')} of subtitles, labels and single lines`);
  terminal.out('Measurements: report.html');
  const { segments, voices } = event;
  terminal.out(
    [
      `${counted(voices.enrolled, 'voice')} enrolled, ${voices.reused} reused`,
      `${counted(segments.synthesized, 'segment')} spoken, ${grouped(segments.reused)} reused${segments.failed > 0 ? `, ${grouped(segments.failed)} failed` : ''}`,
      counted(event.billedCharacters, 'billed character'),
      `${event.seconds.toFixed(1)} s`,
    ].join(' · '),
  );
  const { doubtful, spokenAgain } = event.takes;
  const again = spokenAgain > 0 ? `${counted(spokenAgain, 'take')} spoken again because of audible faults` : undefined;
  const listen =
    doubtful > 0 ? `${counted(doubtful, 'line')} to check by ear; report.html lists the worst first` : undefined;
  if (again !== undefined || listen !== undefined)
    terminal.out(terminal.paint('yellow', [again, listen].filter((part) => part !== undefined).join(' · ')));
  for (const line of moneyLines(event)) terminal.out(line);
  if (event.simulated) terminal.out(terminal.paint('yellow', simulatedLine(isOwn, simulate)));
}

function simulatedLine(isOwn: boolean, simulate: boolean): string {
  if (!simulate) return 'Simulated speech: the server that was asked says that it is a simulator.';
  const name = isOwn ? 'PIPELINE_SPEECH_URL' : 'DASHSCOPE_API_KEY';
  return `Simulated speech. For the real voices, set ${name} and omit --simulate.`;
}

/** What was planned and what was billed; nothing when nothing was to be spent. */
function moneyLines(event: RunFinishedEvent): string[] {
  const { planned, billedCharacters, unanswered, budget } = event;
  if (planned.billedCharacters + billedCharacters + unanswered.calls === 0) return [];
  const lines = [charactersLine(event), ...tokensLine(event)];
  if (unanswered.calls > 0) {
    lines.push(
      `${counted(unanswered.calls, 'answer')} lost: up to ${counted(unanswered.billedCharacters, 'character')} more may be billed; the sum counts them`,
    );
  }
  if (budget?.reached) {
    lines.push(
      `budget of ${moneyText(budget)} reached: ${counted(budget.unspoken, 'segment')} not spoken. To continue from here, run again with --budget, which opens a new budget`,
    );
  }
  return lines;
}

function charactersLine({ planned, billedCharacters, billedDifference, cost }: RunFinishedEvent): string {
  const difference = billedDifference === 0 ? 'as planned' : `a difference of ${signed(billedDifference)}`;
  // Where tokens are billed, the money stands with them.
  const [before, after] = planned.tokens === null ? [inMoney(planned.cost), inMoney(cost)] : ['', ''];
  return `planned ${counted(planned.billedCharacters, 'billed character')}${before}, billed ${grouped(billedCharacters)}${after}: ${difference}`;
}

/** A plan in tokens is an estimate; the bill is what the service reported. */
function tokensLine({ planned, usage, cost }: RunFinishedEvent): string[] {
  if (usage === null || planned.tokens === null) return [];
  const tokens = (input: number, output: number): string => `${grouped(input)} tokens in and ${grouped(output)} out`;
  const { input, output } = planned.tokens;
  const more = [usage.inputTokens - input, usage.outputTokens - output].map(signed).join(' and ');
  return [
    `estimated ${tokens(input, output)}${inMoney(planned.cost)}, billed by the service's own figures ${tokens(usage.inputTokens, usage.outputTokens)}${inMoney(cost)}: ${more}`,
  ];
}

function signed(difference: number): string {
  if (difference === 0) return '±0';
  return `${difference > 0 ? '+' : '−'}${grouped(Math.abs(difference))}`;
}

function inMoney(cost: RunFinishedEvent['cost']): string {
  return cost === null ? '' : ` (${moneyText(cost)})`;
}

function chapterTable(event: RunFinishedEvent, { paint, columns: width }: Terminal): string[] {
  const rows = event.chapters.map((chapter) => {
    const { role, index, title, durationSeconds, loudnessLufs, verdict } = chapter;
    const isThere = isDelivered(chapter);
    return [
      role === undefined ? String(index) : '',
      shorten(plain(title), MAX_TITLE_COLUMNS),
      isThere ? clock(durationSeconds) : '–',
      loudnessLufs === null ? '–' : `${loudnessLufs.toFixed(1)} LUFS`,
      isThere ? { pass: 'pass', fail: 'FAIL', none: '–' }[verdict] : 'not delivered',
      chapterFiles(chapter, event),
    ];
  });
  const columns = [
    { head: '#', align: 'right' },
    { head: 'chapter', narrow: { how: 'shorten', least: 14 } },
    { head: 'length', align: 'right' },
    { head: 'loudness', align: 'right' },
    { head: 'check' },
    { head: 'files', narrow: { how: 'wrap', least: 20 } },
  ] as const;
  return tableLines({ columns, rows, width, paintHead: (text) => paint('dim', text) });
}

function chapterFiles({ files, inBook }: DeliveredChapter, { folder, partial }: RunFinishedEvent): string {
  if (inBook) return partial === undefined ? 'in the M4B' : 'made; a run of the whole book binds the M4B';
  return files.map((path) => plain(path.slice(folder.length + 1))).join(', ');
}
