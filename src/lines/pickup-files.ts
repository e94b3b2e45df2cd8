/**
 * A pickup list as files: CSV for a spreadsheet, labels for Audacity, regions for Reaper. Everything in it was written by
 * others, so a spreadsheet must never take a cell for a formula. Pure.
 */

/** A line that somebody should hear, or record again. */
export interface PickupItem {
  /** `3:37`; `3` for a note about the chapter. */
  number: string;
  chapter: number;
  /** Empty for a note about the chapter. */
  character: string;
  /** Part of the chapter, from 1; absent: it is in one piece. */
  part?: number;
  /** In the finished chapter, or in its part. */
  startSeconds: number;
  endSeconds: number;
  /** What a recogniser heard; absent where none did, or where it heard what should be. */
  said?: string;
  /** The author's words. */
  shouldBe: string;
  /** What the checks found, what people wrote and decided. */
  notes: string[];
  /** Address where it is heard. */
  link: string;
}

const COLUMNS = ['chapter', 'line', 'time', 'said', 'should be', 'note', 'link', 'speaker', 'part'] as const;
/** By this Excel knows that a file is UTF-8. */
const BYTE_ORDER_MARK = '\u{FEFF}';
/** Without it a spreadsheet takes `12:187` for a time, and shows `15:07:00`. */
const AS_TEXT = '\u{A0}';

/** The list as CSV (RFC 4180) in UTF-8 with a byte order mark. */
export function pickupCsv(items: readonly PickupItem[]): string {
  const rows = items.map((item) => [
    String(item.chapter),
    `${AS_TEXT}${item.number}`,
    clockTime(item.startSeconds, 0),
    safeCell(item.said ?? ''),
    safeCell(item.shouldBe),
    safeCell(item.notes.join(' · ')),
    safeCell(item.link),
    safeCell(item.character),
    item.part === undefined ? '' : String(item.part),
  ]);
  return BYTE_ORDER_MARK + [COLUMNS, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** Labels for Audacity (File › Import › Labels) of a chapter, or of a part of it. */
export function pickupLabels(items: readonly PickupItem[]): string {
  return items
    .map(({ startSeconds, endSeconds, ...item }) =>
      [startSeconds.toFixed(6), endSeconds.toFixed(6), labelOf(item)].join('\t').concat('\n'),
    )
    .join('');
}

/** Regions for Reaper (Region/Marker Manager › Import) of a chapter, or of a part of it; the ruler shows minutes and seconds. */
export function pickupRegions(items: readonly PickupItem[]): string {
  const rows = items.map(({ startSeconds, endSeconds, ...item }, index) => [
    `R${index + 1}`,
    quoted(safeCell(labelOf(item))),
    clockTime(startSeconds, 3),
    clockTime(endSeconds, 3),
    clockTime(endSeconds - startSeconds, 3),
  ]);
  return [['#', 'Name', 'Start', 'End', 'Length'], ...rows].map((row) => `${row.join(',')}\n`).join('');
}

function labelOf({ number, character, notes }: Pick<PickupItem, 'number' | 'character' | 'notes'>): string {
  return oneLine([number, character, notes.join(' · ')].filter((part) => part !== '').join(' '));
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

/** One line of text. One that a spreadsheet would calculate begins with an apostrophe, which makes it text. */
function safeCell(text: string): string {
  const line = oneLine(text);
  // Also the wide forms of a Chinese keyboard, and behind spaces, which a spreadsheet removes.
  return /^\p{Zs}*[=+\-@＝＋－＠]/u.test(line) ? `'${line}` : line;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** `0:03:27` without decimals, `3:27.400` with them and below an hour. Truncated: whoever goes there hears the beginning. */
function clockTime(seconds: number, decimals: number): string {
  const scale = 10 ** decimals;
  const all = Math.floor(Math.max(0, seconds) * scale + 1e-6);
  const two = (of: number): string => String(of).padStart(2, '0');
  const whole = Math.floor(all / scale);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const head = hours > 0 || decimals === 0 ? `${hours}:${two(minutes)}` : String(minutes);
  const fraction = decimals === 0 ? '' : `.${String(all % scale).padStart(decimals, '0')}`;
  return `${head}:${two(whole % 60)}${fraction}`;
}
