/** Finds front and back matter, which is not read aloud unless the editor asks for it. */

/** Types that are part of the work wherever they are (EPUB 3 structural semantics; EPUB 2 guide types). */
const READ_TYPES = new Set(
  'chapter part volume subchapter division text preface foreword introduction preamble prologue epilogue afterword conclusion bodymatter'.split(
    ' ',
  ),
);
/** Types that belong to the printed book. */
const OMITTED_TYPES = new Set(
  (
    'frontmatter backmatter cover titlepage title-page halftitlepage halftitle fulltitle copyright-page imprint imprimatur colophon ' +
    'toc landmarks loi loa lot lov page-list index glossary bibliography acknowledgments acknowledgements contributors other-credits ' +
    'errata seriespage dedication epigraph credits notes endnotes footnotes rearnotes appendix toc-brief titles answers qna'
  ).split(' '),
);
/** Titles of such pages, for documents without a type. */
const OMITTED_TITLES =
  /^(?:cover(?: page)?|title ?-?page|half ?-?title(?: ?page)?|(?:table of )?contents|copyright(?: (?:page|notice|information))?|un ?copyright|imprint|colophon|dedication|index|about the (?:author|publisher)s?|about this (?:book|ebook)|also by .{1,60}|by the same author|praise for .{1,80}|acknowledge?ments|newsletter(?: sign-?up)?|(?:the )?(?:full )?project gutenberg(?:[’']s|-tm|™)? licen[cs]e|transcriber[’']s notes?|endnotes|footnotes|封面|目录|目錄|版权(?:页|信息)?|版權頁?|扉页|目次|奥付|inhalt(?:sverzeichnis)?|impressum|widmung|table des matières|sommaire|couverture|índice|cubierta|portada|sumário|capa|indice|copertina|оглавление|содержание|обложка|표지|목차|차례|판권|daftar isi|sampul)$/iu;

/** Whether something of these types is part of the work wherever it stands. */
export function isReadType(types: readonly string[]): boolean {
  return types.some((type) => READ_TYPES.has(type) && type !== 'bodymatter');
}

/** Why a document is left out, for a note; undefined when it is read. */
export function omissionReason({ types, title }: { types: readonly string[]; title: string }): string | undefined {
  if (isReadType(types)) return undefined;
  const print = types.find((type) => OMITTED_TYPES.has(type) && !/^(?:front|back)matter$/.test(type));
  if (print !== undefined) return `marked as ${print}`;
  if (types.includes('bodymatter')) return undefined;
  const matter = types.find((type) => OMITTED_TYPES.has(type));
  if (matter !== undefined) return `marked as ${matter}`;
  return OMITTED_TITLES.test(title.trim()) ? 'because of its title' : undefined;
}
