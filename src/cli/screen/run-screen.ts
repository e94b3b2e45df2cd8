/** The events of a run, as people and programs see them. */

import type { DeliveredChapter } from '../../events/delivered.ts';
import type { PipelineEvent, ProgressEvent, RunFinishedEvent } from '../../events.ts';
import { checkName } from '../../qc/check-names.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { counted, duration, grouped, plain } from './format.ts';
import { planLines } from './plan-screen.ts';
import { createProgressLine } from './progress-line.ts';
import { printSummary } from './run-summary.ts';
import type { Terminal } from './terminal.ts';
import { shorten } from './text-width.ts';

/** One JSON event a line, as it stands. */
export function jsonReporter(terminal: Terminal): (event: PipelineEvent) => void {
  return (event) => terminal.raw(JSON.stringify(event));
}

/** Progress on a pipe or in a log: at most one line in this many milliseconds. */
const PLAIN_PROGRESS_EVERY_MS = 5000;
/** Redraws of a live line: as often as an eye can follow. */
const LIVE_PROGRESS_EVERY_MS = 80;

/** Lines for people: live progress on a terminal, plain lines elsewhere, a table at the end. `simulate`: the flag is set. */
export function humanReporter(terminal: Terminal, simulate: boolean): (event: PipelineEvent) => void {
  const every = terminal.isLive ? LIVE_PROGRESS_EVERY_MS : PLAIN_PROGRESS_EVERY_MS;
  const progressLine = createProgressLine(() => performance.now());
  let isOwn = false;
  let shownAt = terminal.isLive ? 0 : Date.now();
  return (event) => {
    if (event.type === 'progress') {
      const parts = progressLine(event);
      if (Date.now() - shownAt < every) return;
      shownAt = Date.now();
      if (terminal.isLive) terminal.live(parts);
      else terminal.out(`  ${parts.join(' · ')}`);
      return;
    }
    if (event.type === 'run.finished') return printSummary(event, terminal, { isOwn, simulate });
    // Only one's own server has no quota of voices.
    if (event.type === 'run.planned') isOwn = event.plan.voiceQuota.most === null;
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
        `! Budget reached: ${plain(event.message)} Missing lines are left out; complete chapters are delivered.`,
      );
    case 'voice.ready':
      if (event.outcome === 'reused') return undefined;
      return `${paint('green', '✓')} voice of ${plain(event.characters.join(', '))}: ${event.outcome === 'made' ? 'enrolled' : 'found at the service, not paid for again'}`;
    case 'voice.failed':
      return paint('red', `✗ voice of ${plain(event.characters.join(', '))}: ${plain(event.message)}`);
    case 'segment.done':
      return undefined;
    case 'segment.failed':
      return paint(
        'red',
        `✗ ${lineOf(event)} (${plain(event.character)}: “${shorten(wordsInQuotes(plain(event.text)), 60)}”): ${plain(event.message)}`,
      );
    case 'segment.doubtful':
      return paint(
        'yellow',
        `! ${lineOf(event)} (${plain(event.character)}: “${shorten(wordsInQuotes(plain(event.text)), 60)}”): ${event.doubts.map(({ check, measured }) => `${checkName(check)}, ${measured}`).join('; ')}`,
      );
    case 'chapter.delivered':
      if (event.outcome === 'unchanged') return undefined;
      return `${paint('green', '✓')} ${chapterName(event)} ${event.outcome === 'made' ? 'mastered' : 'delivered again from the store'}: ${duration(event.durationSeconds)}`;
    case 'book.delivered':
      if (event.outcome === 'unchanged') return undefined;
      return `${paint('green', '✓')} book “${plain(event.title)}” ${event.outcome === 'made' ? 'bound' : 'delivered again from the store'}: ${duration(event.durationSeconds)}`;
    case 'epub.delivered':
      if (event.outcome === 'unchanged') return undefined;
      return `${paint('green', '✓')} EPUB “${plain(event.title)}” made: ${duration(event.durationSeconds)} of sound, synchronized with its text`;
    case 'epub.failed':
      return paint('red', `✗ EPUB “${plain(event.title)}” not delivered: ${plain(event.message)}`);
    case 'book.failed':
      return paint('red', `✗ book “${plain(event.title)}” not delivered: ${plain(event.message)}`);
    case 'error':
      // Printed on stderr, with the lines of the manifest.
      return undefined;
    case 'chapter.failed':
      return paint('red', `✗ chapter ${event.index} “${plain(event.title)}” not delivered: ${plain(event.message)}`);
  }
}

/** The details of a plan are shown when it costs something. */
function hasCalls({ voices, segments }: Extract<PipelineEvent, { type: 'run.planned' }>): boolean {
  return voices.enroll + segments.synthesize > 0;
}

function submittedLines({ id, deliverers }: Extract<PipelineEvent, { type: 'run.submitted' }>): string {
  const who =
    deliverers === 0
      ? 'No worker is running that can deliver it. Start one: pipeline worker'
      : `${counted(deliverers, 'worker process', 'worker processes')} can deliver it.`;
  return `Submitted as ${id}. ${who}\nFollow it: pipeline status ${id} --follow`;
}

/** Credits and the retail sample have names, but no number that people know. */
function chapterName({ index, title, role }: DeliveredChapter): string {
  return role === undefined ? `chapter ${index} “${plain(title)}”` : plain(title);
}

function planLine(event: Extract<PipelineEvent, { type: 'run.planned' }>): string {
  const { voices, segments, chapters } = event;
  if (voices.enroll + segments.synthesize + chapters.master === 0 && event.bind) {
    return 'To do: bind the book from the chapters in the store. The service is not called.';
  }
  if (voices.enroll + segments.synthesize + chapters.master === 0) {
    return `Nothing to do: all ${counted(segments.total, 'segment')} and ${counted(chapters.total, 'chapter')} are in the store. The service is not called.`;
  }
  return (
    `To do: enroll ${counted(voices.enroll, 'voice')}, speak ${grouped(segments.synthesize)} of ${counted(segments.total, 'segment')}` +
    ` (${counted(event.billedCharacters, 'billed character')}), master ${grouped(chapters.master)} of ${counted(chapters.total, 'chapter')}.`
  );
}

/** An event of an earlier version has no line number. */
function lineOf({ number, chapter, ordinal }: { number?: string; chapter: number; ordinal: number }): string {
  return number === undefined ? `chapter ${chapter}, segment ${ordinal}` : `line ${number}`;
}
