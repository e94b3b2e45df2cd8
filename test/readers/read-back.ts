/** What programs of others read in a file: each as one text, in which a value is looked for. */
import { spawnSync } from 'node:child_process';
import { type Field, FORMATS, type Format, VALUES } from './files.ts';

interface Reader {
  name: string;
  /** Default: its name. */
  program?: string;
  args(path: string): string[];
  formats: readonly Format[];
}

/** Prints what EbookLib reads of a book. */
const EBOOKLIB = 'import sys; from ebooklib import epub; print(epub.read_epub(sys.argv[1]).metadata)';

const SOUND: readonly Format[] = ['mp3', 'm4a', 'm4b', 'flac', 'wav'];
/** Programs of Debian. */
export const READERS: readonly Reader[] = [
  {
    name: 'ffprobe',
    args: (path) => ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-show_chapters', path],
    formats: SOUND,
  },
  { name: 'mediainfo', args: (path) => ['--Full', '--Output=JSON', path], formats: SOUND },
  { name: 'mutagen-inspect', args: (path) => [path], formats: SOUND },
  { name: 'eyeD3', args: (path) => ['-v', '--no-color', path], formats: ['mp3'] },
  { name: 'AtomicParsley', args: (path) => [path, '-t', '+'], formats: ['m4a', 'm4b'] },
  { name: 'pandoc', args: (path) => ['-s', '-t', 'json', path], formats: ['epub'] },
  {
    name: 'epubcheck',
    program: 'java',
    args: (path) => ['-jar', '/usr/share/java/epubcheck.jar', path, '--json', '-'],
    formats: ['epub'],
  },
  { name: 'exiftool', args: (path) => ['-a', '-s', path], formats: ['epub'] },
  { name: 'ebooklib', program: '/usr/bin/python3', args: (path) => ['-c', EBOOKLIB, path], formats: ['epub'] },
];

/** Whether the programs that read these formats are here. */
export function areHere(formats: readonly Format[]): boolean {
  const needed = READERS.filter((reader) => reader.formats.some((format) => formats.includes(format)));
  return needed.every(({ name }) =>
    name === 'ebooklib'
      ? spawnSync('/usr/bin/python3', ['-c', 'import ebooklib']).status === 0
      : spawnSync('which', [name]).status === 0,
  );
}

/** Whether a format has a field: only an M4B and an MP3 have chapter marks, and only sound says that a machine speaks in a field of its own. */
export function hasField(field: Field, format: Format): boolean {
  if (field === 'chapters') return format === 'mp3' || format === 'm4b';
  return format !== 'epub' || !OF_SOUND.has(field);
}

const OF_SOUND: ReadonlySet<Field> = new Set([
  'sentence that a machine speaks',
  'digitalSourceType',
  'AIGC (GB 45438)',
] satisfies Field[]);

/** By field and format, the names of the programs that read the value in `book.FORMAT`. */
export function readBack(
  folder: string,
  formats: readonly Format[] = FORMATS,
): Map<Field, Map<Format, readonly string[]>> {
  const texts = new Map<Format, { name: string; text: string }[]>();
  for (const format of formats) {
    const readers = READERS.filter((reader) => reader.formats.includes(format));
    texts.set(
      format,
      readers.map(({ name, program = name, args }) => ({
        name,
        text: textOf(program, args(`${folder}/book.${format}`)),
      })),
    );
  }
  return new Map(
    Object.entries(VALUES).map(([field, value]) => [
      field as Field,
      new Map(
        [...texts].map(([format, read]) => [
          format,
          read.flatMap(({ name, text }) => (text.includes(value) ? [name] : [])),
        ]),
      ),
    ]),
  );
}

/** Escapes of JSON and of Python are taken away, so that a value is found as it is. */
function textOf(program: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  return `${stdout}${stderr}`
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(["'/\\])/g, '$1');
}
