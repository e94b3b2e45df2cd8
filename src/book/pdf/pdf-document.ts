/**
 * Reads a PDF with pdfjs-dist, an optional package: words, places, tags, bookmarks and properties. Nothing of a page is drawn or
 * run. Runs in the thread that imports manuscripts, which bounds its time and memory.
 */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import type { ImportProblem } from '../../import/imported.ts';
import type { PdfBookmark, PdfDocument, PdfFont, PdfItem, PdfPage } from '../../import/pdf/document.ts';
import { pdfFacts } from '../../import/pdf/facts.ts';
import { damagedPdf, protectedPdf } from '../../import/pdf/refusals.ts';
import { type FontUse, fontsOf } from './pdf-fonts.ts';
import { openPdf } from './pdf-library.ts';
import { tagsOf } from './pdf-tags.ts';

/** Reads it all. Throws `ERR_MODULE_NOT_FOUND` without the package; what is wrong with the file is a problem. */
export async function readPdfDocument(bytes: Uint8Array): Promise<{ pdf: PdfDocument } | { problem: ImportProblem }> {
  // The library takes the memory of what it is given.
  const opened = await openPdf(new Uint8Array(bytes));
  if ('failure' in opened)
    return { problem: opened.failure === 'password' ? protectedPdf('password') : damagedPdf(opened.failure) };
  const { document } = opened;
  try {
    if (forbidsCopies(await document.getPermissions())) return { problem: protectedPdf('copy') };
    const pages: PdfPage[] = [];
    const firstUses = new Map<string, FontUse>();
    const verticals = new Set<string>();
    for (let number = 1; number <= document.numPages; number++)
      pages.push(await readPage(document, number, { firstUses, verticals }));
    const metadata = await document.getMetadata().catch(() => undefined);
    const facts = pdfFacts(metadata?.info ?? {}, (name) => metadata?.metadata?.get(name) as unknown);
    const outline = await outlineOf(document);
    const known = await fontsOf(bytes, firstUses);
    const fonts = Object.fromEntries(
      [...firstUses.keys()].map((font): [string, PdfFont] => [
        font,
        { ...(known[font] ?? { name: '', isWithoutLetters: false }), isVertical: verticals.has(font) },
      ]),
    );
    // The dictionary of a picture is never compressed (PDF 1.7, 7.5.7).
    const hasPictures = /\/Subtype\s{0,4}\/Image\b/.test(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
    );
    return { pdf: { pages, outline, fonts, facts, hasPictures } };
  } catch (error) {
    return { problem: damagedPdf(String(error)) };
  } finally {
    await opened.close();
  }
}

/** Flags of PDF 1.7, table 22: copying text, and copying it for people who cannot see. */
const COPY = [0x10, 0x200];

function forbidsCopies(permissions: readonly number[] | null): boolean {
  return permissions !== null && !COPY.some((flag) => permissions.includes(flag));
}

async function readPage(
  document: PDFDocumentProxy,
  number: number,
  { firstUses, verticals }: { firstUses: Map<string, FontUse>; verticals: Set<string> },
): Promise<PdfPage> {
  let page: PDFPageProxy | undefined;
  try {
    page = await document.getPage(number);
    const { width, height, transform } = page.getViewport({ scale: 1 });
    const { items, styles } = await page.getTextContent({ includeMarkedContent: true });
    for (const [name, style] of Object.entries(styles)) if (style.vertical) verticals.add(name);
    for (const [index, item] of items.entries())
      if ('str' in item && item.str.trim() !== '' && !firstUses.has(item.fontName))
        firstUses.set(item.fontName, { number, index });
    const tags = tagsOf(await page.getStructTree().catch(() => null));
    return { width, height, items: itemsOf(items, transform as Matrix), ...(tags && { tags }) };
  } catch (error) {
    return { width: 0, height: 0, items: [], failure: String(error) };
  } finally {
    page?.cleanup();
  }
}

type Matrix = [number, number, number, number, number, number];
type RawItem = Awaited<ReturnType<PDFPageProxy['getTextContent']>>['items'][number];

function itemsOf(raw: readonly RawItem[], view: Matrix): PdfItem[] {
  const items: PdfItem[] = [];
  const open: { content?: string; isArtifact: boolean }[] = [];
  for (const one of raw) {
    if (!('str' in one)) {
      if (one.type === 'endMarkedContent') open.pop();
      else
        open.push({
          ...(one.id && { content: one.id }),
          isArtifact: (one as { tag?: string }).tag === 'Artifact',
        });
      continue;
    }
    if (one.str === '') continue;
    const [a, b, c, d, x, y] = multiply(view, one.transform as Matrix);
    const content = open.findLast((mark) => mark.content !== undefined)?.content;
    items.push({
      ...{ text: one.str, x, y, width: one.width, size: Math.hypot(c, d), font: one.fontName },
      ...(Math.abs(b) > Math.abs(a) * 0.02 || a <= 0 ? { isTurned: true as const } : {}),
      ...(content !== undefined && { content }),
      ...(open.some(({ isArtifact }) => isArtifact) && { isArtifact: true as const }),
    });
  }
  return items;
}

function multiply([a, b, c, d, e, f]: Matrix, [p, q, r, s, t, u]: Matrix): Matrix {
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

type RawOutline = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>;
/** More bookmarks are no chapters. */
const MOST_BOOKMARKS = 5_000;
const DEEPEST = 6;

async function outlineOf(document: PDFDocumentProxy): Promise<PdfBookmark[]> {
  const bookmarks: PdfBookmark[] = [];
  await add((await document.getOutline().catch(() => null)) ?? [], 1);
  return bookmarks;

  async function add(entries: RawOutline, level: number): Promise<void> {
    for (const { title, dest, items } of entries) {
      if (bookmarks.length >= MOST_BOOKMARKS) return;
      const page = await pageOf(dest).catch(() => undefined);
      if (page !== undefined) bookmarks.push({ title, level, page });
      if (level < DEEPEST) await add(items, level + 1);
    }
  }

  async function pageOf(dest: string | unknown[] | null): Promise<number | undefined> {
    const [target] = (typeof dest === 'string' ? await document.getDestination(dest) : dest) ?? [];
    if (typeof target === 'number') return target;
    return target ? document.getPageIndex(target as Parameters<PDFDocumentProxy['getPageIndex']>[0]) : undefined;
  }
}
