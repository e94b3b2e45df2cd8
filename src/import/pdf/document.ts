/** A PDF as a library reads it: words with their places on pages. Can be copied between threads. Pure. */
import type { RawFacts } from '../facts/facts.ts';

/** A document, before anything is known of its lines and paragraphs. */
export interface PdfDocument {
  pages: PdfPage[];
  outline: PdfBookmark[];
  fonts: Record<string, PdfFont>;
  facts: RawFacts;
  /** Whether anything in it is a picture. */
  hasPictures: boolean;
}

/** A page as a person sees it: turned, with `y` from its top. */
export interface PdfPage {
  width: number;
  height: number;
  /** In the order in which they are drawn; blank ones are spaces. */
  items: PdfItem[];
  /** The order that its author gave it (PDF 1.7, 14.7); absent: the page has no tags. */
  tags?: PdfTag;
  /** Why its words could not be read. */
  failure?: string;
}

/** Words of one font that stand in a row. Places and sizes in points. */
export interface PdfItem {
  text: string;
  x: number;
  /** The line on which the letters stand, from the top. */
  y: number;
  width: number;
  size: number;
  font: string;
  /** Set at an angle. */
  isTurned?: true;
  /** The name by which tags refer to it. */
  content?: string;
  /** The file says that it is not of the text (PDF 1.7, 14.8.2.2): a running head, a page number. */
  isArtifact?: true;
}

/** An element of the text, or what stands in it. */
export type PdfTag = { role: string; children: PdfTag[] } | { content: string };

/** An entry of the bookmarks. */
export interface PdfBookmark {
  title: string;
  /** From 1. */
  level: number;
  /** Index from 0. */
  page: number;
}

/** What is known of a font. */
export interface PdfFont {
  name: string;
  /** The file does not say which letters its signs are. */
  isWithoutLetters: boolean;
  isVertical: boolean;
}

/** The name of a page, for people. */
export function pageName(index: number): string {
  return `page ${index + 1}`;
}
