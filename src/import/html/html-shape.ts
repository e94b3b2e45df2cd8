/** Whether a text is a web page, or a piece of one. Pure. */

const COMMENTS = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>/g;
/** Blocks of a page that is a piece; `<b>` or `<br>` may begin prose. */
const BLOCK =
  /^<(?:p|div|h[1-6]|body|head|header|nav|section|article|main|center|blockquote|table|ul|ol|dl|pre|figure|form|meta|title|link|script|style|font)(?=[\s>/])/i;
/** Where the beginning may be, behind comments: some pages have long ones. */
const HEAD_CHARACTERS = 64_000;

/**
 * Whether markup of HTML begins here. `isWhole`: only a complete page counts, as in a Markdown file, where a block of HTML may
 * be part of the text.
 */
export function isHtml(text: string, isWhole: boolean): boolean {
  const start = text
    .slice(0, HEAD_CHARACTERS)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (!start.startsWith('<')) return false;
  if (/^<!doctype html/i.test(start)) return true;
  const root = start.replace(COMMENTS, '').trimStart();
  if (/^<html(?=[\s>])/i.test(root)) return true;
  return (
    !isWhole && BLOCK.test(root) && /<\/(?:p|div|h[1-6]|body|section|table|ul|ol|title)\s*>|<br\s*\/?>/i.test(text)
  );
}
