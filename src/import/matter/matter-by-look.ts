/** Front and back matter that nothing marks: known by what stands on the page. Pure. */
import { type Block, isSpoken } from '../imported.ts';

/** Longest page of this kind, in characters; a copyright page of several publishers has about 4,000. */
const LONGEST_COPYRIGHT = 8_000;
const LONGEST_TITLE_PAGE = 400;

/** Why a page is left out, in words that follow its name; undefined when it looks like text. */
export function matterByLook(of: {
  blocks: readonly Block[];
  /** The title and the authors of the book. */
  title: string;
  author?: string | undefined;
  /** How many of its words are in links. */
  linkShare: number;
  /** No page before it is read: a title page can be nowhere else. */
  isFirst: boolean;
  /** It stands before the first heading of a long text. */
  isUntitled?: boolean;
  /** It is a page of its own, and no page before it that is read has a heading: a dedication can be nowhere else. */
  isBefore?: boolean;
}): string | undefined {
  const texts = of.blocks.filter(isSpoken).map(({ text }) => text);
  const all = texts.join('\n');
  if (all === '') return undefined;
  if (all.length <= LONGEST_COPYRIGHT && isCopyright(texts)) return 'looks like a copyright page';
  if (of.linkShare > 0.7 && texts.length >= 3) return 'looks like a table of contents';
  if (of.isFirst && isTitlePage(texts, of.title, of.author ?? '')) return 'looks like a title page';
  if (of.isFirst && of.isUntitled === true && isSigned(all)) return 'looks like a title page';
  if (of.isBefore === true && isDedication(of.blocks, all)) return 'looks like a dedication';
  return undefined;
}

const RIGHTS =
  /©|\(c\) ?\d{4}|copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|все права защищены|版权所有|版權所有|著作権|無断(?:転載|複製)|저작권|hak cipta/i;
const IMPRINT =
  /\bISBN\b|no part of this (?:book|publication)|library of congress|british library|first published|first edition|printed in|cataloguing|catalogue record|published by|deutsche nationalbibliothek|dépôt légal|depósito legal|издательство|出版社|印刷|発行|书号|ISSN/i;

/** Both a claim of rights and an imprint, or nothing but one of them in a short page. */
function isCopyright(texts: readonly string[]): boolean {
  const withRights = texts.filter((text) => RIGHTS.test(text)).length;
  const withImprint = texts.filter((text) => IMPRINT.test(text)).length;
  const both = withRights > 0 && withImprint > 0 && texts.length <= 60;
  return both
    ? texts.length <= 12 || (withRights + withImprint) / texts.length > 0.15
    : withRights + withImprint === texts.length;
}

/** A few short lines, none a sentence, and one of them is the title or the author of the book. */
function isTitlePage(texts: readonly string[], title: string, author: string): boolean {
  if (texts.join('').length > LONGEST_TITLE_PAGE || texts.length > 12) return false;
  const names = [title, ...author.split(', ')].map(words).filter((name) => name !== '  ');
  const isSentence = (text: string): boolean => /[.!?…。！？]["”’»」]?$/u.test(text);
  // A motto may have the words of the title in a sentence.
  const known = texts.filter((text) =>
    names.some((name) => words(text) === name || (words(text).includes(name) && text.length < 80 && !isSentence(text))),
  );
  const sentences = texts.filter((text) => isSentence(text) && text.length > 40);
  return known.length > 0 && sentences.length === 0;
}

const LONGEST_SIGNED = 200;
/** "by A. Writer", in the languages that are read, on a line of its own. */
const SIGNED =
  /^(?:(?:written )?by|von|par|por|de|di|da|oleh|автор:?|(?:作者|著者|지은이)\s?[:：]?|(?:an? )?(?:novel|roman|novela|romanzo|romance) (?:by|von|par|de|di)) ?/iu;

/** A title and "by …" in two to five short lines before the first heading, none a sentence. */
function isSigned(all: string): boolean {
  const lines = all.split('\n').filter((line) => /[\p{L}\p{N}]/u.test(line));
  if (all.length > LONGEST_SIGNED || lines.length > 5) return false;
  const isName = (line: string): boolean => {
    const words = SIGNED.exec(line)?.[0];
    return words === undefined ? /.\s?[著作]$/u.test(line) : /^[\p{Lu}\p{Lo}]/u.test(line.slice(words.length));
  };
  if (!lines.slice(1).some((line) => isName(line.trim()))) return false;
  return lines.every((line) => line.length <= 60 && !/[.!?…。！？:：,;”’"»」』—–-]$/u.test(line.trim()));
}

const LONGEST_DEDICATION = 160;
const DEDICATION =
  /^(?:(?:this (?:book|one|novel) is )?(?:dedicated to|for) (?:my|our|the|all|every|you|those|\p{Lu})|to (?:my|our|all|the memory|\p{Lu})|in (?:loving )?memory of |für (?:mein|unser|alle|\p{Lu})|in erinnerung an |(?:para|a) (?:mi|mis|la memoria|todos|\p{Lu})|(?:pour|à) (?:mon|ma|mes|notre|tous|la mémoire|\p{Lu})|(?:per|a) (?:mio|mia|miei|\p{Lu})|ai? (?:miei|mio) |para (?:o|a|os|as|meu|minha|meus) |à memória |посвящается |(?:моей|моему|моим) |памяти |(?:谨以此书)?[献獻][给給]|謹以此書|.{1,20}に捧ぐ|.{1,30}(?:에게 바칩니다|에게)\.?$|untuk (?:ibu|ayah|\p{Lu}))/u;

/** One or two short lines without a heading, to somebody. */
function isDedication(blocks: readonly Block[], all: string): boolean {
  if (all.length > LONGEST_DEDICATION || blocks.some(({ kind }) => kind === 'heading')) return false;
  const [first = '', ...others] = all.split('\n');
  const start = `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`;
  return others.length <= 3 && DEDICATION.test(start);
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** The words of a text between blanks, so that the title "She" is not found in "sheep". */
function words(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/['’]/gu, '')
    .replace(UNSPACED, ' $& ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `;
}
