/** EPUBs that the tests write themselves. */
import { strToU8, zipSync } from 'fflate';

export interface EpubParts {
  version?: 2 | 3;
  /** Spine documents: name in the archive (below OEBPS/) → body. */
  documents: Record<string, string>;
  /** Inner part of the nav's `ol`, or the ncx's navMap. */
  contents?: string;
  /** Attributes of the `body` of a document. */
  bodyAttributes?: Record<string, string>;
  language?: string;
  guide?: string;
  files?: Record<string, Uint8Array | string>;
  coverItem?: string;
}

export const PNG = new Uint8Array(
  Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64'),
);

export function epub(parts: EpubParts): Uint8Array {
  const {
    version = 3,
    documents,
    contents,
    bodyAttributes = {},
    language = 'en',
    guide = '',
    files = {},
    coverItem = '',
  } = parts;
  const names = Object.keys(documents);
  const items = names.map(
    (name, index) => `<item id="d${index}" href="${encodeURI(name)}" media-type="application/xhtml+xml"/>`,
  );
  if (contents !== undefined)
    items.push(
      version === 3
        ? '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        : '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
    );
  const opf = `<?xml version="1.0"?><package version="${version}.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:title>The Test</dc:title><dc:creator>A. Writer</dc:creator><dc:language>${language}</dc:language>
    <meta name="cover" content="cover"/></metadata><manifest>${items.join('')}${coverItem}</manifest>
    <spine>${names.map((_, index) => `<itemref idref="d${index}"/>`).join('')}</spine><guide>${guide}</guide></package>`;
  const archive: Record<string, Uint8Array> = {
    mimetype: strToU8('application/epub+zip'),
    'META-INF/container.xml': strToU8(
      '<container><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    ),
    'OEBPS/content.opf': strToU8(opf),
  };
  for (const [name, body] of Object.entries(documents))
    archive[`OEBPS/${name}`] = strToU8(
      `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x.js"/></head><body ${bodyAttributes[name] ?? ''}>${body}</body></html>`,
    );
  if (contents !== undefined && version === 3)
    archive['OEBPS/nav.xhtml'] = strToU8(`<html><body><nav epub:type="toc"><ol>${contents}</ol></nav></body></html>`);
  if (contents !== undefined && version === 2)
    archive['OEBPS/toc.ncx'] = strToU8(`<ncx><navMap>${contents}</navMap></ncx>`);
  for (const [name, content] of Object.entries(files))
    archive[name] = typeof content === 'string' ? strToU8(content) : content;
  return zipSync(archive);
}

/** A Word document of paragraphs: its XML between `<w:body>` and `</w:body>`. */
export function docx(body: string, files: Record<string, string> = {}): Uint8Array {
  const archive: Record<string, Uint8Array> = {
    'word/document.xml': strToU8(`<?xml version="1.0"?><w:document><w:body>${body}</w:body></w:document>`),
  };
  for (const [name, content] of Object.entries(files)) archive[name] = strToU8(content);
  return zipSync(archive);
}

/** An OpenDocument text: its XML between `<office:text>` and `</office:text>`, and automatic styles. */
export function odt(body: string, files: Record<string, string> = {}, styles = ''): Uint8Array {
  const names = ['office', 'text', 'style', 'meta'].map((name) => `xmlns:${name}="${ODF}${name}:1.0"`);
  const spaces = `${names.join(' ')} xmlns:draw="${ODF}drawing:1.0" xmlns:svg="${ODF}svg-compatible:1.0"`;
  const content = `<office:document-content ${spaces}><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:text>${body}</office:text></office:body></office:document-content>`;
  const archive: Record<string, Uint8Array> = {
    mimetype: strToU8('application/vnd.oasis.opendocument.text'),
    'content.xml': strToU8(`<?xml version="1.0"?>${content}`),
  };
  for (const [name, text] of Object.entries(files))
    archive[name] = strToU8(text.replace('<SPACES', `<office:document ${spaces}`));
  return zipSync(archive);
}

const ODF = 'urn:oasis:names:tc:opendocument:xmlns:';
