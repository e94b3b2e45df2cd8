/** Parts of crafted manuscripts. */
import { strToU8, zipSync } from 'fflate';

/** The body of a page that links to the style sheet `s.css`. */
export function page(body: string): string {
  return `<link rel="stylesheet" href="s.css"/>${body}`;
}

const NAMESPACE = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** A Word file. */
export function wordFile({ body, styles }: { body: string; styles: string }): { name: string; bytes: Uint8Array } {
  const relation = (type: string, target: string): string =>
    `<Relationships xmlns="${RELATIONS}"><Relationship Id="r" Type="${OFFICE}/${type}" Target="${target}"/></Relationships>`;
  const files = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': relation('officeDocument', 'word/document.xml'),
    'word/_rels/document.xml.rels': relation('styles', 'styles.xml'),
    'word/document.xml': `<w:document xmlns:w="${NAMESPACE}"><w:body>${body}</w:body></w:document>`,
    'word/styles.xml': `<w:styles xmlns:w="${NAMESPACE}">${styles}</w:styles>`,
  };
  const packed = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  return { name: 'a.docx', bytes: packed };
}
