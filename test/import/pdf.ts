/** PDFs that the tests write themselves: plain objects, words at places. */

/** Words at a place, in points from the left and the bottom of a page of 400 × 600. */
export interface PdfWords {
  x: number;
  y: number;
  text: string;
  /** Default: 10. */
  size?: number;
  /** `ligatures`: "{" is ﬁ. `unknown`: the file does not say which letters its signs are. Default: `plain`. */
  font?: 'plain' | 'bold' | 'ligatures' | 'unknown';
  /** Number of the element that they are in; "artifact" for none. */
  tag?: number | 'artifact';
}

export interface PdfParts {
  pages: (readonly PdfWords[])[];
  /** Elements of the text in the order in which they are read: role, and number of the page and words. */
  tags?: { role: string; page: number; tag: number }[];
  bookmarks?: { title: string; page: number }[];
  info?: Record<string, string>;
  /** Of the trailer, such as `/Encrypt 9 0 R`. */
  trailer?: string;
  /** Pages that are a picture. */
  pictures?: number[];
}

const FONTS = {
  plain: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  bold: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>',
  ligatures:
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[123/fi]>>>>',
  unknown:
    '<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Own/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Own/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500/FontDescriptor<</Type/FontDescriptor/FontName/ABCDEF+Own/Flags 4/FontBBox[0 0 500 500]/ItalicAngle 0/Ascent 500/Descent 0/CapHeight 500/StemV 50>>>>]>>',
};

export function pdf(parts: PdfParts): Uint8Array {
  const objects: string[] = ['', ''];
  const add = (body: string): number => objects.push(body);
  const fonts = Object.entries(FONTS).map(([name, font]) => `/${name} ${add(font)} 0 R`);
  const picture = add(
    '<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\n0\nendstream',
  );
  const pages = parts.pages.map((words, index) => {
    const drawn = (parts.pictures?.includes(index) ? '/Im Do\n' : '') + words.map(drawnWords).join('\n');
    const content = add(`<</Length ${drawn.length}>>\nstream\n${drawn}\nendstream`);
    return add(
      `<</Type/Page/Parent 1 0 R/MediaBox[0 0 400 600]/Contents ${content} 0 R/StructParents ${index}/Resources<</Font<<${fonts.join('')}>>/XObject<</Im ${picture} 0 R>>>>>>`,
    );
  });
  objects[0] = `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((page) => `${page} 0 R`).join(' ')}]>>`;
  const tree = parts.tags && tagTree(parts.tags, { pages, add });
  const outline = parts.bookmarks && bookmarkList(parts.bookmarks, { pages, add });
  objects[1] = `<</Type/Catalog/Pages 1 0 R/Lang(en)${tree ? `/MarkInfo<</Marked true>>/StructTreeRoot ${tree} 0 R` : ''}${outline ? `/Outlines ${outline} 0 R` : ''}>>`;
  const info = Object.entries(parts.info ?? {}).map(([name, value]) => `/${name}(${value})`);
  const root = `/Root 2 0 R/Info ${add(`<<${info.join('')}>>`)} 0 R${parts.trailer ?? ''}`;
  return written(objects, root);
}

function drawnWords({ x, y, text, size = 10, font = 'plain', tag }: PdfWords): string {
  const bytes = font === 'unknown' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(winAnsi(text), 'latin1');
  const drawn = `BT /${font} ${size} Tf 1 0 0 1 ${x} ${y} Tm <${bytes.toString('hex')}> Tj ET`;
  if (tag === undefined) return drawn;
  return `${tag === 'artifact' ? '/Artifact BMC' : `/P <</MCID ${tag}>> BDC`} ${drawn} EMC`;
}

function winAnsi(text: string): string {
  return text.replace(/[“”’—…]/g, (one) => ({ '“': '\x93', '”': '\x94', '’': '\x92', '—': '\x97', '…': '\x85' })[one]!);
}

type Adding = { pages: readonly number[]; add: (body: string) => number };

function tagTree(tags: NonNullable<PdfParts['tags']>, { pages, add }: Adding): number {
  const elements = tags.map(({ role, page, tag }) =>
    add(`<</Type/StructElem/S/${role}/Pg ${pages[page]} 0 R/K ${tag}>>`),
  );
  const parents = pages.map((_, page) => {
    const of = tags.flatMap(({ page: on, tag }, index) => (on === page ? [{ tag, element: elements[index]! }] : []));
    const list = of.sort((a, b) => a.tag - b.tag).map(({ element }) => `${element} 0 R`);
    return `${page}[${list.join(' ')}]`;
  });
  const root = elements.map((element) => `${element} 0 R`).join(' ');
  return add(`<</Type/StructTreeRoot/K[${root}]/ParentTree<</Nums[${parents.join(' ')}]>>>>`);
}

function bookmarkList(bookmarks: NonNullable<PdfParts['bookmarks']>, { pages, add }: Adding): number {
  const first = add('');
  const numbers = bookmarks.map((_, index) => first + 1 + index);
  for (const [index, { title, page }] of bookmarks.entries()) {
    const next = numbers[index + 1] === undefined ? '' : `/Next ${numbers[index + 1]} 0 R`;
    add(`<</Title(${title})/Parent ${first} 0 R/Dest[${pages[page]} 0 R/Fit]${next}>>`);
  }
  const root = add(`<</Type/Outlines/First ${numbers[0]} 0 R/Last ${numbers.at(-1)} 0 R/Count ${numbers.length}>>`);
  return root;
}

function written(objects: readonly string[], root: string): Uint8Array {
  let file = '%PDF-1.7\n';
  const offsets = objects.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body || '<<>>'}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1}${root}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** Lines of a page from the top, `pitch` points apart; each may begin farther in or be larger. */
export function lines(
  texts: readonly (string | Omit<PdfWords, 'x' | 'y'>)[],
  { x = 50, top = 540, pitch = 12 } = {},
): PdfWords[] {
  return texts.map((line, index) => {
    const words = typeof line === 'string' ? { text: line } : line;
    const indent = /^ */.exec(words.text)![0].length;
    return { ...words, text: words.text.trimStart(), x: x + indent * 5, y: top - index * pitch };
  });
}
