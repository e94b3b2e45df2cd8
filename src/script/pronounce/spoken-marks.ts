/** Brackets, tags and other markup in a line's text, which an engine reads as it likes. Pure. */

/** What a mark is. */
export type MarkKind = 'bracket' | 'tag' | 'emphasis' | 'note' | 'address' | 'markup';

/** A mark, by its range in the text. */
export interface SpokenMark {
  kind: MarkKind;
  start: number;
  end: number;
}

/** Any character that a mark has. Most lines have none. */
const ANY = /[[\]{}【】［］｛｝<>*＊※_`~†‡\\|#&@¹²³⁰-⁹①-⑳]|:\/\/|www\./iu;

// Every part is bounded, so that a text of only brackets takes linear time. What matches first goes first.
const MARK = new RegExp(
  [
    String.raw`(?<address>(?<![\p{L}\p{N}@.])(?:(?:https?|ftp):\/\/|www\.)[^\s<>"”’)\]}】，。]{1,200}[^\s<>"”’)\]}】，。.,;:!?]|(?<![\w.+-])[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4})`,
    String.raw`(?<link>\[[^[\]]{1,200}\]\([^()\s]{0,200}\))`,
    String.raw`(?<note>\[(?:\^[^[\]]{1,20}|\d{1,4}|[*†‡]{1,3})\]|\((?:[*†‡]{1,3})\)|[†‡]{1,4}|(?<=\p{L}{3}|\p{Script=Han}|[.,;:!?…"”’»」）)])(?:[¹²³⁰-⁹]{1,4}|[①-⑳])(?![\p{L}\p{N}]))`,
    String.raw`(?<bracket>\[[^[\]【】［］]{0,200}\]|【[^[\]【】［］]{0,200}】|［[^[\]【】［］]{0,200}］|\$?\{\{?[^{}]{0,200}\}?\}|｛[^｛｝]{0,200}｝|[[\]【】［］{}｛｝])`,
    '(?<tag><!--.{0,200}?-->|<[/?!]?[A-Za-z][^<>]{0,300}>)',
    String.raw`(?<emphasis>(?<run>\*{1,3}|~~|\x60{1,3}|(?<![\p{L}\p{N}_])_{1,3})(?=[^\s*_~\x60])[^*_~\x60]{1,300}?(?<=\S)\k<run>(?![\p{L}\p{N}_]))`,
    String.raw`(?<star>\*{1,20}|[＊※]{1,20}\d{0,3})`,
    String.raw`(?<markup>&(?:#\w{1,8}|[A-Za-z]{2,10});|\\[A-Za-z]{0,20}|[\x60|]{1,20}|~~|^(?:#{1,6}|>) )`,
  ].join('|'),
  'gu',
);

/** Finds the marks of a text, in order. A range is the whole mark, such as `[laughs]`, or one sign without its partner. */
export function marksIn(text: string): SpokenMark[] {
  if (!ANY.test(text)) return [];
  return Array.from(text.matchAll(MARK), ({ 0: mark, index: start, groups = {} }) => ({
    kind: kindOf(groups),
    start,
    end: start + mark.length,
  }));
}

function kindOf(groups: Record<string, string | undefined>): MarkKind {
  if (groups['star'] !== undefined) return 'note';
  const kinds = ['address', 'note', 'bracket', 'tag', 'emphasis'] as const;
  return kinds.find((kind) => groups[kind] !== undefined) ?? 'markup';
}
