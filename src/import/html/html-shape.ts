/** Whether a text is a web page, or a piece of one. Pure. */

const COMMENTS = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>/g;
/** Blocks of a page that is a piece; `<b>` or `<br>` may begin prose. */
const BLOCK =
  /^<(?:p|div|h[1-6]|body|head|section|article|main|center|blockquote|table|ul|ol|meta|title|font)(?=[\s>/])/i;

/**
 * Whether markup of HTML begins here. `isWhole`: only a complete page counts, as in a Markdown file, where a block of HTML may
 * be part of the text.
 */
export function isHtml(text: string, isWhole: boolean): boolean {
  const start = text
    .slice(0, 4000)
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
