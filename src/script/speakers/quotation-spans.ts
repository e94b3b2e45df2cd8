/** Finds quotations by their marks, outermost first, also single ones and those that go on in the next paragraph. Pure. */

/** A quotation: from its opening mark to just after its closing one, or to the end of the paragraph. */
export interface QuotationSpan {
  start: number;
  end: number;
  mark: string;
  /** It has no closing mark in this paragraph: it goes on in the next. */
  isOpen: boolean;
}

const CLOSERS: Readonly<Record<string, string>> = {
  '“': '”',
  '„': '“”"',
  '‟': '”',
  '"': '"',
  '«': '»',
  '»': '«',
  '‹': '›',
  '›': '‹',
  '‚': '‘’',
  '「': '」',
  '『': '』',
  '﹁': '﹂',
  '＂': '＂',
};
/** No quotation inside a paragraph is longer; a search ends here, so that time stays linear. */
const LONGEST_QUOTATION = 20_000;
/** After so many marks without a partner, a paragraph is not text. */
const MOST_FAILURES = 50;

/**
 * The quotations of a paragraph. `single`: the book's dialogue is in single quotation marks, so these count too. `goesOn`:
 * the mark of a quotation that the paragraph before left open.
 */
export function quotationSpans(
  text: string,
  { single, goesOn }: { single: boolean; goesOn?: string | undefined },
): QuotationSpan[] {
  const found: QuotationSpan[] = [];
  const low = text.indexOf('„');
  const closerOf = singleClosers(text);
  let failures = 0;
  let at = 0;
  if (goesOn !== undefined) {
    const rest = continuation(text, goesOn, closerOf);
    if (rest) {
      found.push(rest);
      at = rest.end;
    }
  }
  while (failures < MOST_FAILURES) {
    at = nextMark(text, at);
    if (at < 0) break;
    const mark = openerAt(text, at, { single, isInLow: low >= 0 && low < at });
    if (mark === undefined) {
      at++;
      continue;
    }
    const end = isSingle(mark) ? closerOf(at + 1) : endOf(text, at, mark);
    if (end !== undefined) {
      found.push({ start: at, end, mark, isOpen: false });
      at = end;
      continue;
    }
    failures++;
    // Without its partner it is dialogue that goes on in the next paragraph, if a sentence begins there; or a typo.
    if (mayGoOn(text, at, mark)) {
      found.push({ start: at, end: text.length, mark, isOpen: true });
      break;
    }
    at++;
  }
  return found;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Whether a mark is one of the single ones, which look like apostrophes. */
export function isSingle(mark: string): boolean {
  return mark === '‘' || mark === "'";
}

/** A paragraph that continues a quotation begins with its mark again, or its closing mark comes before any opening one. */
function continuation(
  text: string,
  mark: string,
  closerOf: (from: number) => number | undefined,
): QuotationSpan | undefined {
  const first = text.search(/\S/);
  if (first < 0) return undefined;
  const again = text[first] === mark || (mark === '«' && text[first] === '»') || (mark === '„' && text[first] === '“');
  const from = first + (again ? 1 : 0);
  const end = isSingle(mark) ? closerOf(from) : closerFrom(text, from, mark);
  if (end !== undefined && (again || !/[“„«「『"]/.test(text.slice(from, end - 1))))
    return { start: first, end, mark, isOpen: false };
  return again ? { start: first, end: text.length, mark, isOpen: true } : undefined;
}

/** The next sign that may open a quotation; -1: none. */
function nextMark(text: string, from: number): number {
  MARK.lastIndex = from;
  return MARK.test(text) ? MARK.lastIndex - 1 : -1;
}

const MARK = new RegExp(`[${Object.keys(CLOSERS).join('')}‘']`, 'g');

/** `isInLow`: a „ stands before. */
function openerAt(
  text: string,
  at: number,
  { single, isInLow }: { single: boolean; isInLow: boolean },
): string | undefined {
  const mark = text[at]!;
  const before = text[at - 1] ?? ' ';
  const after = text[at + 1] ?? ' ';
  if (mark === '»' || mark === '›') return opensBetween(before, after) ? mark : undefined;
  if (mark === '“') return isInLow && /[\p{L}\p{N}.!?…,]/u.test(before) ? undefined : mark;
  if (mark === '‘' || mark === "'") return single && opensSingle(text, at, before, after) ? mark : undefined;
  if (mark === '‚') return /[\s([„»«—–]/.test(before) && /\S/.test(after) ? mark : undefined;
  return CLOSERS[mark] === undefined ? undefined : mark;
}

function opensBetween(before: string, after: string): boolean {
  return /[\s(—–:-]/.test(before) && /[\p{L}\p{N}¿¡….]/u.test(after);
}

/** Elisions such as ’tis, which typesetters often turn the wrong way. */
const ELISION = /^['‘](?:tis|twas|twere|twill|twould|em|cause|til|till|bout|n|neath|gainst|\d0s?)(?![\p{L}])/iu;

function opensSingle(text: string, at: number, before: string, after: string): boolean {
  if (!/[\s(—–：，。！？”」-]/.test(before) || !/[\p{L}\p{N}“"….—–¿¡]/u.test(after)) return false;
  return !ELISION.test(text.slice(at, at + 8)) || (at === 0 && CLOSED.test(text.slice(0, LONGEST_ELIDED)));
}

const LONGEST_ELIDED = 2_000;
/** ’Tis late,’ said Tom: one mark both opens and elides, if the next one that is no apostrophe closes. */
const CLOSED = /^['‘](?:[^'’‘]|(?<=\p{L})['’](?=\p{L}))*[,.!?…—–]['’](?=[\s.,;—–]|$)/u;

/**
 * Where a single quotation that begins at an index ends: a closing mark follows the end of a clause; one behind a letter is an
 * apostrophe, if another one follows. The marks are looked for once, whatever is asked, and indexes are asked in their order.
 */
function singleClosers(text: string): (from: number) => number | undefined {
  let marks: { strong: number[]; weak: number[]; stop: number[] } | undefined;
  const next = (list: number[], from: number, most: number): number => {
    while (list.length > 0 && list.at(-1)! < from) list.pop();
    const at = list.at(-1) ?? Number.POSITIVE_INFINITY;
    return at < most ? at : Number.POSITIVE_INFINITY;
  };
  return (from) => {
    marks ??= closingMarks(text);
    const most = from + LONGEST_QUOTATION;
    const [strong, weak, stop] = [marks.strong, marks.weak, marks.stop].map((list) => next(list, from, most)) as [
      number,
      number,
      number,
    ];
    if (strong < most && strong <= stop) return strong + 1;
    return weak < most && weak <= stop ? weak + 1 : undefined;
  };
}

/** Single marks that may close, the last one first: behind the end of a clause, behind a letter, and before the next quotation. */
function closingMarks(text: string): { strong: number[]; weak: number[]; stop: number[] } {
  const marks = { strong: [] as number[], weak: [] as number[], stop: [] as number[] };
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] !== '’' && text[at] !== "'") continue;
    const after = text[at + 1] ?? ' ';
    // Scripts without spaces have no apostrophes.
    if (/[\p{L}\p{N}]/u.test(after) && !UNSPACED.test(after)) continue;
    if (/[.!?…,;:—–”"。，！？；：-]/.test(text[at - 1] ?? '')) marks.strong.push(at);
    // ‘the dogs’ bowls’: the last one before another quotation begins.
    else if (/\p{L}/u.test(text[at - 1] ?? '')) marks.weak.push(at);
    if (/^[’']\s[‘']/.test(text.slice(at, at + 3))) marks.stop.push(at);
  }
  return marks;
}

function endOf(text: string, open: number, mark: string): number | undefined {
  return closerFrom(text, open + 1, mark);
}

/** The closing mark, past quotations within of the same kind; the first one if these do not come out even. */
function closerFrom(text: string, from: number, mark: string): number | undefined {
  const closers = CLOSERS[mark] ?? '"';
  const last = Math.min(text.length, from + LONGEST_QUOTATION);
  const nests = mark !== '"' && mark !== '„' && mark !== '‚' && mark !== '＂' && mark !== '»' && mark !== '›';
  let depth = 1;
  let first: number | undefined;
  for (let at = from; at < last; at++) {
    const character = text[at]!;
    if (nests && character === mark) depth++;
    else if (closers.includes(character)) {
      first ??= at + 1;
      if (--depth === 0) return at + 1;
    }
  }
  return first;
}

function mayGoOn(text: string, at: number, mark: string): boolean {
  const before = text.slice(Math.max(0, at - 3), at);
  const startsClause = at === 0 || /(?:^|[.!?…,:：，。—–-])\s*$/.test(before);
  if (!startsClause) return false;
  if (isSingle(mark)) return at === 0 && text.length > 80;
  return /[\p{L}\p{N}]/u.test(text.slice(at + 1, at + 400));
}
