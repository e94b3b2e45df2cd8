/** Tags and texts of markup in their order, without a tree: the importer builds one with another parser. Pure. */
import { Tokenizer, TokenizerMode } from 'parse5';

/** What a piece of markup is told to. */
export interface MarkupHandler {
  /** Names in lowercase, with their prefix. `closed` for `<a/>`. */
  open(name: string, attributes: ReadonlyMap<string, string>, closed: boolean): void;
  close(name: string): void;
  text(text: string): void;
}

/** Elements in which a browser finds no tags (HTML, 13.2.6.4), and how it reads what is in them. */
const MODES: Readonly<Record<string, (typeof TokenizerMode)[keyof typeof TokenizerMode]>> = {
  script: TokenizerMode.SCRIPT_DATA,
  style: TokenizerMode.RAWTEXT,
  xmp: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  title: TokenizerMode.RCDATA,
  textarea: TokenizerMode.RCDATA,
  plaintext: TokenizerMode.PLAINTEXT,
};

/** Reads markup from its beginning to its end. */
export function readTokens(markup: string, handler: MarkupHandler): void {
  const onText = ({ chars }: { chars: string }): void => handler.text(chars);
  const tokenizer = new Tokenizer(
    {},
    {
      onStartTag({ tagName, attrs, selfClosing }) {
        handler.open(tagName, new Map(attrs.map(({ name, value }) => [name, value])), selfClosing);
        const mode = selfClosing ? undefined : MODES[tagName];
        if (mode === undefined) return;
        tokenizer.lastStartTagName = tagName;
        tokenizer.state = mode;
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
  tokenizer.write(withoutOpenCdata(markup), true);
}

/** CDATA that nothing closes is a comment up to the next `>`, as in HTML. */
function withoutOpenCdata(markup: string): string {
  const closed = markup.lastIndexOf(']]>') + 1;
  return markup.slice(0, closed) + markup.slice(closed).replaceAll('<![CDATA[', '<!-CDATA[');
}
