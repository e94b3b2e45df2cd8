/** Headers without a fence around them: Org mode, AsciiDoc, Pandoc's title block, lines such as `Title: …`. Pure. */

/** A header, and what it says. */
export interface HeaderLines {
  /** Offset behind its last line. */
  end: number;
  fields: Record<string, unknown>;
  /** The markup of the file. Absent: none that it needs. */
  markup?: 'Org mode' | 'AsciiDoc';
}

/** Finds the header that a text begins with. */
export function headerLines(head: string, { isMarkdown }: { isMarkdown: boolean }): HeaderLines | undefined {
  const lines = linesOf(head);
  return (
    orgHeader(lines) ?? (isMarkdown ? titleBlock(lines) : asciiDocHeader(lines, head)) ?? namedLines(lines, isMarkdown)
  );
}

interface HeadLine {
  text: string;
  end: number;
}

const MOST_LINES = 200;

function linesOf(head: string): HeadLine[] {
  const lines: HeadLine[] = [];
  let start = 0;
  for (const match of head.matchAll(/\r\n|\n|\r|$/g)) {
    lines.push({ text: head.slice(start, match.index).trimEnd(), end: match.index });
    start = match.index + match[0].length;
    if (lines.length >= MOST_LINES) break;
  }
  return lines;
}

const ORG_FIELD = /^#\+([A-Za-z][\w-]{0,40}):(?:[ \t]+(.*))?$/;
const ORG_OTHER = /^(?:#(?: .*)?|# -\*-.*|:[A-Za-z_-]{1,40}:.*)?$/;

/** `#+TITLE: …`, with comments and a drawer `:PROPERTIES:` … `:END:` between (Org manual, "Export settings"). */
function orgHeader(lines: readonly HeadLine[]): HeaderLines | undefined {
  const fields: Record<string, unknown> = {};
  let end = 0;
  for (const line of lines) {
    const field = ORG_FIELD.exec(line.text);
    if (!field && !ORG_OTHER.test(line.text)) break;
    if (!field) continue;
    add(fields, field[1]!, field[2] ?? '');
    end = line.end;
  }
  return end === 0 ? undefined : { end, fields, markup: 'Org mode' };
}

/** `= Title`, then authors, a revision, and `:name: value` up to a blank line (AsciiDoc, "Document Header"). */
function asciiDocHeader(lines: readonly HeadLine[], head: string): HeaderLines | undefined {
  const fields: Record<string, unknown> = {};
  const isComment = (text: string): boolean => text.startsWith('//');
  let at = 0;
  const readFields = (): void => {
    for (; at < lines.length; at++) {
      const field = /^:!?([\w-]{1,60})!?:(?:[ \t]+(.*))?$/.exec(lines[at]!.text);
      if (field) add(fields, field[1]!, field[2] ?? '');
      else if (!isComment(lines[at]!.text)) return;
    }
  };
  readFields();
  const title = /^= (\S.{0,300})$/.exec(lines[at]?.text ?? '')?.[1];
  if (title === undefined || title.endsWith(' =')) return undefined;
  at++;
  const [main, subtitle] = /^(.+): (.+)$/.exec(title)?.slice(1) ?? [title];
  fields['title'] = main;
  if (subtitle !== undefined) fields['subtitle'] = subtitle;
  const authors = lines[at]?.text ?? '';
  if (/^\p{L}[^.!?]*$/u.test(authors.replace(/<[^<>]*>|\b\p{L}\./gu, '').trim()) && authors.length <= 200) {
    fields['authors'] ??= authors.split(';').map((name) => name.replace(/<[^<>]*>/g, '').trim());
    at++;
    const date = /^v?[\d.]+,? *(\d{4}-\d\d-\d\d)?.*$|^(\d{4}-\d\d-\d\d)$/.exec(lines[at]?.text ?? '');
    if (date) {
      fields['date'] ??= date[1] ?? date[2] ?? '';
      at++;
    }
  }
  readFields();
  const isWhole = lines[at] === undefined || lines[at]!.text === '';
  // One line "= Title" may be a way to draw a title: the headings, or fields, must be AsciiDoc's, too.
  const isAsciiDoc = Object.keys(fields).some((name) => name !== 'title' && name !== 'subtitle' && name !== 'authors');
  if (!isWhole || !(isAsciiDoc || /^={2,5} \S/m.test(head))) return undefined;
  return { end: lines[at - 1]!.end, fields, markup: 'AsciiDoc' };
}

/** `% Title`, `% Authors`, `% Date` in the first three lines (Pandoc's manual, `pandoc_title_block`). */
function titleBlock(lines: readonly HeadLine[]): HeaderLines | undefined {
  const found: string[] = [];
  let at = 0;
  for (; at < lines.length && found.length < 3 && /^%(?:[ \t]|$)/.test(lines[at]!.text); at++) {
    let value = lines[at]!.text.slice(1).trim();
    // A line that goes on is indented.
    while (/^[ \t]+\S/.test(lines[at + 1]?.text ?? '')) value += `;${lines[++at]!.text.trim()}`;
    found.push(value);
  }
  const [title = '', authors = '', date = ''] = found;
  if (title === '') return undefined;
  return {
    end: lines[at - 1]!.end,
    fields: { title: title.replaceAll(';', ' '), author: authors.split(';').map((name) => name.trim()), date },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  title:
    'title|book title|titel|titre|título|titulo|titolo|название|заглавие|书名|書名|标题|標題|タイトル|題名|제목|judul',
  subtitle:
    'subtitle|untertitel|sous-titre|subtítulo|sottotitolo|подзаголовок|副标题|副標題|サブタイトル|부제|subjudul',
  author:
    'authors?|by|written by|autor(?:in|a|es)?|auteure?s?|autore|autrice|автор|作者|著者|作家|저자|지은이|penulis|pengarang',
  language: 'language|lang|sprache|langue|idioma|lingua|язык|语言|語言|言語|언어|bahasa',
  date: 'date|release date|published|datum|fecha|data|дата|日期|出版日期|発行日|날짜|tanggal',
  publisher: 'publisher|verlag|éditeur|editorial|editora|editore|издательство|出版社|출판사|penerbit',
  copyright: 'copyright|rights|droits|derechos|diritti|direitos|права|版权|版權|著作権|저작권|hak cipta',
  isbn: 'isbn(?:-1[03])?',
  series: 'series|reihe|série|serie|серия|系列|シリーズ|시리즈|seri',
  description: 'description|summary|abstract|genre|category|tags|keywords|简介|簡介|あらすじ|줄거리|ringkasan',
  other:
    'affiliation|base header level|css|format|email|source|url|version|status|words|word count|字数|字數|分类|分類|标签',
};
const NAMED = new RegExp(
  `^(?:${Object.entries(NAMES)
    .map(([name, words]) => `(?<${name}>${words})`)
    .join('|')})[ \\t]*[:：][ \\t]*(?<value>\\S.*)$`,
  'iu',
);

/** Lines `Title: …`, `Author: …` at the beginning, two or more, up to a blank line (MultiMarkdown; usual in text files). */
function namedLines(lines: readonly HeadLine[], isMarkdown: boolean): HeaderLines | undefined {
  const fields: Record<string, unknown> = {};
  let count = 0;
  let at = 0;
  for (; at < lines.length && lines[at]!.text !== ''; at++) {
    const groups = NAMED.exec(lines[at]!.text)?.groups;
    if (groups === undefined && count > 0 && /^[ \t]+\S/.test(lines[at]!.text)) continue;
    if (groups === undefined) return undefined;
    const name = Object.keys(NAMES).find((one) => groups[one] !== undefined)!;
    if (name === 'author') fields['author'] = groups['value']!.split(/\s*[;；]\s*/);
    else add(fields, name, groups['value']!);
    count++;
  }
  // "By: …" alone may begin a story; a title or two fields do not.
  if (count < 2 || (fields['title'] === undefined && !isMarkdown)) return undefined;
  return { end: lines[at - 1]!.end, fields };
}

function add(fields: Record<string, unknown>, name: string, value: string): void {
  const key = name.toLowerCase();
  if (value !== '' && fields[key] === undefined) fields[key] = value.trim();
}
