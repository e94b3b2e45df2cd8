/** Names that word processors and publishers give to the styles of headings. Pure. */

/** "Heading 1" in the languages of word processors: the names of styles are localized where a program other than Word wrote them. */
const HEADING =
  /^(?:heading|überschrift|titre|título|titolo|intestazione|encabezado|cabeçalho|заголовок|标题|標題|見出し|제목|개요|judul|kop|nagłówek|rubrik|nadpis|overskrift|otsikko|başlık|címsor|titlu)[ _-]?([1-9])$/iu;

const CHAPTER =
  /^(?:chapter|chap\.?|kapitel|chapitre|capítulo|capitolo|глава|bab|章|章节|章節|장)[ _-]?(?:title|titel|heading|head|name|number|num|no\.?|nr\.?|überschrift|titre|numéro|título|número|titolo|numero|заголовок|judul|标题|標題|タイトル|見出し|제목)?s?$|^(?:titre|numéro|título|número|titolo|numero|название|заголовок|номер|judul)[ _-](?:(?:de|du|do|di|del)[ _-])?(?:chapitre|capítulo|capitolo|главы|bab)$/iu;
const PART =
  /^(?:part|book|teil|partie|parte|часть|bagian|部|卷|부)[ _-]?(?:title|titel|heading|head|name|number|num|no\.?|nr\.?|überschrift|titre|numéro|título|número|titolo|numero|заголовок|judul|标题|標題|タイトル|見出し|제목)$/iu;

/** The level that the name of a style says itself, from 1: "heading 2", "Überschrift 2". */
export function namedLevel(name: string): number | undefined {
  const level = HEADING.exec(name.trim())?.[1];
  return level === undefined ? undefined : Number(level);
}

/** What a style that is no numbered heading is by its name: "Chapter Title", "Part Number". */
export function namedHeading(name: string): 'chapter' | 'part' | undefined {
  if (CHAPTER.test(name.trim())) return 'chapter';
  return PART.test(name.trim()) ? 'part' : undefined;
}
