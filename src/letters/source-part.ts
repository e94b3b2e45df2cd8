/** A part of a manuscript: a page of an EPUB, a part of a Word document, or the whole text file. */
export interface SourcePart {
  /** Name in the archive; empty for a text file. */
  name: string;
  letters: string;
}
