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
export function nameFinder(names: Iterable<string>, isSpaced: boolean): (text: string) => FoundName[] {
  const root: Branch = { next: new Map() };
  for (const name of names) if (name !== '') addName(root, name);
  if (root.next.size === 0) return () => [];
  return (text) => {
    const found: FoundName[] = [];
    for (let at = 0; at < text.length; ) {
      const first = root.next.get(text.charAt(at));
      // Nearly no letter begins a name.
      const name =
        first === undefined || (isSpaced && isLetterBefore(text, at))
          ? undefined
          : longestAt(first, text, at, isSpaced);
      if (name !== undefined) found.push({ name, start: at, end: at + name.length });
      at += name?.length ?? 1;
    }
    return found;
  };
}

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
