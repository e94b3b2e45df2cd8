/** The order that the tags of a page give its words (PDF 1.7, 14.8). Pure. */
import type { PdfItem, PdfTag } from './document.ts';

/** By the name of what tags refer to, its place and its element. */
export interface TaggedOrder {
  places: ReadonlyMap<string, { order: number; element: number; role: string }>;
}

/** Elements that are paragraphs of their own; all others stand in one. */
const BLOCKS =
  /^(?:P|H\d?|Title|LI|LBody|TD|TH|Caption|BlockQuote|TOCI|Note|FENote|Figure|Formula|Div|Sect|Art|Part|Document|Aside)$/;
/** What is in these is theirs. */
const WHOLE = /^(?:Figure|Formula|Note|FENote|TOC|TOCI|Artifact|H\d?|Title)$/;

/** The order of a page's words; undefined unless its tags name every word of it that is text. */
export function taggedOrder(tags: PdfTag | undefined, items: readonly PdfItem[]): TaggedOrder | undefined {
  if (tags === undefined) return undefined;
  const places = new Map<string, { order: number; element: number; role: string }>();
  let elements = 0;
  visit(tags, { element: 0, role: '' });
  const isText = ({ text, isArtifact, isTurned }: PdfItem): boolean =>
    !isArtifact && !isTurned && /[\p{L}\p{N}]/u.test(text);
  const all = items.filter(isText);
  return all.length > 0 && all.every(({ content }) => content !== undefined && places.has(content))
    ? { places }
    : undefined;

  function visit(tag: PdfTag, of: { element: number; role: string }): void {
    if ('content' in tag) {
      if (!places.has(tag.content)) places.set(tag.content, { order: places.size, ...of });
      return;
    }
    const isBlock = BLOCKS.test(tag.role);
    const role = WHOLE.test(of.role) || !(isBlock || WHOLE.test(tag.role)) ? of.role : tag.role;
    const mine = { element: isBlock ? ++elements : of.element, role };
    for (const child of tag.children) visit(child, mine);
  }
}

/** Level of a heading, from 1; undefined for other elements. */
export function headingLevel(role: string | undefined): number | undefined {
  if (role === 'Title') return 1;
  const [, level] = /^H(\d?)$/.exec(role ?? '') ?? [];
  return level === undefined ? undefined : Number(level || 1);
}

/** Why an element is no text that is read; undefined for those that are. */
export function taggedOmission(role: string | undefined): string | undefined {
  switch (role) {
    case 'TOC':
    case 'TOCI':
      return 'line in the table of contents';
    case 'Note':
    case 'FENote':
      return 'note';
    case 'Figure':
      return 'text in a picture';
    case 'Formula':
      return 'formula';
    default:
      return undefined;
  }
}
