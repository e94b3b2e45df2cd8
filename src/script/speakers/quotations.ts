/** A quotation: from its opening mark to just after its closing one. */
export interface Quotation {
  start: number;
  end: number;
}

const PAIRS: Readonly<Record<string, string>> = { '“': '”', '„': '“”', '«': '»', '»': '«', '「': '」', '『': '』' };
/** A mark without its partner within this distance is a typo, or dialogue that continues in the next paragraph. */
const LONGEST_QUOTATION = 5000;

/** The outermost quotations of a text, in order. Ignores single quotes, which look like apostrophes. */
export function quotationsIn(text: string): Quotation[] {
  const found: Quotation[] = [];
  let open: { at: number; closers: string } | undefined;
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (open && (open.closers.includes(character) || at - open.at > LONGEST_QUOTATION)) {
      if (open.closers.includes(character)) found.push({ start: open.at, end: at + 1 });
      // Beyond the limit the mark is ignored; the text before is not searched again, so that time stays linear.
      open = undefined;
    } else if (!open && (character === '"' || PAIRS[character] !== undefined)) {
      open = { at, closers: PAIRS[character] ?? '"' };
    }
    at++;
  }
  return found;
}
