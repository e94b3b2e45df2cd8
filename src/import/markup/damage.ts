/** XML that a program has cut off or broken so that nobody can say which words are missing. Pure. */
import { openEndOf } from './open-end.ts';

/** Markup of which a part is missing. */
export class MarkupDamaged extends Error {}

/**
 * The text of an XML file, if it is whole. What other programs repair by guessing (a bare `&`, tags that cross) is no damage:
 * all of its words are there.
 *
 * @throws MarkupDamaged for a file that ends too early, or in a comment, a tag or CDATA that nothing closes
 */
export function wholeXml(text: string, part: string): string {
  const end = openEndOf(text);
  if (end) throw damaged(part, `from line ${end.line} on, everything is ${end.reason.replace(/^text /, '')}`);
  const cdata = text.indexOf('<![CDATA[', text.lastIndexOf(']]>') + 1);
  if (cdata >= 0) throw damaged(part, `line ${lineAt(text, cdata)} begins CDATA that is never closed`);
  const [, root, closed] = /<([a-z][\w:.-]{0,100})(?![\w:.-])[^<>]*?(\/?)>/i.exec(text) ?? [];
  if (root !== undefined && closed === '' && !text.includes(`</${root}`))
    throw damaged(part, `it is cut off at line ${lineAt(text, text.length)}`);
  return text;
}

function damaged(part: string, how: string): MarkupDamaged {
  return new MarkupDamaged(`This file is damaged: in "${part}", ${how}.`);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
