/** Where markup ends in the middle of something, as browsers read it: what follows is on no page. Pure. */

/** The end of a text that is in a comment, a tag or an element such as a script that nothing closes. */
export interface OpenEnd {
  /** Where it begins in the text. */
  from: number;
  /** Why it is not read, in the singular. */
  reason: string;
  /** Its line, from 1. */
  line: number;
}

/** Elements in which nothing is markup (HTML, 13.2.6.4). */
const RAW = /^(?:script|style|title|textarea|iframe|xmp|noembed|noframes)$/;

/** Finds it; undefined when everything is closed, or nothing readable follows. Linear. */
export function openEndOf(text: string): OpenEnd | undefined {
  const lastCdata = text.lastIndexOf(']]>');
  let at = text.indexOf('<');
  while (at >= 0) {
    const next = text.slice(at + 1, at + 4);
    const end =
      at < lastCdata && text.startsWith('<![CDATA[', at) ? text.indexOf(']]>', at) + 3 : endOf(text, at, next);
    if (end < 0) return openEnd(text, at, /^(?:[!?]|\/[^a-z])/i.test(next) ? 'comment' : 'tag');
    const name = /^[a-z]/i.test(next) ? nameAt(text, at) : '';
    if (RAW.test(name) && text[end - 2] !== '/') {
      const close = closeOf(text, end, name);
      if (close < 0) return openEnd(text, end, `<${name}>`);
      at = close;
    } else at = text.indexOf('<', end);
  }
  return undefined;
}

/** What a browser reads as a comment up to the next `>`, when it is none. */
const BOGUS = /^(?:[!?]|\/[^a-z])/i;

/** The place after what begins here; -1 when it never ends. */
function endOf(text: string, at: number, next: string): number {
  if (next === '!--') return endOfComment(text, at + 4);
  if (BOGUS.test(next)) return after(text, '>', at);
  return /^\/?[a-z]/i.test(next) ? endOfTag(text, at) : at + 1;
}

function endOfComment(text: string, from: number): number {
  const abrupt = /^-?>/.exec(text.slice(from, from + 2));
  if (abrupt) return from + abrupt[0].length;
  const end = /--!?>/g;
  end.lastIndex = from;
  return end.test(text) ? end.lastIndex : -1;
}

/** A quote begins a value only after `=`. */
function endOfTag(text: string, at: number): number {
  const step = /=\s*(["'])?|>/g;
  step.lastIndex = at;
  for (let found = step.exec(text); found !== null; found = step.exec(text)) {
    if (found[0] === '>') return step.lastIndex;
    if (found[1] === undefined) continue;
    const end = after(text, found[1], step.lastIndex);
    if (end < 0) return -1;
    step.lastIndex = end;
  }
  return -1;
}

function after(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at < 0 ? -1 : at + sign.length;
}

function nameAt(text: string, at: number): string {
  return /^[a-z][^\s/>]{0,20}/i.exec(text.slice(at + 1, at + 22))![0].toLowerCase();
}

function closeOf(text: string, from: number, name: string): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  close.lastIndex = from;
  return close.exec(text)?.index ?? -1;
}

function openEnd(text: string, from: number, what: string): OpenEnd | undefined {
  const rest = text.slice(from);
  // A file that is cut off in the name of a tag.
  if (!/[\p{L}\p{N}]/u.test(rest) || (what === 'tag' && /^\S*$/.test(rest))) return undefined;
  return { from, reason: `text in a ${what} that is never closed`, line: text.slice(0, from).split('\n').length };
}
