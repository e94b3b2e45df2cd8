import type { ImportedBook } from '../imported.ts';
import { attribute, elementsOf, parseMarkup } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';

/** Largest SVG or page that is searched for an image. */
const MOST_MARKUP = 32 * 1024 * 1024;

/**
 * The cover image: a PNG or JPEG unchanged; for an SVG or a page the image embedded in it, reported in `notes`.
 */
export function coverOf(archive: Archive, path: string | undefined, notes: string[]): ImportedBook['cover'] {
  if (path === undefined) return undefined;
  const bytes = archive.bytes(path);
  if (!bytes) return undefined;
  const extension = imageExtension(bytes);
  if (extension) return { bytes, extension };
  const inner = bytes.length <= MOST_MARKUP ? embedded(archive.text(path) ?? '') : undefined;
  if (inner) {
    notes.push(`The cover "${path}" is a drawing; only the image in it was used, without its text.`);
    return inner;
  }
  notes.push(`The cover "${path}" is neither PNG nor JPEG, so the manifest has no cover.`);
  return undefined;
}

function embedded(svg: string): ImportedBook['cover'] {
  for (const image of elementsOf(parseMarkup(svg), 'image', 'img')) {
    const href = attribute(image, 'xlink:href') || attribute(image, 'href') || attribute(image, 'src');
    const data = /^data:image\/(?:png|jpe?g);base64,/.exec(href);
    if (!data) continue;
    const bytes = Buffer.from(href.slice(data[0].length), 'base64');
    const extension = imageExtension(bytes);
    if (extension) return { bytes, extension };
  }
  return undefined;
}

function imageExtension(bytes: Uint8Array): 'png' | 'jpg' | undefined {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (head === '\u0089PNG\r\n\u001a\n') return 'png';
  return head.startsWith('\u00ff\u00d8\u00ff') ? 'jpg' : undefined;
}
