/** Finds many names in a text, in time that does not grow with how many they are. Pure. */

/** A name in a text. */
export interface FoundName {
  name: string;
  start: number;
  end: number;
}

interface Branch {
  next: Map<string, Branch>;
  /** A name ends here. */
  name?: string;
}

/**
 * A finder of names, from left to right, of several at one place the longest; they do not overlap.
 *
 * @param isSpaced a name is a word of its own; false for languages without spaces, where it may be any part of the text
 */
export function nameFinder(names: Iterable<string>, isSpaced: boolean): (text: string) => readonly FoundName[] {
  const root: Branch = { next: new Map() };
  for (const name of names) if (name !== '') addName(root, name);
  if (root.next.size === 0) return () => NOTHING;
  const begins = new Uint8Array(0x1_00_00);
  for (const first of root.next.keys()) begins[first.charCodeAt(0)] = 1;
  return (text) => {
    let found: FoundName[] | undefined;
    for (let at = 0; at < text.length; at++) {
      // Nearly no letter begins a name.
      if (begins[text.charCodeAt(at)] === 0 || (isSpaced && isLetterBefore(text, at))) continue;
      const name = longestAt(root.next.get(text.charAt(at))!, text, at, isSpaced);
      if (name === undefined) continue;
      found ??= [];
      found.push({ name, start: at, end: at + name.length });
      at += name.length - 1;
    }
    return found ?? NOTHING;
  };
}

const NOTHING: readonly FoundName[] = [];

function addName(root: Branch, name: string): void {
  let branch = root;
  for (let at = 0; at < name.length; at++) {
    const sign = name.charAt(at);
    let next = branch.next.get(sign);
    if (next === undefined) {
      next = { next: new Map() };
      branch.next.set(sign, next);
    }
    branch = next;
  }
  branch.name = name;
}

function longestAt(first: Branch, text: string, start: number, isSpaced: boolean): string | undefined {
  let longest: string | undefined;
  let branch: Branch | undefined = first;
  for (let at = start + 1; branch !== undefined; at++) {
    if (branch.name !== undefined && !(isSpaced && isLetterAt(text, at))) longest = branch.name;
    branch = branch.next.get(text.charAt(at));
  }
  return longest;
}

const LETTER = /^\p{L}/u;
const LAST_LETTER = /\p{L}$/u;

function isLetterAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 0x80 ? isAsciiLetter(code) : LETTER.test(text.slice(at, at + 2));
}

function isLetterBefore(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1);
  return at > 0 && (code < 0x80 ? isAsciiLetter(code) : LAST_LETTER.test(text.slice(Math.max(0, at - 2), at)));
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
