/**
 * The fields before the text of a Markdown or text file, which are about it and no part of it: YAML (`---`), TOML (`+++`), JSON
 * (`;;;` or a group alone), the header of Org mode or AsciiDoc, Pandoc's title block, lines such as `Title: …`. Pure.
 */
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { headerLines } from './header-lines.ts';

/** What stands before the text. */
export interface FrontMatter {
  /** Offset behind it. */
  end: number;
  /** Values by name, in lower case; of any type, as the format gives them. */
  fields: Record<string, unknown>;
  /** The file has markup that a text has not: how headings begin is known, and a person is told. */
  markup?: 'Org mode' | 'AsciiDoc';
}

/** Why it is left out. */
export const FRONT_MATTER = 'front matter';

const LONGEST = 20_000;

/**
 * Finds the front matter of a text. What cannot be parsed, or has no field that a book has, is text: in a Markdown file any field
 * counts, since there the signs alone say what it is.
 */
export function frontMatterOf(text: string, { isMarkdown }: { isMarkdown: boolean }): FrontMatter | undefined {
  const from = /^\ufeff?(?:[ \t]*(?:\r\n|\n|\r))*/.exec(text.slice(0, LONGEST))![0].length;
  const head = text.slice(from, from + LONGEST);
  const found: Found | undefined = fenced(head) ?? jsonGroup(head) ?? headerLines(head, { isMarkdown });
  if (found === undefined) return undefined;
  const fields = Object.fromEntries(Object.entries(found.fields).map(([name, value]) => [name.toLowerCase(), value]));
  const isSure = isMarkdown && found.isFenced === true && Object.keys(fields).length > 0;
  if (!isSure && !Object.keys(fields).some((name) => KNOWN.has(name))) return undefined;
  return { end: from + found.end, fields, ...(found.markup && { markup: found.markup }) };
}

type Found = Pick<FrontMatter, 'end' | 'fields' | 'markup'> & { isFenced?: true };

const FENCES: readonly [opening: RegExp, closing: RegExp, parse: (block: string) => unknown][] = [
  [
    /^---[ \t]*(?:\r\n|\n|\r)/,
    /^(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$)/gm,
    (block) => parseYaml(block, { schema: 'failsafe', maxAliasCount: 10, logLevel: 'error' }),
  ],
  [/^\+\+\+[ \t]*(?:\r\n|\n|\r)/, /^\+\+\+[ \t]*(?:\r\n|\n|\r|$)/gm, (block) => parseToml(block)],
  [/^;;;[ \t]*(?:\r\n|\n|\r)/, /^;;;[ \t]*(?:\r\n|\n|\r|$)/gm, (block) => JSON.parse(block)],
];

function fenced(head: string): Found | undefined {
  for (const [opening, closing, parse] of FENCES) {
    const begin = opening.exec(head)?.[0].length;
    if (begin === undefined) continue;
    // Some programs write the braces of a group in the lines between `;;;`, others only what is in it.
    closing.lastIndex = begin;
    const end = closing.exec(head);
    const block = end === null ? '' : head.slice(begin, end.index);
    const fields = end === null ? undefined : (parsed(() => parse(block)) ?? looseFields(block));
    return fields === undefined ? undefined : { end: end!.index + end![0].length, fields, isFenced: true };
  }
  return undefined;
}

/** Fields of a block that is damaged, as by a colon in a title without quotes: all lines must look like fields. */
function looseFields(block: string): Record<string, unknown> | undefined {
  const lines = block.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const all = lines.map((line) => /^["']?([\w-]{1,60})["']?[ \t]*[:=][ \t]*["']?(.*?)["']?,?[ \t]*$/.exec(line));
  const areFields = lines.every((line, at) => all[at] !== null || /^(?:[ \t]+\S|- |[#[\]{}])/.test(line));
  if (!areFields || all[0] == null) return undefined;
  return Object.fromEntries(
    all.flatMap((field) => (field && !/^[[{]/.test(field[2]!) ? [[field[1]!, field[2]!]] : [])),
  );
}

/** A group of JSON that begins the file, as Hugo has it: up to the first line that ends it. */
function jsonGroup(head: string): Found | undefined {
  if (!/^\{\s*"/.test(head)) return undefined;
  let tries = 0;
  for (const { index } of head.matchAll(/\}[ \t]*(?=[\r\n]|$)/g)) {
    if (++tries > MOST_TRIES) return undefined;
    const fields = parsed(() => JSON.parse(head.slice(0, index + 1)));
    if (fields !== undefined) return { end: index + 1, fields, isFenced: true };
  }
  return undefined;
}

/** Groups in a group end at such a line, too. */
const MOST_TRIES = 40;

function parsed(parse: () => unknown): Record<string, unknown> | undefined {
  try {
    const value = parse();
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Fields that programs for texts write. */
const KNOWN: ReadonlySet<string> = new Set(
  [
    'title subtitle author authors creator date lang language publisher description abstract summary rights copyright isbn',
    'identifier series volume draft slug tags categories keywords layout weight type status permalink cover series-number',
  ]
    .join(' ')
    .split(' '),
);
