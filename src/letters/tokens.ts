/** Tags and texts of markup in their order, without a tree: the importer builds one with another parser. Pure. */
import { type Token, Tokenizer, TokenizerMode } from 'parse5';

/** What a piece of markup is told to. */
export interface MarkupHandler {
  /** Names in lowercase, with their prefix. `closed` for `<a/>`. */
  open(name: string, attributes: ReadonlyMap<string, string>, closed: boolean): void;
  close(name: string): void;
  text(text: string): void;
  /** The end of the markup, in a comment, a tag or a script that is never closed. A browser shows nothing of it. */
  rest?(text: string): void;
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
export function readTokens(source: string, handler: MarkupHandler): void {
  // CDATA is text in XML.
  const markup = withoutOpenCdata(source.replaceAll('\r\n', '\n'));
  const raw: Raw = { name: undefined, from: 0, texts: [] };
  let end = 0;
  let isInTag = false;
  const onText = ({ chars, location }: Token.CharacterToken): void => {
    end = location!.endOffset;
    if (raw.name === undefined) handler.text(chars);
    else raw.texts.push(chars);
  };
  const rest = (from: number): void => handler.rest?.(markup.slice(from));
  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onStartTag({ tagName, attrs, selfClosing, location }) {
        end = location!.endOffset;
        handler.open(tagName, new Map(attrs.map(({ name, value }) => [name, value])), selfClosing);
        const mode = selfClosing ? undefined : MODES[tagName];
        if (mode === undefined) return;
        tokenizer.lastStartTagName = tagName;
        tokenizer.state = mode;
        if (tagName !== 'plaintext') [raw.name, raw.from] = [tagName, end];
      },
      onEndTag({ tagName, location }) {
        end = location!.endOffset;
        if (raw.name !== undefined) for (const text of raw.texts.splice(0)) handler.text(text);
        raw.name = undefined;
        handler.close(tagName);
      },
      onCharacter: onText,
      onNullCharacter: onText,
      onWhitespaceCharacter: onText,
      onComment({ location }) {
        end = location!.endOffset;
        if (end > markup.length) rest(location!.startOffset);
      },
      onDoctype({ location }) {
        end = location!.endOffset;
      },
      onParseError({ code }) {
        isInTag ||= code === 'eof-in-tag';
      },
      onEof() {
        if (raw.name !== undefined) rest(raw.from);
        // A file that is cut off in the name of a tag has lost no text.
        else if (isInTag && /\s/.test(markup.slice(end))) rest(end);
      },
    },
  );
  tokenizer.inForeignNode = true;
  tokenizer.write(markup, true);
}

/** An element in which nothing is markup, while it is open. */
interface Raw {
  name: string | undefined;
  from: number;
  texts: string[];
}

/** CDATA that nothing closes is a comment up to the next `>`, as in HTML. */
function withoutOpenCdata(markup: string): string {
  const closed = markup.lastIndexOf(']]>') + 1;
  return markup.slice(0, closed) + markup.slice(closed).replaceAll('<![CDATA[', '<!-CDATA[');
}
