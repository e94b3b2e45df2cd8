/** What is known of the fonts of a PDF: whether it says which letters their signs are. */
import { openPdf } from './pdf-library.ts';

/** Where a font is used first: the number of the page, and the index among the items of its text. */
export interface FontUse {
  number: number;
  index: number;
}

/** By the name of a font, what the first page that uses it says. A page that cannot be read says nothing. */
export async function fontsOf(
  bytes: Uint8Array,
  firstUses: ReadonlyMap<string, FontUse>,
): Promise<Record<string, { name: string; isWithoutLetters: boolean }>> {
  const fonts: Record<string, { name: string; isWithoutLetters: boolean }> = {};
  const opened = await openPdf(new Uint8Array(bytes), { forFonts: true });
  if ('failure' in opened) return fonts;
  try {
    for (const number of new Set([...firstUses.values()].map((use) => use.number))) {
      const page = await opened.document.getPage(number);
      await page.getOperatorList().catch(() => undefined);
      const { items } = await page.getTextContent({ includeMarkedContent: true });
      for (const [font, { number: first, index }] of firstUses) {
        const item = items[index];
        // The same font may have another name here.
        if (first !== number || item === undefined || !('str' in item) || !page.commonObjs.has(item.fontName)) continue;
        const { name = '', toUnicode } = page.commonObjs.get(item.fontName) as { name?: string; toUnicode?: object };
        // The library's map for a font with numbers of its own: every number stands for itself.
        fonts[font] = { name, isWithoutLetters: toUnicode !== undefined && 'firstChar' in toUnicode };
      }
      page.cleanup();
    }
  } finally {
    await opened.close();
  }
  return fonts;
}
