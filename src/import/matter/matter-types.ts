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
const OMITTED_TITLES = new RegExp(
  `^(?:${[
    'cover(?: page)?|title ?-?page|half ?-?title(?: ?page)?|(?:table of )?contents|copyright(?: (?:page|notice|information))?|un ?copyright|imprint|colophon|dedication|index|credits|permissions',
    'about the (?:author|publisher|illustrator|translator|editor|type|typeface)s?|about this (?:book|ebook|edition)|a note (?:on|about) the (?:type|typeface|author|text)|note on the (?:type|typeface)|meet the author',
    '(?:also|other (?:books|works|titles|novels)|more(?: books)?|books|novels|works|titles)(?: available)? (?:by|from) .{1,80}|by the same author|other titles|further reading|also available.{0,60}|more from .{1,60}',
    '(?:advance |early |critical |more )?praise(?: for .{1,80})?|acclaim for .{1,80}|what (?:readers|critics|people) are saying.{0,60}',
    'acknowledge?ments?|newsletter(?: sign-?up)?|sign up.{0,60}|stay in touch|follow (?:us|me|the author).{0,60}',
    "(?:reading|readers?[’']?s?|book ?club|discussion)(?: group)?(?: club)? (?:guide|questions|discussion)|(?:discussion questions|questions for discussion)|(?:topics|questions) (?:and questions )?for discussion|(?:an interview|a conversation) with the author|q ?(?:&|and) ?a(?: with .{1,80})?",
    "(?:an )?(?:extended |special )?(?:(?:excerpt|extract|preview|sneak peek|sample)(?: chapter)? (?:from|of) .{1,80}|excerpt|preview|sneak peek)|(?:read on|keep reading|turn the page|coming soon|don[’']t miss).{0,80}",
    "(?:the )?(?:full )?project gutenberg(?:[’']s|-tm|™)? licen[cs]e|transcriber[’']s notes?",
    '(?:foot|end)?notes|bibliography|(?:select(?:ed)? )?bibliography|works cited|references|glossary|list of (?:figures|tables|illustrations|maps|characters)|(?:illustrations?|picture|photo(?:graph)?) credits',
    '封面|目录|目錄|版权(?:页|信息|声明)?|版權頁?|扉页|书名页|出版(?:信息|说明)|参考文献|索引|注释|註釋|作者简介|作者簡介|关于作者|關於作者|致谢|致謝|鸣谢|献词|獻詞|封底|目次|奥付|表紙|献辞|謝辞|著作権(?:表示)?|著者(?:紹介|略歴|について)',
    'inhalt(?:sverzeichnis)?|impressum|widmung|danksagung|über (?:den autor|die autorin|das buch)|anmerkungen|endnoten|fußnoten|glossar|literatur(?:verzeichnis)?|register|leseprobe.{0,60}|titelseite|urheberrecht|stichwortverzeichnis|bildnachweise?|abbildungsverzeichnis|abkürzungsverzeichnis|quellen(?:verzeichnis|nachweis)|vom selben autor|von derselben autorin|weitere (?:bücher|romane) von .{1,80}|lob für .{1,80}',
    "table des matières|sommaire|couverture|page de titre|du même auteur|remerciements|notes de bas de page|bibliographie|glossaire|mentions légales|dédicace|à propos de l[’']aut(?:eur|rice)|de la même autrice|droits d[’']auteur|autres (?:livres|romans) de .{1,80}",
    'índice|cubierta|portada|créditos|agradecimientos|notas|bibliografía|glosario|sobre (?:el|la) autora?|dedicatoria|del mismo autor|de la misma autora|acerca (?:del autor|de la autora)|derechos de autor|página de (?:créditos|derechos)|otr[oa]s (?:libros|novelas|obras) de .{1,80}',
    'sumário|capa|folha de rosto|ficha catalográfica|agradecimentos|sobre (?:o autor|a autora)|dedicatória|direitos autorais|do mesmo autor|da mesma autora|outros livros de .{1,80}|bibliografia|glossário|notas de rodapé',
    "indice|copertina|frontespizio|ringraziamenti|l[’']autore|note a piè di pagina|colophon|dello stesso autore|della stessa autrice|dedica|sull[’']autore|sull[’']autrice|diritti d[’']autore|altri (?:libri|romanzi) di .{1,80}",
    'оглавление|содержание|обложка|титульный лист|благодарности|об авторе|примечания|сноски|об авторах|список литературы|посвящение|от того же автора|библиография|аннотация|выходные данные',
    '표지|목차|차례|판권|(?:저자|지은이|글쓴이|작가|옮긴이) 소개|헌사|참고 ?문헌|찾아보기|감사의 (?:말|글)|persembahan|daftar pustaka|tentang pengarang|daftar isi|sampul|hak cipta|ucapan terima kasih|tentang penulis|catatan kaki',
  ].join('|')})$`,
  'iu',
);

/** Whether something of these types is part of the work wherever it stands. */
export function isReadType(types: readonly string[]): boolean {
  return types.some((type) => READ_TYPES.has(type) && type !== 'bodymatter');
}

/** Whether a line is the title of a page that belongs to the printed book, such as "Also by the Author". */
export function isMatterTitle(title: string): boolean {
  return OMITTED_TITLES.test(bare(title));
}

/** The first pages of another book, at the end of this one. */
const EXCERPT =
  /\b(?:excerpt|extract|preview|sneak peek|sample chapters?|leseprobe|extrait|extracto|anteprima)\b|отрывок|试读/iu;

/** Whether a line is the title of an excerpt from another book. */
export function isExcerptTitle(title: string): boolean {
  return EXCERPT.test(title) && isMatterTitle(title);
}

function bare(title: string): string {
  return title
    .replace(/\s+/g, ' ')
    .replace(/[.:…*!]+$/, '')
    .trim();
}

/** Why a document is left out, for a note; undefined when it is read. */
export function omissionReason({ types, title }: { types: readonly string[]; title: string }): string | undefined {
  if (isReadType(types)) return undefined;
  const print = types.find((type) => OMITTED_TYPES.has(type) && !/^(?:front|back)matter$/.test(type));
  if (print !== undefined) return `marked as ${print}`;
  if (types.includes('bodymatter')) return undefined;
  const matter = types.find((type) => OMITTED_TYPES.has(type));
  if (matter !== undefined) return `marked as ${matter}`;
  return isMatterTitle(title) ? 'because of its title' : undefined;
}
