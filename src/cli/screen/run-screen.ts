/** How a run's events look to a person, and to a program with `--json`. */
import type { DeliveredChapter, PipelineEvent, ProgressEvent, RunFinishedEvent } from '../../events.ts';
import { moneyText } from '../../plan/price.ts';
import { checkName } from '../../qc/check-names.ts';
import { planLines } from './plan-screen.ts';
import { clock, counted, grouped, pad, plain, shorten, type Terminal, textWidth } from './terminal.ts';

/** One JSON event a line, as it stands. */
export function jsonReporter(terminal: Terminal): (event: PipelineEvent) => void {
  return (event) => terminal.out(JSON.stringify(event));
}

/** Progress on a pipe or in a log: at most one line in so many milliseconds. */
const PLAIN_PROGRESS_EVERY_MS = 5000;
/** Redraws of a live line: as often as an eye can follow. */
const LIVE_PROGRESS_EVERY_MS = 80;
/** Widest column of titles in the closing table. */
const MAX_TITLE_COLUMNS = 40;

/** Lines for people: live progress on a terminal, plain lines elsewhere, a table at the end. */
export function humanReporter(terminal: Terminal): (event: PipelineEvent) => void {
  const every = terminal.isLive ? LIVE_PROGRESS_EVERY_MS : PLAIN_PROGRESS_EVERY_MS;
  let shownAt = terminal.isLive ? 0 : Date.now();
  return (event) => {
    if (event.type === 'progress') {
      if (Date.now() - shownAt < every) return;
      shownAt = Date.now();
      if (terminal.isLive) terminal.live(progressLine(event));
      else terminal.out(progressLine(event));
      return;
    }
    if (event.type === 'run.finished') return printSummary(event, terminal);
    if (event.type === 'run.planned' && hasCalls(event)) {
      for (const line of planLines(event.plan, terminal)) terminal.out(line);
    }
    const line = eventLine(event, terminal);
    if (line !== undefined) terminal.out(line);
  };
}

/** Every event but progress and the end; undefined for those that only a program wants to see. */
function eventLine(
  event: Exclude<PipelineEvent, ProgressEvent | RunFinishedEvent>,
  { paint }: Terminal,
): string | undefined {
  switch (event.type) {
    case 'run.started':
      return paint('bold', plain(event.title)) + (event.simulated ? paint('yellow', '  simulated') : '');
    case 'run.planned':
      return planLine(event);
    case 'run.submitted':
      return submittedLines(event);
    case 'notice':
      return event.level === 'warning' ? paint('yellow', `! ${plain(event.message)}`) : plain(event.message);
    case 'budget.reached':
      return paint(
        'red',
        `! The budget is reached: ${plain(event.message)} What is missing is left out; what is whole is delivered.`,
      );
    case 'voice.ready':
      if (event.outcome === 'reused') return undefined;
      return `${paint('green', '✓')} voice of ${plain(event.characters.join(', '))}: ${event.outcome === 'made' ? 'enrolled' : 'found at the service, not paid again'}`;
    case 'voice.failed':
      return paint('red', `✗ voice of ${plain(event.characters.join(', '))}: ${plain(event.message)}`);
    case 'segment.done':
      return undefined;
    case 'segment.failed':
      return paint(
        'red',
        `✗ chapter ${event.chapter}, segment ${event.ordinal} (${plain(event.character)}: “${shorten(plain(event.text), 60)}”): ${plain(event.message)}`,
      );
    case 'segment.doubtful':
      return paint(
        'yellow',
        `! chapter ${event.chapter}, segment ${event.ordinal} (${plain(event.character)}: “${shorten(plain(event.text), 60)}”): ${event.doubts.map(({ check, measured }) => `${checkName(check)}, ${measured}`).join('; ')}`,
      );
    case 'chapter.delivered':
      if (event.outcome === 'unchanged') return undefined;
      return `${paint('green', '✓')} ${chapterName(event)} ${event.outcome === 'made' ? 'mastered' : 'delivered again from the store'}: ${clock(event.durationSeconds)}`;
    case 'book.delivered':
      if (event.outcome === 'unchanged') return undefined;
      return `${paint('green', '✓')} book “${plain(event.title)}” ${event.outcome === 'made' ? 'bound' : 'delivered again from the store'}: ${clock(event.durationSeconds)}`;
    case 'epub.delivered':
      if (event.outcome === 'unchanged') return undefined;
      return `${paint('green', '✓')} EPUB “${plain(event.title)}” made: ${clock(event.durationSeconds)} of sound in step with its text`;
    case 'epub.failed':
      return paint('red', `✗ EPUB “${plain(event.title)}” not delivered: ${plain(event.message)}`);
    case 'book.failed':
      return paint('red', `✗ book “${plain(event.title)}” not delivered: ${plain(event.message)}`);
    case 'error':
      // Told on stderr, with the lines of the manifest.
      return undefined;
    case 'chapter.failed':
      return paint('red', `✗ chapter ${event.index} “${plain(event.title)}” not delivered: ${plain(event.message)}`);
  }
}

/** The details of a plan are worth a screen when it costs something. */
function hasCalls({ voices, segments }: Extract<PipelineEvent, { type: 'run.planned' }>): boolean {
  return voices.enroll + segments.synthesize > 0;
}

function submittedLines({ id, deliverers }: Extract<PipelineEvent, { type: 'run.submitted' }>): string {
  const who =
    deliverers === 0
      ? 'No worker is there that could deliver it; start one: pipeline worker'
      : `${counted(deliverers, 'worker process', 'worker processes')} can see it through.`;
  return `Handed in as ${id}. ${who}\nHow it goes: pipeline status ${id} --follow`;
}

/** Credits and the retail sample have names, but no number that anybody knows them by. */
function chapterName({ index, title, role }: DeliveredChapter): string {
  return role === undefined ? `chapter ${index} “${plain(title)}”` : plain(title);
}

function planLine(event: Extract<PipelineEvent, { type: 'run.planned' }>): string {
  const { voices, segments, chapters } = event;
  if (voices.enroll + segments.synthesize + chapters.master === 0 && event.bind) {
    return 'To do: bind the book from the chapters in the store. No call to the service.';
  }
  if (voices.enroll + segments.synthesize + chapters.master === 0) {
    return `Nothing to do: all ${counted(segments.total, 'segment')} and ${counted(chapters.total, 'chapter')} are in the store. No call to the service.`;
  }
  return (
    `To do: enrol ${counted(voices.enroll, 'voice')}, speak ${grouped(segments.synthesize)} of ${counted(segments.total, 'segment')}` +
    ` (${counted(event.billedCharacters, 'billed character')}), master ${grouped(chapters.master)} of ${counted(chapters.total, 'chapter')}.`
  );
}

function progressLine(event: ProgressEvent): string {
  const { voices, segments, chapters } = event;
  const parts = [
    voices.total > 0 && voices.done < voices.total ? `voices ${voices.done}/${voices.total}` : undefined,
    segments.total > 0 ? `segments ${grouped(segments.done)}/${grouped(segments.total)}` : undefined,
    `chapters ${chapters.done}/${chapters.total}`,
    event.audioSeconds > 0 ? `${clock(event.audioSeconds)} of speech` : undefined,
    event.timesRealtime === null ? undefined : `${event.timesRealtime.toFixed(1)}× real time`,
    event.secondsLeft === null || segments.done === segments.total ? undefined : `${clock(event.secondsLeft)} left`,
  ];
  return `  ${parts.filter((part) => part !== undefined).join(' · ')}`;
}

function printSummary(event: RunFinishedEvent, terminal: Terminal): void {
  terminal.live('');
  terminal.out('');
  for (const line of chapterTable(event, terminal)) terminal.out(line);
  terminal.out('');
  const book = event.book?.files[0];
  if (book !== undefined) terminal.out(`The book: ${plain(book.slice(event.folder.length + 1))}`);
  const extras = event.chapters.flatMap((chapter) => chapter.extras ?? []).length;
  const beside = extras > 0 ? `; ${counted(extras, 'file')} of subtitles, labels and lines beside them` : '';
  terminal.out(`Files in ${plain(event.folder)}${beside}; what was measured: report.html`);
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
  const again = spokenAgain > 0 ? `${counted(spokenAgain, 'take')} spoken again because of its sound` : undefined;
  const listen = doubtful > 0 ? `${counted(doubtful, 'line')} to listen to, worst first in report.html` : undefined;
  if (again !== undefined || listen !== undefined)
    terminal.out(terminal.paint('yellow', [again, listen].filter((part) => part !== undefined).join(' · ')));
  for (const line of moneyLines(event)) terminal.out(line);
  if (event.simulated) {
    terminal.out(
      terminal.paint(
        'yellow',
        'Simulated speech: for trying things out. Set DASHSCOPE_API_KEY and leave --simulate away for the real voices.',
      ),
    );
  }
}

/** Planned against billed; nothing when nothing was to be spent. */
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
      `budget of ${moneyText(budget)} reached: ${counted(budget.unspoken, 'segment')} not spoken. Run again with a higher --budget to go on from here`,
    );
  }
  return lines;
}

function charactersLine({ planned, billedCharacters, billedDifference, cost }: RunFinishedEvent): string {
  const agreement = billedDifference === 0 ? 'the characters agree' : `a difference of ${signed(billedDifference)}`;
  // Where tokens are billed the money is said with them.
  const [before, after] = planned.tokens === null ? [inMoney(planned.cost), inMoney(cost)] : ['', ''];
  return `planned ${counted(planned.billedCharacters, 'billed character')}${before}, billed ${grouped(billedCharacters)}${after}: ${agreement}`;
}

/** A plan in tokens is an estimate; the bill is what the service said. */
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

function chapterTable(event: RunFinishedEvent, { paint }: Terminal): string[] {
  const rows = event.chapters.map((chapter) => ({
    number: chapter.role === undefined ? String(chapter.index) : '',
    title: shorten(plain(chapter.title), MAX_TITLE_COLUMNS),
    length: chapter.files.length === 0 ? '–' : clock(chapter.durationSeconds),
    loudness: chapter.loudnessLufs === null ? '–' : `${chapter.loudnessLufs.toFixed(1)} LUFS`,
    check: chapter.files.length === 0 ? 'not delivered' : { pass: 'pass', fail: 'FAIL', none: '–' }[chapter.verdict],
    files: chapter.files.map((path) => plain(path.slice(event.folder.length + 1))).join(', '),
  }));
  const head = {
    number: '#',
    title: 'chapter',
    length: 'length',
    loudness: 'loudness',
    check: 'check',
    files: 'files',
  };
  const width = (field: keyof typeof head): number => Math.max(...[head, ...rows].map((row) => textWidth(row[field])));
  const line = (row: typeof head): string =>
    `  ${pad(row.number, width('number'), 'left')}  ${pad(row.title, width('title'))}  ${pad(row.length, width('length'), 'left')}  ${pad(row.loudness, width('loudness'), 'left')}  ${pad(row.check, width('check'))}  ${row.files}`.trimEnd();
  return [paint('dim', line(head)), ...rows.map(line)];
}
