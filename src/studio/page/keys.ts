/** What each key does. Keys belong to what has the focus first: a text that is typed, a list, a button reached with Tab. */
import { attributionCommand, undoNaming } from './attribution-keys.ts';
import { hasTool } from './line/tools.tsx';
import { changeSpeed, pause, seek, spokenLine, timeMs } from './sound/player.ts';
import { chooseTake, decide, hearInContext, hearTake, putBack, undo } from './state/decide.ts';
import { nextUnheard } from './state/next-unheard.ts';
import { openLine, openNumber, openTool, setTool, step, type Tool, walkedLines } from './state/open.ts';
import { goTo, route } from './state/route.ts';
import { lineOf, takes } from './state/studio.ts';
import { chapterShown, playOrToggle } from './views/player-bar.tsx';

/** How far an arrow goes, in milliseconds. */
const SEEK_MS = 2_000;

/** What a key needs of the page. */
export interface KeysOf {
  showHelp: () => void;
}

/** Listens to keys; once for a page. */
export function listenToKeys({ showHelp }: KeysOf): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return leave(event);
    if (isTyping(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      void (route.value.at === 'attributions' ? undoNaming() : undo());
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const run = commandOf(event, showHelp);
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}

function commandOf(event: KeyboardEvent, showHelp: () => void): (() => void) | undefined {
  if (route.value.at === 'attributions') {
    if (event.key === '?') return showHelp;
    return isReachedByKeys(event.target) && event.key === ' ' ? undefined : attributionCommand(event);
  }
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit !== undefined) return () => take(Number(digit), event.shiftKey);
  if ((event.key === ' ' || event.key === 'Enter') && isReachedByKeys(event.target)) return undefined;
  if (/^Arrow/.test(event.key) && event.target instanceof HTMLInputElement) return undefined;
  const number = openNumber();
  const line = number === undefined ? undefined : lineOf(number);
  const onLine = (run: (of: NonNullable<typeof line>) => void) => (line === undefined ? undefined : () => run(line));
  const tool = (name: Tool) => onLine((of) => hasTool(of, name) && setTool(openTool.value === name ? undefined : name));
  const commands: Record<string, (() => void) | undefined> = {
    j: () => step(1),
    arrowdown: () => step(1),
    k: () => step(-1),
    arrowup: () => step(-1),
    ' ': () => spaceBar(number),
    arrowleft: () => seek(timeMs.value - SEEK_MS),
    arrowright: () => seek(timeMs.value + SEEK_MS),
    '[': () => changeSpeed(-1),
    ']': () => changeSpeed(1),
    l: onLine((of) => void hearInContext(of.number)),
    o: () =>
      openLine(number === undefined ? (spokenLine.value ?? walkedLines()[0]?.number) : undefined, { scroll: true }),
    r: tool('again'),
    e: tool('words'),
    s: tool('say'),
    c: tool('comment'),
    a: onLine((of) => void decide(of, { approved: of.approved ? null : true })),
    b: onLine((of) => void putBack(of)),
    n: () => void nextUnheard(),
    q: () => goTo({ at: 'suspects' }),
    '?': showHelp,
  };
  return commands[event.key.toLowerCase()];
}

/** In the queue, Space hears the open line from its beginning once it was heard. */
function spaceBar(number: string | undefined): void {
  const audio = document.querySelector('audio');
  if (route.value.at === 'suspects' && number !== undefined && audio?.paused !== false) void hearInContext(number);
  else playOrToggle(chapterShown());
}

function take(wanted: number, onlyHear: boolean): void {
  const number = openNumber();
  const line = number === undefined ? undefined : lineOf(number);
  const found = number === undefined ? undefined : takes.value.get(number)?.find((one) => one.number === wanted);
  if (line === undefined || found === undefined) return;
  hearTake(line.number, found);
  if (!onlyHear && !found.chosen) void chooseTake(line, wanted);
}

/** Escape closes the innermost thing that is open. */
function leave(event: KeyboardEvent): void {
  if (openTool.value !== undefined) setTool(undefined);
  else if (openNumber() !== undefined && route.value.at === 'chapter') openLine(undefined);
  else pause();
  if (event.target instanceof HTMLElement) event.target.blur();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['range', 'radio', 'checkbox', 'file'].includes(target.type);
  return target.matches('textarea, select, [contenteditable]');
}

/** A button that was clicked keeps the focus, but Space is for the player then; one reached with Tab is to be pressed. */
function isReachedByKeys(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('button, a, summary, input, label') &&
    target.matches(':focus-visible')
  );
}
