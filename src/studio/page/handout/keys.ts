/** What each key does in the page. Keys belong to what has the focus first: a text that is typed, a button reached with Tab. */
import { changeSpeed, pause, play, seconds, seek, toggle } from './player.ts';
import { chooseTake, decide, isApproved, line, step, takeOf } from './state.ts';

const SEEK_SECONDS = 2;

/** What a key needs of the page. */
interface KeysOf {
  showHelp: () => void;
  save: () => void;
  writeComment: () => void;
}

/** What has the focus because it was clicked. */
let clicked: Element | null = null;

/** Listens to keys; once for a page. */
export function listenToKeys(of: KeysOf): void {
  addEventListener('click', ({ target, detail }) => {
    if (detail > 0 && target instanceof Element) clicked = target.closest('button, a, input');
  });
  addEventListener('focusout', () => {
    clicked = null;
  });
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    const { target } = event;
    const isTyping = target instanceof HTMLElement && target.matches('textarea, input[type=text]');
    if (event.key === 'Escape' && isTyping) return target.blur();
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === ' ' || event.key === 'Enter') && isReachedByKeys(target)) return;
    if (/^Arrow/.test(event.key) && target instanceof HTMLInputElement) return;
    const run = commandOf(event, of);
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}

function commandOf(event: KeyboardEvent, { showHelp, save, writeComment }: KeysOf): (() => void) | undefined {
  const shown = line.value;
  const digit = Number(/^Digit([1-9])$/.exec(event.code)?.[1] ?? 0);
  const clip = shown?.clips.find(({ take }) => take === (digit || takeOf(shown)));
  if (digit > 0) {
    if (shown === undefined || clip === undefined) return undefined;
    return () => {
      if (!event.shiftKey) chooseTake(shown, digit);
      play(clip);
    };
  }
  const moved = (by: number): void => {
    pause();
    step(by);
  };
  const commands: Record<string, (() => void) | undefined> = {
    j: () => moved(1),
    arrowdown: () => moved(1),
    k: () => moved(-1),
    arrowup: () => moved(-1),
    ' ': clip && (() => toggle(clip)),
    arrowleft: clip && (() => seek(clip, seconds.value - SEEK_SECONDS)),
    arrowright: clip && (() => seek(clip, seconds.value + SEEK_SECONDS)),
    '[': () => changeSpeed(-1),
    ']': () => changeSpeed(1),
    c: writeComment,
    a: shown && (() => decide(shown, { approved: isApproved(shown) ? undefined : true })),
    s: save,
    '?': showHelp,
  };
  return commands[event.key.toLowerCase()];
}

/** A button that was clicked keeps the focus, but Space is for the sound then; one reached with Tab is to be pressed. */
function isReachedByKeys(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('button, a, input') && target !== clicked;
}
