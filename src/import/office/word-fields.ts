/** Fields of a Word document: what they are for, and where their results are (ECMA-376, 17.16). Pure. */
import { attribute, type Element, rawTextOf } from '../markup/markup.ts';

/** A field that is being read. */
export interface OpenField {
  /** Its instruction, such as ` PAGE `. */
  instruction: string;
  /** Behind its instruction. */
  isResult: boolean;
  /** Its end has been seen. */
  isClosed: boolean;
}

/** Takes note of an element that begins, divides or ends a field. */
export function readFieldMark(element: Element, fields: OpenField[]): void {
  const last = fields.at(-1);
  if (element.tagName === 'w:instrtext' && last && !last.isResult) last.instruction += rawTextOf(element);
  if (element.tagName !== 'w:fldchar') return;
  const kind = attribute(element, 'w:fldchartype');
  if (kind === 'begin') fields.push({ instruction: '', isResult: false, isClosed: false });
  else if (kind === 'separate' && last) last.isResult = true;
  else if (kind === 'end' && last) {
    last.isClosed = true;
    fields.pop();
  }
}

/** Forgets the numbers of pages whose end is missing: no paragraph has more than one page. */
export function endParagraph(fields: OpenField[]): void {
  while (fields.length > 0 && isPageField(fields.at(-1)!.instruction)) fields.pop();
}

/** Whether an instruction is that of a page's number. */
export function isPageField(instruction: string): boolean {
  return /^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)(?![A-Z])/i.test(instruction);
}

/** Whether what is read now is the number of a page. */
export function isInPageNumber(fields: readonly OpenField[]): boolean {
  return fields.some(({ instruction, isResult }) => isResult && isPageField(instruction));
}

/** The table of contents or of figures, or the index that is read now. */
export function contentsField(fields: readonly OpenField[]): OpenField | undefined {
  return fields.find(({ instruction, isResult }) => isResult && /^\s*(?:TOC|TOA|INDEX)(?![A-Z])/i.test(instruction));
}
