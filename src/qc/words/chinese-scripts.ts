/** Traditional and simplified characters of Chinese: one word in two scripts, and a recogniser writes only one of them. Pure. */

/** The rows and columns of the characters in use of GB 2312 (simplified) and Big5 (traditional). */
const SIMPLIFIED = { encoding: 'gbk', lead: [0xb0, 0xf7], trails: [[0xa1, 0xfe]] } as const;
const TRADITIONAL = {
  encoding: 'big5',
  lead: [0xa4, 0xf9],
  trails: [
    [0x40, 0x7e],
    [0xa1, 0xfe],
  ],
} as const;
/** Stands for any character that the other script writes otherwise. */
const IN_BOTH = '〇';
/** Fewer characters of one script alone are chance: each has some of the other. */
const LEAST_SHARE = 0.1;

let scripts: { simplified: ReadonlySet<string>; traditional: ReadonlySet<string> } | undefined;

/**
 * Two texts in which characters that only one script has are alike, when one of them is traditional and the other simplified;
 * otherwise the texts as they are.
 */
export function inOneScript(one: readonly string[], other: readonly string[]): [readonly string[], readonly string[]] {
  if (!one.some(isHan) || !other.some(isHan)) return [one, other];
  const [a, b] = [scriptOf(one), scriptOf(other)];
  if (a === undefined || b === undefined || a === b) return [one, other];
  return [joined(one, a), joined(other, b)];
}

type Script = 'simplified' | 'traditional';

function scriptOf(letters: readonly string[]): Script | undefined {
  const count = (script: Script) => letters.filter((letter) => isOnly(letter, script)).length;
  const [simplified, traditional] = [count('simplified'), count('traditional')];
  if (Math.max(simplified, traditional) < LEAST_SHARE * letters.filter(isHan).length) return undefined;
  return simplified > traditional ? 'simplified' : 'traditional';
}

function joined(letters: readonly string[], script: Script): string[] {
  return letters.map((letter) => (isOnly(letter, script) ? IN_BOTH : letter));
}

function isOnly(letter: string, script: Script): boolean {
  // Made once: the tables of both encodings take some milliseconds.
  scripts ??= { simplified: charactersOf(SIMPLIFIED), traditional: charactersOf(TRADITIONAL) };
  const other = script === 'simplified' ? 'traditional' : 'simplified';
  return scripts[script].has(letter) && !scripts[other].has(letter);
}

function charactersOf({ encoding, lead, trails }: typeof SIMPLIFIED | typeof TRADITIONAL): Set<string> {
  const bytes: number[] = [];
  for (let first: number = lead[0]; first <= lead[1]; first++)
    for (const [from, to] of trails) for (let second: number = from; second <= to; second++) bytes.push(first, second);
  return new Set(new TextDecoder(encoding).decode(Uint8Array.from(bytes)));
}

function isHan(letter: string): boolean {
  return /\p{Script=Han}/u.test(letter);
}
