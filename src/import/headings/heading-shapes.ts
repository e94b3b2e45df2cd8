/** What a title looks like: the head of a chapter, a part or a day, or a number that may be one. Pure. */
import { dayOf } from './day-shapes.ts';
import { numberOf } from './number-words.ts';

/** How a line looks as a heading. Whether it is one, its surroundings decide. */
export interface HeadingShape {
  /** `named`: a prologue and the like; `number`: a number with or without a title, and no word before it. */
  kind: 'part' | 'chapter' | 'named' | 'day' | 'number';
  /** Its number, where that is known. */
  value?: number;
  /** What follows its number, or empty. */
  title: string;
  /** It has a title on its line. */
  isTitled: boolean;
  /** Nothing in it speaks for a sentence: no lowercase beginning, no full stop at its end. */
  isStrict: boolean;
  /** Its word is that of a section, such as "Scene": a `number` that has one. */
  isSection?: true;
  /** "chapter one": a heading only between blank lines. */
  isLowercase?: true;
}

const CHAPTER_WORDS =
  'chapter|chap\\.?|ch\\.?|stave|canto|letter|episode|kapitel|kap\\.?|chapitre|cap[íi]tulo|cap\\.?|capitolo|глава|bab|챕터|チャプター';
/** What may be a chapter, or be in one: counted as a number without a word is. */
const SECTION_WORDS =
  'scene|section|szene|abschnitt|scène|escena|sección|scena|sezione|cena|seção|secção|сцена|раздел|adegan|§';
const PART_WORDS =
  'part|act|akt|acte|acto|atto|ato|акт|babak|book|volume|vol\\.|teil|buch|band|partie|livre|tome|parte|libro|livro|tomo|часть|книга|том|bagian|buku|jilid';
const DAY_WORDS =
  'day|night|week|month|year|tag|nacht|woche|monat|jour|nuit|semaine|mois|semana|settimana|неделя|d[íi]a|noche|giorno|notte|dia|noite|день|ночь|hari|malam';
const NAMED_WORDS = [
  "prologue|epilogue|preface|foreword|introduction|afterword|interlude|coda|intermezzo|author[’']s note",
  'prolog|epilog|vorwort|nachwort|einleitung|zwischenspiel|nachspiel',
  'épilogue|préface|avant-propos|postface|intermède|prólogo|epílogo|prefacio|introducción|interludio|prefácio|posfácio|introdução|interlúdio',
  'prologo|epilogo|prefazione|postfazione|introduzione|interludio|пролог|эпилог|предисловие|послесловие|введение|интерлюдия',
  'prakata|pendahuluan|kata pengantar|penutup',
].join('|');
const NAMED_UNSPACED =
  '序章|终章|終章|楔子|尾声|尾聲|后记|後記|前言|序言?|引子|引言|跋|番外篇?|外传|外傳|幕間|プロローグ|エピローグ|あとがき|まえがき|はじめに|おわりに|프롤로그|에필로그|머리말|서문|서장|종장|후기|외전|맺음말';

const DIGITS = '[0-9０-９]{1,4}';
const HAN = `(?:${DIGITS}|[〇零○一二三四五六七八九十百千两兩廿卅壹贰貳叁參肆伍陆陸柒捌玖拾佰]{1,9})`;
/** What may stand between a number and a title. */
const BETWEEN = '\\s*[.:：．、)）|—–-]+\\s*|\\s+';

const NAMED = new RegExp(`^(?:${NAMED_WORDS})(?:\\s*[.:]?\\s*$|(?:\\s*[:—–.|-]+\\s*|\\s+)(?<title>\\S.*)$)`, 'isu');
const NAMED_HAN = new RegExp(
  `^[【［\\[〈《(（]?(?:${NAMED_UNSPACED})(?:${HAN})?[】］\\]〉》)）]?(?:\\s*$|(?:\\s*[:：、—–-]+\\s*|\\s+|(?=[《「『【]))(?<title>\\S.*)$)`,
  'su',
);
const OPEN = '[【［\\[〈《(（]?';
const CLOSE = '[】］\\]〉》)）]?';
const HAN_HEAD = new RegExp(
  `^(?:正文\\s*)?${OPEN}(?:第\\s*${HAN}\\s*[卷部篇集編编巻册冊](?!分)\\s*\\S{0,20}\\s+)?第\\s*(?<number>${HAN})\\s*(?<unit>[章回节節话話幕折]|[卷部篇集編编巻册冊]分?|[天日夜])${CLOSE}(?<gap>[\\s:：、.．—–-]*)(?<title>.*)$`,
  'su',
);
const HAN_PART = new RegExp(
  `^${OPEN}(?:[卷巻]\\s*(?:之)?(?<number>${HAN})|[上中下][卷部篇冊册]?)${CLOSE}(?:\\s*$|[\\s:：、.．—–-]+(?<title>.*)$)`,
  'su',
);
const HANGUL_HEAD = new RegExp(
  `^${OPEN}(?:제\\s*)?(?<number>${DIGITS}|[일이삼사오육칠팔구십백]{1,5})\\s*(?<unit>[장화회부권편막])${CLOSE}(?:\\s*$|(?:${BETWEEN})(?<title>.*)$)`,
  'su',
);
const HANGUL = '일이삼사오육칠팔구';
const HANGUL_ORDINAL =
  /^(?<number>첫|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?번째\s(?:이야기|장|밤|날|편지)(?:\s*$|\s*[.:：—–-]+\s*(?<title>.*)$)/su;
const SONO =
  /^(?:[その其]の?(?<number>[一二三四五六七八九十]{1,3})|(?<before>[一二三四五六七八九十]{1,3})の(?:章|巻|夜|話))(?:\s*$|[\s:：、—–-]+(?<title>.*)$)/su;

const WORD_FIRST = new RegExp(
  `^(?<word>${CHAPTER_WORDS}|${PART_WORDS}|${DAY_WORDS}|${SECTION_WORDS})(?!\\p{L})\\s*(?<rest>.+)$`,
  'isu',
);
const NUMBER_FIRST = new RegExp(
  `^(?:the\\s+|il\\s+|la\\s+|le\\s+|el\\s+|der\\s+|die\\s+|das\\s+|o\\s+|a\\s+)?(?<number>\\p{L}{2,20}|\\d{1,3}(?:\\.|st|nd|rd|th|ª|º|er|re|e|ème|-я|-й)?)\\s+(?<word>${CHAPTER_WORDS}|${PART_WORDS}|${DAY_WORDS})(?:\\s*[.:]?\\s*$|(?:${BETWEEN})(?<title>.*)$)`,
  'isu',
);

const LONGEST_LINE = 120;
/** No heading begins so, and most lines of a dialogue do. */
const QUOTED = /^["“”„‟«»‘’']/;

/**
 * How the title of a chapter looks as a heading; undefined when it does not look like one. The heads of books that exist are
 * made with it: it reads no more forms than it did when they were written; `headingShape` reads those of manuscripts.
 */
export function titleShape(line: string): HeadingShape | undefined {
  if (line.length > LONGEST_LINE || QUOTED.test(line)) return undefined;
  const text = withSingleSpaces(unspaced(line))
    .replace(/^[#*=~_—–-]{1,6}\s*(?=\S)|(?<=\S)\s*[#*=~_—–-]{1,6}$/gu, '')
    .replace(/^[☆★◆◇●○■□※▲△▼♦♠♥❖✦]{1,3}[、，.\s]{0,2}(?=\S)/u, '')
    .trim();
  return hanShape(text) ?? wordShape(text) ?? namedShape(text) ?? dayShape(text) ?? numberShape(text);
}

/** Nearly every line has no other white space. */
function withSingleSpaces(text: string): string {
  return /\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text;
}

/** `C H A P T E R   O N E` without the space between its letters; anything else as it is. */
export function unspaced(line: string): string {
  if (!/^\p{Lu}(?: \p{Lu}){3}/u.test(line) || !/^[\p{Lu}\p{N}](?:\s{1,4}[\p{Lu}\p{N}]){3,60}$/u.test(line)) return line;
  const words = line.split(/\s{2,}/).map((word) => word.replaceAll(' ', ''));
  if (words.length > 1) return words.join(' ');
  return words[0]!.replace(SPACED_WORD, '$1 ');
}

const SPACED_WORD =
  /^(CHAPTER|KAPITEL|CHAPITRE|CAP[ÍI]TULO|CAPITOLO|ГЛАВА|BAB|PART|TEIL|PARTIE|PARTE|ЧАСТЬ|BOOK)(?=.)/u;

function shape(kind: HeadingShape['kind'], title: string | undefined, value?: number): HeadingShape {
  const of = (title ?? '').trim();
  return {
    kind,
    ...(value !== undefined && { value }),
    title: of,
    isTitled: of !== '',
    isStrict: of === '' || isTitle(of),
  };
}

/** Whether a text can be a title: it begins as one, and does not end as a sentence. */
export function isTitle(text: string): boolean {
  const first = /[\p{L}\p{N}]/u.exec(text)?.[0] ?? '';
  if (text.length > 90 || first === '' || /^\p{Ll}/u.test(first)) return false;
  if (/[,;，；、]$/u.test(text)) return false;
  if (text === text.toUpperCase() && text !== text.toLowerCase()) return true;
  return !/[.。．]["”’»」』]?$/u.test(text) && !/[。]/u.test(text);
}

function hanShape(text: string): HeadingShape | undefined {
  const named = NAMED_HAN.exec(text);
  if (named) return shape('named', named.groups!.title);
  const part = HAN_PART.exec(text);
  if (part) return shape('part', part.groups!.title, numberOf(part.groups!.number ?? ''));
  const head = HAN_HEAD.exec(text);
  if (head) return hanHead(head.groups as Record<string, string>);
  const hangul = HANGUL_HEAD.exec(text);
  if (hangul) {
    const { number = '', unit = '', title } = hangul.groups!;
    const value = numberOf(number) ?? hangulNumber(number);
    return shape(/[부권편]/.test(unit) ? 'part' : 'chapter', title, value);
  }
  const sono = SONO.exec(text);
  if (sono) return shape('chapter', sono.groups!.title, numberOf((sono.groups!.number ?? sono.groups!.before)!));
  const ordinal = HANGUL_ORDINAL.exec(text);
  return ordinal ? shape('chapter', ordinal.groups!.title, numberOf(ordinal.groups!.number!)) : undefined;
}

function hanHead({ number = '', unit = '', gap = '', title = '' }: Record<string, string>): HeadingShape | undefined {
  const kind = /[章回节節话話幕折]/.test(unit) ? 'chapter' : /[天日夜]/.test(unit) ? 'day' : 'part';
  const isApart = gap !== '' || title === '' || /^[《「『【〈（(]/u.test(title);
  // "第二天，他走了": words that go on are a sentence.
  if (!isApart && (kind === 'day' || /^[的是了里裡中就和与與讲講说說，。！？、]/u.test(title))) return undefined;
  if (!isApart && unit !== '章' && /[，。！？]/u.test(title)) return undefined;
  if (/[。]/u.test(title.slice(0, -1)) || (/[。，]$/u.test(title) && !isApart)) return undefined;
  return shape(kind, title, numberOf(number));
}

function hangulNumber(text: string): number | undefined {
  let [sum, digit] = [0, 0];
  for (const one of text) {
    if (one === '십' || one === '백') [sum, digit] = [sum + (digit || 1) * (one === '십' ? 10 : 100), 0];
    else digit = HANGUL.indexOf(one) + 1;
  }
  return sum + digit || undefined;
}

/** Whether every word begins with a capital. */
function isCapitalized(text: string): boolean {
  return !/(?<![\p{L}’'])\p{Ll}/u.test(text);
}

const [IS_DAY, IS_SECTION, IS_PART] = [DAY_WORDS, SECTION_WORDS, PART_WORDS].map(
  (words) => new RegExp(`^(?:${words})$`, 'iu'),
) as [RegExp, RegExp, RegExp];

function kindOfWord(word: string): HeadingShape['kind'] {
  if (IS_DAY.test(word)) return 'day';
  if (IS_SECTION.test(word)) return 'number';
  return IS_PART.test(word) ? 'part' : 'chapter';
}

function wordShape(text: string): HeadingShape | undefined {
  const first = WORD_FIRST.exec(text);
  if (first) {
    const { word = '', rest = '' } = first.groups!;
    const found = /^\p{Ll}/u.test(text) ? undefined : numberThenTitle(rest);
    const kind = kindOfWord(word);
    if (found) return { ...shape(kind, found.title, found.value), ...(kind === 'number' && { isSection: true }) };
    // "CHAPTER FOURTY": a number in words that no list has.
    if (kind === 'chapter' && /^\p{L}{3,20}\.?$/u.test(rest) && isCapitalized(text)) return shape('chapter', '');
  }
  const last = NUMBER_FIRST.exec(text);
  if (!last || /^\p{Ll}/u.test(text)) return undefined;
  const { number = '', word = '', title } = last.groups!;
  const value = numberOf(number.replace(/^(\d+).*$/, '$1')) ?? lastOf(number);
  return value === undefined || /^[IVX]+$/.test(number) ? undefined : shape(kindOfWord(word), title, value);
}

/** The last chapter has no number; 0 stands for it. */
function lastOf(word: string): number | undefined {
  return /^(?:ultimo|ultima|último|última|letztes?|dernier|dernière|last|последняя|terakhir)$/iu.test(word)
    ? 0
    : undefined;
}

/** The longest number at the beginning of a text, and the title behind it. */
function numberThenTitle(text: string): { value: number; title: string } | undefined {
  const digits = /^(\d{1,4})(?:st|nd|rd|th|er|º|ª|\.º|\.ª|-я)?(?:\s*$|(?:\s*[.:：．、)|—–-]+\s*|\s+)(.*)$)/su.exec(
    text,
  );
  if (digits) return { value: Number(digits[1]), title: digits[2] ?? '' };
  const words = text.split(' ');
  for (let count = Math.min(words.length, 6); count > 0; count--) {
    const head = words
      .slice(0, count)
      .join(' ')
      .replace(/[.:：．、)|—–-]+$/u, '')
      .replace(/^(?:the|la|el|le|il) /i, '');
    const value = numberOf(head) ?? lastOf(head);
    if (value === undefined || (/^[ivxlcdm]+$/.test(head) && head.length > 1 && head === 'mix')) continue;
    const title = words
      .slice(count)
      .join(' ')
      .replace(/^[.:：．、|—–-]+\s*/u, '');
    return { value, title };
  }
  // "Chapter II.—The Storm", "Chapter I:The Lamp"
  const joined = /^([IVXLC]{1,8}|\p{L}{3,20})[.:—–-]+(\S.*)$/su.exec(text);
  const value = joined ? numberOf(joined[1]!) : undefined;
  return value === undefined ? undefined : { value, title: joined![2]! };
}

function namedShape(text: string): HeadingShape | undefined {
  const named = NAMED.exec(text);
  return named && !/^\p{Ll}/u.test(text) ? shape('named', named.groups!.title) : undefined;
}

function dayShape(text: string): HeadingShape | undefined {
  const day = dayOf(text);
  return day && shape('day', day.title);
}

function numberShape(line: string): HeadingShape | undefined {
  // "(1)", "（一）灯塔": as "1", "1. The Lamp".
  const inBrackets = /^[（(【[]\s?([0-9０-９]{1,3}|[一二三四五六七八九十]{1,4}|[IVX]{1,6})\s?[)）】\]]\s*(.*)$/su.exec(
    line,
  );
  const text = inBrackets ? `${inBrackets[1]}${inBrackets[2] === '' ? '' : `. ${inBrackets[2]}`}` : line;
  const bare = numberOf(text.replace(/[.:．]$/u, ''));
  if (/^(?:1[4-9]|20)\d\d$/.test(text)) return shape('day', '', bare);
  if (bare !== undefined)
    return /^\p{Ll}/u.test(text) && !/^[ivx]+\.?$/.test(text) ? undefined : shape('number', '', bare);
  const titled =
    /^([0-9０-９]{1,3}|[IVXLC]{1,8}|[一二三四五六七八九十百]{1,5}|\p{Lu}\p{L}{2,12}(?:[ -]\p{L}{2,8}){0,4})(?:\s*[.:．：、)）|—–-]+\s*|\s+)(\S.*)$/su.exec(
      text,
    );
  const value = titled ? numberOf(titled[1]!) : undefined;
  if (value === undefined) return undefined;
  // "One day he came", "I saw it": without a mark behind the number, only digits and longer Roman numbers are one.
  const isMarked = /^\s*[.:．：、)）|—–-]/u.test(text.slice(titled![1]!.length));
  if (!isMarked && !/^(?:[0-9０-９]+|[IVX]{2,}|[一二三四五六七八九十]+(?=[\s　]))/u.test(text)) return undefined;
  return shape('number', titled![2], value);
}
