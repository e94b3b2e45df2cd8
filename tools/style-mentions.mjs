/** Paths, links, scripts and names that Markdown mentions and that do not exist; and documents that the source mentions. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOTS = '(?:src|jobs|test|tools|docs|schema|\\.ci)';
const PATH = new RegExp(`(?<![\\w/.@-]|\\]\\()${ROOTS}/[\\w.{},*/-]*[\\w}*/]`, 'g');
const DOCUMENT = /(?<![\w/.@-])docs\/[\w/-]+\.\w+/g;
/** `limits.ts` or `plan/levels.ts`: a file by the end of its path. */
const SHORT_PATH = /(?<=`)(?!(?:src|jobs|test|tools|docs)\/)[\w./-]+\.(?:ts|mjs|wat)(?=`)/g;
const LINK = /\]\(([^)\s]+)\)/g;
const SCRIPT = /npm run ([\w:-]+)/g;
/** `PipelineError`, `runBook`: in the documents for engineers such a name is one of the source. */
const IDENTIFIER = /(?<=`)(?:[A-Z][a-z]\w*|[a-z]+[A-Z]\w*)(?=`)/g;
const FOR_ENGINEERS = /^(ARCHITECTURE|CONTRIBUTING|docs\/explanation\/testing|docs\/explanation\/decisions\/.*)\.md$/;

/** Every mention of something that is not there, as `{ file, line, column, found, use }`. `files` are all paths, `read` has the texts. */
export function findBrokenMentions(files, read) {
  const known = new Set(files);
  const { scripts = {} } = JSON.parse(read.get('package.json') ?? '{}');
  const source = [...read]
    .filter(([file]) => !file.endsWith('.md'))
    .map(([, text]) => text)
    .join('\n');
  return [...read].flatMap(([file, text]) => {
    const at = (index) => ({
      line: text.slice(0, index).split('\n').length,
      column: index - text.lastIndexOf('\n', index - 1),
    });
    const check = (pattern, isThere, use) =>
      [...text.matchAll(pattern)]
        .filter((match) => !isThere(match[1] ?? match[0]))
        .map((match) => ({ file, ...at(match.index), found: match[1] ?? match[0], use }));
    const missing = 'a path that exists';
    if (/^(src|jobs)\//.test(file)) return check(DOCUMENT, (path) => known.has(path), missing);
    if (!file.endsWith('.md')) return [];
    return [
      ...check(PATH, (path) => expanded(path).every((one) => isPath(one, files)), missing),
      ...check(
        SHORT_PATH,
        (path) => path.startsWith('.') || files.some((one) => one === path || one.endsWith(`/${path}`)),
        missing,
      ),
      ...check(LINK, (target) => isTarget(target, file, read), 'a link to something that exists'),
      ...check(SCRIPT, (name) => name in scripts, 'a script of package.json'),
      ...(FOR_ENGINEERS.test(file) ? check(IDENTIFIER, (name) => source.includes(name), 'a name of the source') : []),
    ];
  });
}

/** `plan/{edition,lock}.ts` is two paths. */
function expanded(path) {
  const braces = /^(.*)\{([^}]*)\}(.*)$/.exec(path);
  return braces === null ? [path] : braces[2].split(',').map((part) => braces[1] + part + braces[3]);
}

/** A file, a folder, a pattern with a star, the number of a decision, or an example with NAME in it. */
function isPath(path, files) {
  if (/\b[A-Z]{3,}\b/.test(path)) return true;
  const start = path.replace(/\*.*$/, '');
  const isNumbered = /^docs\/explanation\/decisions\/\d{4}$/.test(path);
  if (isNumbered || start !== path) return files.some((one) => one.startsWith(start));
  const folder = path.replace(/\/$/, '');
  return files.some((one) => one === path || one.startsWith(`${folder}/`));
}

function isTarget(target, file, read) {
  if (/^[a-z]+:/.test(target)) return true;
  const [path, anchor] = target.split('#');
  const to = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(to)) return false;
  return anchor === undefined || headingsOf(read.get(to) ?? '').includes(anchor);
}

/** The anchors that GitHub gives to headings. */
function headingsOf(markdown) {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
