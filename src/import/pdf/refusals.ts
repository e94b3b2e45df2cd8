/** Why a PDF is not read, and what to do. Pure. */
import type { ImportProblem } from '../imported.ts';

const OTHER_SOURCE = 'Use the EPUB or the manuscript of the author.';

/** A PDF that its owner protects. */
export function protectedPdf(how: 'password' | 'copy' | 'drm'): ImportProblem {
  if (how === 'drm')
    return {
      code: 'unknown-format',
      message: 'This PDF is protected by DRM.',
      fix: 'Ask the publisher for a copy without protection.',
    };
  const message =
    how === 'password'
      ? 'This PDF is protected by a password.'
      : 'This PDF is protected: its owner does not allow its text to be copied.';
  return { code: 'unknown-format', message, fix: OTHER_SOURCE };
}

/** A PDF of pictures. */
export function scannedPdf(): ImportProblem {
  return {
    code: 'unknown-format',
    message: 'This PDF is a scan: its pages are pictures, without letters.',
    fix: 'Use the EPUB, or run text recognition (OCR), correct the result, and save it as .docx.',
  };
}

/** A PDF that cannot be opened. */
export function damagedPdf(reason: string): ImportProblem {
  const message = `This PDF is damaged: ${reason.replace(/\s+/g, ' ').slice(0, 200)}`;
  return { code: 'pdf-damaged', message, fix: 'Copy or download the file again, or export it again.' };
}

/** What is wrong with pages: a sentence each, without its page. */
export interface PageFault {
  /** Index from 0. */
  page: number;
  reason: string;
}

/** A PDF with pages that cannot be read for certain. */
export function unreadablePages(faults: readonly PageFault[], pageCount: number): ImportProblem {
  const first = faults[0]!;
  const others = [...new Set(faults.map(({ page }) => page))].filter((page) => page !== first.page);
  const also = others.length === 0 ? '' : ` The same goes for pages ${rangesOf(others)}.`;
  const bad = new Set(faults.map(({ page }) => page));
  const good = Array.from({ length: pageCount }, (_, page) => page).filter((page) => !bad.has(page));
  const pages = rangesOf(good);
  const rest = pages === '' || pages.endsWith('…') ? '' : ` To import the other pages only: --pages ${pages}`;
  return {
    code: 'pdf-order-unknown',
    message: `Page ${first.page + 1} cannot be read for certain: ${first.reason}.${also}`,
    fix: `Use the EPUB or the manuscript of the author, or open the PDF in Word, correct the result, and save it as .docx.${rest}`,
  };
}

/** `1-3,7` for indexes from 0. */
export function rangesOf(pages: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const page of pages) {
    const last = ranges.at(-1);
    if (last !== undefined && page === last[1] + 1) last[1] = page;
    else ranges.push([page, page]);
  }
  const shown = ranges
    .slice(0, MOST_RANGES)
    .map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}-${to + 1}`));
  return shown.join(',') + (ranges.length > MOST_RANGES ? ',…' : '');
}

const MOST_RANGES = 20;
