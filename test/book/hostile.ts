/** Hostile books, by kind: what an attacker writes into a manifest, and what is said of it. Data for hostile.test.ts. */
import { PNG } from '../import/epub.ts';

/** One kind. */
export interface HostileBook {
  kind: string;
  /** The manifest, as text or as fields of a good one that are replaced. */
  manifest: string | Uint8Array | Fields;
  /** Files beside the manifest, in place of or besides the good ones. */
  files?: Record<string, string | Uint8Array>;
  /** Links beside the manifest: name and target, where `~` is the folder around the book's. */
  links?: Record<string, string>;
  /** Codes of all that is said; empty for what is harmless as it is. */
  says: string[];
}

/** What of a good manifest is replaced. */
export interface Fields {
  title?: unknown;
  author?: unknown;
  chapter?: unknown;
  sample?: unknown;
  cover?: unknown;
  file?: unknown;
  text?: unknown;
  name?: string;
}

const GOOD = `book: {title: T}
characters: {narrator: {sample: voices/narrator.wav}}
chapters: [{title: One, text: The lamp went out.}]
`;

const one = (kind: string, manifest: HostileBook['manifest'], ...says: string[]): HostileBook => ({
  kind,
  manifest,
  says,
});

/** Paths that lead, or seem to lead, out of the manifest's folder. The good book lies in `~/book`, a secret in `~/secret.txt`. */
export const PATHS: readonly HostileBook[] = [
  ...[
    '../secret.txt',
    './../secret.txt',
    'chapters/../../secret.txt',
    'chapters/./../../book/../secret.txt',
    '..',
    '/etc/passwd',
    '//server/share/secret.txt',
    '/proc/self/environ',
    '/dev/zero',
    '/dev/stdin',
    'C:/Windows/win.ini',
    'c:secret.txt',
  ].map((file) => one(`the path ${file}`, { file }, 'path-outside')),
  ...[
    '\\\\server\\share\\secret.txt',
    '\\\\?\\C:\\secret.txt',
    '..\\secret.txt',
    'C:\\Windows\\win.ini',
    'file:///etc/passwd',
    'file:secret.txt',
    'FILE:/etc/passwd',
    'chapters/01.txt\u0000.wav',
    '\u0000',
    'chapters/01.txt\n/etc/passwd',
    '\u001b[2Jchapters/01.txt',
    'chapters/\ud800.txt',
  ].map((file) => one(`the path ${JSON.stringify(file).slice(0, 40)}`, { file }, 'bad-path')),
  ...[
    '~/secret.txt',
    '$HOME/secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    '....//secret.txt',
    '\u2025/secret.txt',
    '\uff0e\uff0e/secret.txt',
    'chapters/01.txt/x',
    'chapters/01.txt::$DATA',
    '$(cat /etc/passwd)',
    'chapters/*.txt',
  ].map((file) => one(`the path ${file}`, { file }, 'file-not-found')),
  one('a path of five thousand letters', { file: 'x'.repeat(5_000) }, 'too-long'),
  one('a path with a slash behind', { file: 'chapters/01.txt/' }),
  one('a folder for a text', { file: 'chapters' }, 'not-a-file'),
  one('the folder itself', { file: '.' }, 'not-a-file'),
  one('the manifest as a text', { file: 'book.yaml' }, 'bracket-spoken'),
  ...['sample', 'cover'].map((field) => one(`a way out as the ${field}`, { [field]: '../secret.txt' }, 'path-outside')),
];

/** Links below the folder, which the text of the manifest does not show. */
export const LINKS: readonly HostileBook[] = [
  { ...one('a link to a file outside', { file: 'link.txt' }, 'path-outside'), links: { 'link.txt': '~/secret.txt' } },
  { ...one('a relative link outside', { file: 'link.txt' }, 'path-outside'), links: { 'link.txt': '../secret.txt' } },
  { ...one('a folder that is a link', { file: 'out/secret.txt' }, 'path-outside'), links: { out: '..' } },
  {
    ...one('a link to a link outside', { file: 'one.txt' }, 'path-outside'),
    links: { 'one.txt': 'two.txt', 'two.txt': '~/secret.txt' },
  },
  { ...one('a link to itself', { file: 'loop.txt' }, 'bad-path'), links: { 'loop.txt': 'loop.txt' } },
  { ...one('a link to nothing', { file: 'gone.txt' }, 'file-not-found'), links: { 'gone.txt': '~/gone.txt' } },
  { ...one('a link to an endless device', { file: 'zero.txt' }, 'path-outside'), links: { 'zero.txt': '/dev/zero' } },
  { ...one('a link to the environment', { file: 'e.txt' }, 'path-outside'), links: { 'e.txt': '/proc/self/environ' } },
  { ...one('a sample that is a link', { sample: 'link.wav' }, 'path-outside'), links: { 'link.wav': '~/secret.txt' } },
  { ...one('a cover that is a link', { cover: 'link.png' }, 'path-outside'), links: { 'link.png': '~/secret.txt' } },
];

/** Addresses and options of ffmpeg in the place of a file. */
export const FFMPEG_NAMES: readonly HostileBook[] = [
  ...[
    'concat:voices/narrator.wav|/etc/passwd',
    'concatf:list.txt',
    'data:audio/wav;base64,AAAA',
    'pipe:0',
    'fd:0',
    'crypto:voices/narrator.wav',
    'cache:voices/narrator.wav',
    'async:voices/narrator.wav',
    'http://127.0.0.1/a.wav',
    'ftp://127.0.0.1/a.wav',
    'tcp://127.0.0.1:22',
    'rtmp://127.0.0.1/a',
    'hls+http://127.0.0.1/a.m3u8',
    'unix:/run/docker.sock',
    'gopher://127.0.0.1/a',
  ].map((sample) => one(`the sample ${sample}`, { sample }, sample.includes('://') ? 'bad-address' : 'bad-path')),
  one('the cover of https', { cover: 'https://127.0.0.1/a.png' }, 'bad-path'),
  ...['subfile,,start,0,end,9,,:/etc/passwd', '-i', '-version', '@list.txt', 'voices/%03d.wav'].map((sample) =>
    one(`the sample ${sample}`, { sample }, 'file-not-found'),
  ),
];

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const XXE = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>`;

/** Files that are not what their place says. */
export const POSERS: readonly HostileBook[] = [
  ...Object.entries({
    'an HLS playlist': '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
    'an HLS playlist with a key of afar':
      '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1/k"\n#EXTINF:1,\na\n',
    'a concat script': "ffconcat version 1.0\nfile '/etc/passwd'\n",
    'a session description': 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5000 RTP/AVP 0\r\n',
    'a DASH manifest': '<?xml version="1.0"?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>',
    'an ASX list': '<asx version="3.0"><entry><ref href="file:///etc/passwd"/></entry></asx>',
    'a PLS list': '[playlist]\nFile1=/etc/passwd\n',
    'an XSPF list':
      '<playlist><trackList><track><location>file:///etc/passwd</location></track></trackList></playlist>',
    'a cue sheet': 'FILE "/etc/passwd" WAVE\n  TRACK 01 AUDIO\n',
    'metadata of ffmpeg': ';FFMETADATA1\ntitle=x\n',
    'a web page': '<html><script>alert(1)</script></html>',
    'an SVG': SVG,
    'a shell script': '#!/bin/sh\ntouch pwned\n',
    'a program': '\u007fELF\u0002\u0001\u0001',
    'an AVI in a RIFF': 'RIFF\u0010\0\0\0AVI LIST',
    'a WebP in a RIFF': 'RIFF\u0010\0\0\0WEBPVP8 ',
    'a ZIP': 'PK\u0003\u0004',
    'a GIF': 'GIF89a\u0001\0\u0001\0',
    'a MIDI file': 'MThd\0\0\0\u0006',
    'nothing at all': '',
  }).map(([what, bytes]) => ({
    ...one(`${what} posing as a recording`, { sample: 'voices/pose.wav' }, 'not-audio'),
    files: { 'voices/pose.wav': Buffer.from(bytes, 'latin1') },
  })),
  ...Object.entries({
    'an SVG': SVG,
    'an SVG with an entity of the disk': XXE,
    'a GIF': 'GIF89a\u0001\0\u0001\0',
    'a WebP': 'RIFF\u0010\0\0\0WEBPVP8 ',
    'a TIFF': 'II*\0\u0008\0\0\0',
    'a PDF': '%PDF-1.7\n',
    PostScript: '%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run\n',
    'a drawing of ImageMagick': "push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x'\n",
    'an HLS playlist': '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n',
    'nothing at all': '',
  }).map(([what, bytes]) => ({
    ...one(`${what} posing as a cover`, { cover: 'pose.png' }, 'not-an-image'),
    files: { 'pose.png': Buffer.from(bytes, 'latin1') },
  })),
  {
    ...one('half a PNG', { cover: 'pose.png' }, 'damaged-image'),
    files: { 'pose.png': Buffer.from(PNG).subarray(0, 40) },
  },
];

/** Addresses of samples that lead to this machine or its network. Names are said to be at 10.0.0.1. */
export const ADDRESSES: readonly HostileBook[] = [
  ...[
    'https://127.0.0.1/a.wav',
    'https://localhost/a.wav',
    'https://127.1/a.wav',
    'https://2130706433/a.wav',
    'https://0x7f000001/a.wav',
    'https://0177.0.0.1/a.wav',
    'https://0/a.wav',
    'https://[::1]/a.wav',
    'https://[::ffff:127.0.0.1]/a.wav',
    'https://[fd00::1]/a.wav',
    'https://10.0.0.1/a.wav',
    'https://192.168.0.1:8443/a.wav',
    'https://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/a.wav',
    'https://127.0.0.1\u3002evil.test/a.wav',
    'HTTPS://127.0.0.1/a.wav',
  ].map((sample) => one(`the sample ${sample}`, { sample }, 'download-failed')),
  one('a sample in https of nobody', { sample: 'https:///etc/passwd' }, 'download-failed'),
  one('a sample in https without slashes', { sample: 'https:127.0.0.1' }, 'bad-path'),
  ...['https://', 'https://a b/c.wav', 'https://evil.test@127.0.0.1/a.wav', 'https://me:word@evil.test/a.wav'].map(
    (sample) => one(`the sample ${sample}`, { sample }, 'bad-address'),
  ),
];

const alias = (depth: number): string =>
  Array.from(
    { length: depth },
    (_, i) =>
      `a${i}: &a${i} [${Array(10)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(', ')}]`,
  ).join('\n');

/** YAML that is more than it seems. */
export const YAML: readonly HostileBook[] = [
  one('an alias bomb', alias(30), 'alias-bomb'),
  one('a bomb of merged maps', `a: &a {b: c}\nd: [${Array(40_000).fill('{<<: *a}').join(',')}]`, 'too-complex'),
  one('a list within itself', 'book: &a [*a]\n', 'wrong-type', 'missing-field'),
  one('a function of JavaScript', 'book: !!js/function "function () { process.exit(7) }"\n', 'yaml-tag'),
  one('an object of Python', 'book: !!python/object/apply:os.system ["touch pwned"]\n', 'yaml-tag'),
  one('a tag of its own', 'book: !<tag:evil.test,2026:x> {title: T}\n', 'yaml-tag'),
  one('binary in YAML', 'book: !!binary "AAAA"\n', 'missing-field', 'unknown-field'),
  one('several documents', 'book: {title: T}\n---\nbook: {title: U}\n', 'yaml-syntax'),
  one('a version of YAML that is not there', '%YAML 9.9\n---\nbook: {title: T}\n', 'yaml-syntax'),
  one('a map as a key', '? {a: b}\n: c\n', 'yaml-syntax'),
  one('a key twice', 'book: {title: T}\nbook: {title: U}\n', 'duplicate-key', 'missing-field'),
  one('a bare list', '- a\n- b\n', 'wrong-type'),
  one('a bare number', '7\n', 'wrong-type'),
  one('a NUL', 'book: {title: "T\u0000"}\n', 'binary-file'),
  one('a million characters in one word', `book: {title: ${'x'.repeat(1_000_000)}}\n`, 'too-long', 'missing-field'),
  one('fifty thousand chapters', `chapters:\n${'- {title: t, file: a}\n'.repeat(50_000)}`, 'too-complex'),
];

/** Numbers that are none, or far beyond anything. */
export const NUMBERS: readonly HostileBook[] = [
  ...['.inf', '-.inf', '.nan', '1e999', '"1"', '9'.repeat(5_000)].map((number) =>
    one(`the pause ${number.slice(0, 20)}`, `${GOOD}pauses: {scene: ${number}}\n`, 'wrong-type'),
  ),
  ...['1e308', '0x7fffffffffffffff', '9007199254740993', '-1'].map((number) =>
    one(`the pause ${number}`, `${GOOD}pauses: {scene: ${number}}\n`, 'out-of-range'),
  ),
  ...Object.entries({ '1e9': 'out-of-range', '-2026': 'out-of-range', '9999999999999999999999': 'out-of-range' }).map(
    ([year, says]) => one(`the year ${year}`, GOOD.replace('title: T', `title: T, year: ${year}`), says),
  ),
  ...['2026.5', '.nan'].map((year) =>
    one(`the year ${year}`, GOOD.replace('title: T', `title: T, year: ${year}`), 'wrong-type'),
  ),
  ...['1e30 CNY', '-1 CNY', '1e999', 'NaN', '.inf', '99999999999999999999999999 CNY'].map((budget) =>
    one(`the budget ${budget}`, `${GOOD}budget: ${budget}\n`, 'wrong-budget'),
  ),
  one('a sample for shops of 1e308 s', `${GOOD}retailSample: {seconds: 1e308}\n`, 'out-of-range'),
  one('a loudness of 1e308 LUFS', `${GOOD}output: {custom: {loudness: 1e308}}\n`, 'out-of-range'),
  one('a pause tag of 1e308 s', { text: 'A [pause 1e308s] b.' }, 'bad-pause'),
  one('a negative pause tag', { text: 'A [pause -5s] b.' }, 'bad-pause'),
];

/** Texts that a shell, a database, a page, a terminal or a formatter would obey. */
export const ORDERS: readonly string[] = [
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  '| touch pwned',
  '&& touch pwned',
  '-rf',
  '--store=/etc',
  "'; DROP TABLE takes; --",
  "' OR '1'='1",
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "<!--#exec cmd='touch pwned'-->",
  '& <b>bold</b>',
  'javascript:alert(1)',
  '\u001b[2J\u001b[31mred',
  '\u001b]52;c;cHduZWQ=\u0007',
  '\u001b]8;;https://evil.test\u0007click\u001b]8;;\u0007',
  '\u009b2J',
  '\u202egnp.exe',
  'a\u0000b',
  'a\rb',
  '%s%n%x',
  '{{7*7}}',
  // What is written here is what JavaScript must not read.
  '$' + '{process.exit(7)}',
  '=HYPERLINK("https://evil.test")',
  '../../../../etc/cron.d/x',
  'C:\\Windows\\x',
  'title\n[CHAPTER]\nSTART=0',
  'title=x;#\\\n\\',
  'a:filter=movie=/etc/passwd,b',
];

/** No control characters but line breaks. */
const CAN_BE_SHOWN = /^[\P{Cc}\n\r]+$/u;
/** No control characters, colons, brackets and backslashes. */
const CAN_BE_TAGGED = /^[^\p{Cc}\p{Cf}:\\[\]]+$/u;

/** Each as titles and author, and as the name of a character, which tags in the text must be able to write. */
export const NAMES: readonly HostileBook[] = [
  ...ORDERS.map((order) => {
    const fields = { title: order, author: order, chapter: order };
    return one(`the title ${JSON.stringify(order)}`, fields, ...(CAN_BE_SHOWN.test(order) ? [] : ['wrong-value']));
  }),
  ...ORDERS.map((order) =>
    CAN_BE_TAGGED.test(order)
      ? one(`the character ${JSON.stringify(order)}`, { name: order, text: `Night.\n\n[${order}] Who is there?` })
      : one(`the character ${JSON.stringify(order)}`, { name: order }, 'bad-name'),
  ),
];

/** All of them, by what they try. */
export const HOSTILE_BOOKS: Readonly<Record<string, readonly HostileBook[]>> = {
  'paths out of the folder': PATHS,
  'links out of the folder': LINKS,
  'addresses and options of ffmpeg': FFMPEG_NAMES,
  'files that pose as others': POSERS,
  'samples at home': ADDRESSES,
  'YAML that is more than it seems': YAML,
  'numbers beyond all': NUMBERS,
  'names that are orders': NAMES,
};
