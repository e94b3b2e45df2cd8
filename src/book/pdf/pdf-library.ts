/** Opens PDFs with pdfjs-dist, which is loaded only here. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFDocumentProxy } from 'pdfjs-dist';

/** An open document, or why it cannot be opened: `password`, or what the library says. */
export type OpenedPdf = { document: PDFDocumentProxy; close: () => Promise<void> } | { failure: string };

/**
 * Opens one; the bytes are gone afterwards. Without `forFonts`, a page with a fault in what it draws is a failure of the page:
 * the rest of it would be lost. Throws `ERR_MODULE_NOT_FOUND` without the package.
 */
export async function openPdf(data: Uint8Array, { forFonts = false } = {}): Promise<OpenedPdf> {
  const { getDocument } = await load();
  const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const task = getDocument({
    ...{ data, verbosity: 0, stopAtErrors: !forFonts, fontExtraProperties: forFonts },
    ...{ isEvalSupported: false, enableXfa: false, disableFontFace: true, useSystemFonts: false },
    // No picture is needed.
    ...{ maxImageSize: forFonts ? 1 : -1, useWorkerFetch: false, useWasm: false },
    ...{ cMapUrl: `${join(folder, 'cmaps')}/`, cMapPacked: true },
    standardFontDataUrl: `${join(folder, 'standard_fonts')}/`,
  });
  try {
    const document = await task.promise;
    return { document, close: () => task.destroy() };
  } catch (error) {
    await task.destroy().catch(() => undefined);
    const { name, message } = error as Error;
    return { failure: name === 'PasswordException' ? 'password' : message };
  }
}

type Library = typeof import('pdfjs-dist');
let library: Promise<Library> | undefined;

function load(): Promise<Library> {
  library ??= (async () => {
    // It asks for them when it is loaded, and uses them only to draw.
    for (const name of ['DOMMatrix', 'ImageData', 'Path2D'])
      Reflect.set(globalThis, name, Reflect.get(globalThis, name) ?? class {});
    const { warn } = console;
    // It says that the package which draws is not there.
    console.warn = () => undefined;
    try {
      return (await import('pdfjs-dist/legacy/build/pdf.mjs')) as Library;
    } finally {
      console.warn = warn;
    }
  })();
  return library;
}
