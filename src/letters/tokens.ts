/** Tags and texts of markup in their order, without a tree: the importer builds one with another parser. Pure. */
import { Tokenizer, TokenizerMode } from 'parse5';

/** What a piece of markup is told to. */
export interface MarkupHandler {
  /** Names in lowercase, with their prefix. `closed` for `<a/>`. */
  open(name: string, attributes: ReadonlyMap<string, string>, closed: boolean): void;
  close(name: string): void;
  text(text: string): void;
}

/** Texts that a browser takes as a program or a style sheet. */
const RAW = new Set(['script', 'style']);

/** Reads markup from its beginning to its end. */
export function readTokens(markup: string, handler: MarkupHandler): void {
  const onText = ({ chars }: { chars: string }): void => handler.text(chars);
  const tokenizer = new Tokenizer(
    {},
    {
      onStartTag({ tagName, attrs, selfClosing }) {
        handler.open(tagName, new Map(attrs.map(({ name, value }) => [name, value])), selfClosing);
        if (!selfClosing && RAW.has(tagName)) {
          tokenizer.lastStartTagName = tagName;
          tokenizer.state = tagName === 'script' ? TokenizerMode.SCRIPT_DATA : TokenizerMode.RAWTEXT;
        }
      },
      onEndTag: ({ tagName }) => handler.close(tagName),
      onCharacter: onText,
      onNullCharacter: onText,
      onWhitespaceCharacter: onText,
      onComment() {},
      onDoctype() {},
      onEof() {},
    },
  );
  // CDATA is text in XML.
  tokenizer.inForeignNode = true;
  tokenizer.write(markup, true);
}
