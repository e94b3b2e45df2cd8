/**
 * Large values that pass between threads in small pieces, so that neither thread stands still while it copies one. Long lists
 * are cut; a long text is sent once, however many parts of the value hold it.
 */

/** A value without its long lists and texts; in their places are bigints, which our values do not have. */
export interface Frame {
  value: unknown;
  texts: string[];
  /** Number of long lists. */
  lists: number;
}

/** Some items of long lists, in order. */
export type Piece = { list: number; items: unknown[] }[];

/** A list or text up to this length is part of the frame. */
const SHORT = 1_000;
/** Items of one piece; copying them takes a few milliseconds. */
const ITEMS = 2_000;

/** Takes a value apart. It consists of plain objects, arrays, maps and bytes, without circles; functions are left out. */
export function takeApart(value: unknown): { frame: Frame; pieces: Generator<Piece> } {
  const lists: unknown[][] = [];
  const texts = new Map<string, number>();
  const seen = new Map<object, unknown>();
  const frame = { value: apart(value), texts: [...texts.keys()], lists: lists.length };
  return { frame, pieces: piecesOf(lists) };

  function apart(part: unknown): unknown {
    if (typeof part === 'string') return part.length > SHORT ? BigInt(textNumber(part)) : part;
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part;
    if (!seen.has(part)) seen.set(part, copyOf(part));
    return seen.get(part);
  }

  function textNumber(text: string): number {
    const known = texts.get(text) ?? texts.size;
    texts.set(text, known);
    return known;
  }

  function copyOf(part: object): unknown {
    if (part instanceof Map) return new Map([...part].map(([key, of]) => [key, apart(of)]));
    if (!Array.isArray(part))
      return Object.fromEntries(
        Object.entries(part).flatMap(([key, of]) => (typeof of === 'function' ? [] : [[key, apart(of)]])),
      );
    const items = part.map(apart);
    if (items.length <= SHORT) return items;
    // From -1, as 0 is a text.
    return BigInt(-lists.push(items));
  }
}

function* piecesOf(lists: readonly unknown[][]): Generator<Piece> {
  let piece: Piece = [];
  let room = ITEMS;
  for (const [list, all] of lists.entries()) {
    for (let from = 0; from < all.length; ) {
      const items = all.slice(from, from + room);
      piece.push({ list, items });
      from += items.length;
      room -= items.length;
      if (room > 0) continue;
      yield piece;
      piece = [];
      room = ITEMS;
    }
  }
  if (piece.length > 0) yield piece;
}

/** Puts a value together that was taken apart: `add` every piece, in order, before `value` is used. */
export function putTogether({ value, texts, lists: count }: Frame): { value: unknown; add(piece: Piece): void } {
  const lists = Array.from({ length: count }, (): unknown[] => []);
  const seen = new Set<object>();
  return {
    value: together(value),
    add: (piece) => {
      for (const { list, items } of piece) for (const item of items) lists[list]!.push(together(item));
    },
  };

  function together(part: unknown): unknown {
    if (typeof part === 'bigint') return part < 0n ? lists[Number(-part) - 1] : texts[Number(part)];
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part) || seen.has(part)) return part;
    seen.add(part);
    if (part instanceof Map) for (const [key, of] of part) part.set(key, together(of));
    else
      for (const [key, of] of Object.entries(part))
        if (typeof of === 'bigint' || typeof of === 'object') (part as Record<string, unknown>)[key] = together(of);
    return part;
  }
}
