/** How a note to a person is written for a service: a template with placeholders, and what its values must not contain. Pure. */

/** What a person is told about a book. */
export interface Note {
  /** The same for the same event of a book: it is sent once. */
  id: string;
  title: string;
  /** Such as `needs approval`. */
  state: string;
  reason: string;
  /** What to do. */
  todo: string;
  /** Path of the manifest or archive, from which the link follows. */
  path: string;
}

/** How notes are written. */
export interface NoteFormat {
  /** Name of the format, for people: `ntfy`, `slack`, `json`; `custom` for a body of their own. */
  name: string;
  contentType: string;
  /** With the placeholders of `PLACEHOLDERS`. */
  template: string;
  quoting: Quoting;
  /** Value of the header `Authorization`. */
  authorization: string | undefined;
  /** Template of the link, with `{path}` and `{title}`; undefined: the path itself. */
  link: string | undefined;
}

/** How a value is written so that it stays text. */
type Quoting = 'json' | 'slack' | 'form' | 'markup' | 'plain';

/** Placeholders of a template. */
const PLACEHOLDERS = ['title', 'state', 'reason', 'what to do', 'link'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

const LINES = '{state}\\n{reason}\\n{what to do}\\n{link}';
/** Formats that the program knows. */
const FORMATS: Readonly<Record<string, Pick<NoteFormat, 'contentType' | 'template' | 'quoting'>>> = {
  // https://api.slack.com/messaging/webhooks: "text" alone; & < > are written as entities.
  slack: { contentType: 'application/json', template: `{"text":"*{title}*: ${LINES}"}`, quoting: 'slack' },
  // https://docs.ntfy.sh/publish: the body is the message, of at most 4,096 bytes.
  ntfy: {
    contentType: 'text/plain; charset=utf-8',
    template: `{title}: ${LINES}`.replaceAll('\\n', '\n'),
    quoting: 'plain',
  },
  json: {
    contentType: 'application/json',
    template: '{"title":"{title}","state":"{state}","reason":"{reason}","whatToDo":"{what to do}","link":"{link}"}',
    quoting: 'json',
  },
};
const DEFAULT_FORMAT = 'json';

const LONGEST_TEMPLATE = 4_000;
/** Longest text of a value, in code points: a phone shows little, and ntfy takes 4,096 bytes. */
const LONGEST = { title: 120, state: 60, reason: 600, 'what to do': 300, link: 300 } as const;

/** Reads the settings of a format. The problem names the setting and never repeats a secret. */
export function readNoteFormat(of: {
  format: string | undefined;
  body: string | undefined;
  contentType: string | undefined;
  authorization: string | undefined;
  link: string | undefined;
}): { format: NoteFormat } | { problem: string } {
  const { body, authorization, link } = of;
  const name = of.format?.toLowerCase() ?? DEFAULT_FORMAT;
  const known = FORMATS[name];
  if (known === undefined)
    return { problem: `PIPELINE_NOTIFY_FORMAT must be one of ${Object.keys(FORMATS).join(', ')}, not "${of.format}".` };
  if (authorization !== undefined && !/^[\x20-\x7e]+$/.test(authorization))
    return { problem: 'PIPELINE_NOTIFY_AUTHORIZATION must be one line, such as "Bearer TOKEN".' };
  const contentType = of.contentType ?? (body === undefined ? known.contentType : 'text/plain; charset=utf-8');
  if (!/^[\w.+-]+\/[\w.+-]+(; *[\w-]+=[\w-]+)*$/.test(contentType))
    return { problem: `PIPELINE_NOTIFY_CONTENT_TYPE must be a content type, such as application/json.` };
  if (body === undefined) return { format: { ...known, name, contentType, authorization, link } };
  const quoting = quotingFor(contentType);
  // A variable of the environment is often written in one line.
  const template = quoting === 'plain' ? body.replaceAll('\\n', '\n') : body;
  const format = { name: 'custom', contentType, template, quoting, authorization, link };
  const problem = templateProblem(format);
  return problem === undefined ? { format } : { problem };
}

/** The body of a note. */
export function noteBody(note: Note, { template, quoting, link }: NoteFormat): string {
  const values: Record<Placeholder, string> = {
    title: note.title,
    state: note.state,
    reason: note.reason,
    'what to do': note.todo,
    link: linkOf(note, link),
  };
  return template.replace(/\{([^{}"]+)\}/g, (whole, name: Placeholder) =>
    name in values ? QUOTINGS[quoting](shortened(values[name], LONGEST[name])) : whole,
  );
}

function templateProblem(format: NoteFormat): string | undefined {
  const { template, quoting } = format;
  if (template.length > LONGEST_TEMPLATE)
    return `PIPELINE_NOTIFY_BODY has ${template.length} characters; at most ${LONGEST_TEMPLATE} are allowed.`;
  const unknown = [...template.matchAll(/\{([a-z ]+)\}/g)].find(
    ([, name]) => !PLACEHOLDERS.includes(name as Placeholder),
  );
  const known = PLACEHOLDERS.map((one) => `{${one}}`).join(', ');
  if (unknown) return `PIPELINE_NOTIFY_BODY has the unknown placeholder ${unknown[0]}. There are ${known}.`;
  if (!PLACEHOLDERS.some((one) => template.includes(`{${one}}`)))
    return `PIPELINE_NOTIFY_BODY has no placeholder, so every message would be the same. There are ${known}.`;
  if (quoting !== 'json') return undefined;
  try {
    JSON.parse(noteBody({ id: '', title: '"', state: '\n', reason: '\\', todo: '', path: '' }, format));
    return undefined;
  } catch {
    return 'PIPELINE_NOTIFY_BODY is not valid JSON. Placeholders stand inside quotes: {"text": "{title}: {reason}"}';
  }
}

function linkOf({ path, title }: Note, link: string | undefined): string {
  if (link === undefined) return path;
  // A run names its manifest by an absolute path, and the template has a slash before it.
  const inPath = path.split('/').map(encodeURIComponent).join('/');
  return link
    .replaceAll('/{path}', () => `/${inPath.replace(/^\/+/, '')}`)
    .replaceAll('{path}', () => inPath)
    .replaceAll('{title}', () => encodeURIComponent(title));
}

function quotingFor(contentType: string): Quoting {
  if (/\bjson\b/i.test(contentType)) return 'json';
  if (/x-www-form-urlencoded/i.test(contentType)) return 'form';
  return /\b(html|xml)\b/i.test(contentType) ? 'markup' : 'plain';
}

const QUOTINGS: Readonly<Record<Quoting, (text: string) => string>> = {
  json: inJson,
  slack: (text) => inJson(entities(text)),
  form: encodeURIComponent,
  markup: (text) => entities(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  plain: (text) => text,
};

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Without control characters and half characters, which some services refuse. */
function shortened(text: string, most: number): string {
  const letters = [...text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ').trim()];
  return letters.length <= most
    ? letters.join('')
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
