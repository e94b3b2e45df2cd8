import type { Archive } from './archive.ts';
import type { ImportedBook } from './imported.ts';
import { attribute, elementsOf, parseMarkup } from './markup.ts';

/** Largest picture inside an SVG or a page that is looked at. */
const MOST_MARKUP = 32 * 1024 * 1024;

/**
 * The cover picture: PNG or JPEG as it is; of an SVG or a page the picture that is in it, which is said in `notes`.
 */
export function coverOf(archive: Archive, path: string | undefined, notes: string[]): ImportedBook['cover'] {
  if (path === undefined) return undefined;
  const bytes = archive.bytes(path);
  if (!bytes) return undefined;
  const ending = endingOf(bytes);
  if (ending) return { bytes, ending };
  const inner = bytes.length <= MOST_MARKUP ? embedded(archive.text(path) ?? '') : undefined;
  if (inner) {
    notes.push(`The cover "${path}" is a drawing; only the picture in it was taken, without its lettering.`);
    return inner;
  }
  notes.push(`The cover "${path}" is neither PNG nor JPEG, so the manifest has none.`);
  return undefined;
}

function embedded(svg: string): ImportedBook['cover'] {
  for (const image of elementsOf(parseMarkup(svg), 'image', 'img')) {
    const href = attribute(image, 'xlink:href') || attribute(image, 'href') || attribute(image, 'src');
    const data = /^data:image\/(?:png|jpe?g);base64,/.exec(href);
    if (!data) continue;
    const bytes = Buffer.from(href.slice(data[0].length), 'base64');
    const ending = endingOf(bytes);
    if (ending) return { bytes, ending };
  }
  return undefined;
}

function endingOf(bytes: Uint8Array): 'png' | 'jpg' | undefined {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (head === '\u0089PNG\r\n\u001a\n') return 'png';
  return head.startsWith('\u00ff\u00d8\u00ff') ? 'jpg' : undefined;
}
