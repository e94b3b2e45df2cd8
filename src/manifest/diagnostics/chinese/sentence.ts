/** A sentence of the program in two languages, and how it is recognized in a text. Pure. */

/**
 * A sentence in English and in Chinese. `«name»` stands for what the sentence quotes, which stays as it is; `‹name›` for
 * words of the program, which have a Chinese text of their own in a table of phrases.
 */
export type Sentence = readonly [english: string, chinese: string];

/** What stands in a sentence, by name. */
export type Values = Readonly<Record<string, string>>;

/** A sentence with its fixed parts apart. */
export interface Pattern {
  /** The fixed parts, one more than there are names. */
  fixed: readonly string[];
  names: readonly { name: string; isPhrase: boolean }[];
  chinese: string;
}

const HOLE = /«(\w+)»|‹(\w+)›/g;

/** Prepares a sentence. */
export function patternOf([english, chinese]: Sentence): Pattern {
  const names = [...english.matchAll(HOLE)].map(([, quoted, phrase]) => ({
    name: (quoted ?? phrase)!,
    isPhrase: phrase !== undefined,
  }));
  return { fixed: english.split(/[«‹]\w+[»›]/), names, chinese };
}

/** The values of a text that has this form; undefined for another text. In linear time: a text quotes what its author wrote. */
export function valuesIn(text: string, { fixed, names }: Pattern): Values | undefined {
  const [first = '', ...others] = fixed;
  if (!text.startsWith(first)) return undefined;
  if (others.length === 0) return text === first ? {} : undefined;
  const values: Record<string, string> = {};
  let at = first.length;
  for (const [index, part] of others.entries()) {
    const isLast = index === others.length - 1;
    const end = isLast ? text.length - part.length : text.indexOf(part, at);
    if (end < at || !text.startsWith(part, end)) return undefined;
    values[names[index]!.name] = text.slice(at, end);
    at = end + part.length;
  }
  return values;
}

/** The Chinese sentence with its values; a value that it does not name is left out. */
export function filled(chinese: string, values: Values): string {
  return chinese.replace(HOLE, (_, quoted?: string, phrase?: string) => values[(quoted ?? phrase)!] ?? '');
}
