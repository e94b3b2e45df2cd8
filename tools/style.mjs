#!/usr/bin/env node
/**
 * Checks the words of the project: `npm run style`, or `node tools/style.mjs [--counts] [--comments] [PATH…]`.
 *
 * Searches Markdown, the texts in src/ and jobs/ that people read (help, messages), file names and exported names for the
 * words of tools/style-words.json. Also checks that everything that Markdown mentions exists: see style-mentions.mjs.
 * Prints `file:line:column "found": use …` for each hit and ends with 1 if there is one. A PATH limits what is printed.
 * `--counts` prints hits per folder. `--comments` also searches comments in the source.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { findBrokenMentions } from './style-mentions.mjs';

/** Imported as what it is, CommonJS: half a second less. */
const ts = createRequire(import.meta.url)('typescript');

const SOURCE = /^(src|jobs)\/.*\.tsx?$/;
/** Files whose every text is printed by `--help`, however short it is. */
const HELP = /^src\/cli\/(program|.*\/(command|options|failure-meanings))\.ts$|^src\/config\/settings\.ts$/;
/** Written by somebody else, or by a program. */
const GENERATED = /^docs\/reference\/licences\.md$/;
const EXPORT = /^export (?:default )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;
/** Programs and markup inside a text: Lua for Redis, SQL, the program that makes the queue's seed. */
const CODE = /redis\.call\(|\b(SELECT|INSERT INTO|DELETE FROM|CREATE TABLE)\b|^\s*import .* from ['"]/m;

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const { words, names, allowedNames } = JSON.parse(readFileSync(new URL('style-words.json', import.meta.url), 'utf8'));
const rules = words.map(({ find, use, unless }) => ({
  pattern: wholeWords(find),
  use,
  unless: unless === undefined ? undefined : new RegExp(loose(unless), 'giu'),
}));

/** One search instead of fifty. */
const anyWord = wholeWords(words.map(({ find }) => find).join('|'));

const files = ['src', 'jobs', 'test', 'tools', 'docs', 'schema', '.ci', '.'].flatMap(listFiles);
const read = new Map(
  files.filter((file) => /\.(tsx?|md)$|^package\.json$/.test(file)).map((file) => [file, readFileSync(file, 'utf8')]),
);
const hits = [...findBadNames(), ...findBrokenMentions(files, read)];
for (const [file, text] of read) {
  if (SOURCE.test(file)) hits.push(...checkSource(file, text));
  if (file.endsWith('.md') && !GENERATED.test(file))
    hits.push(...findWords(file, text, [{ text: proseOf(text), start: 0 }]));
}
print(hits.filter(({ file }) => only.length === 0 || only.some((path) => file.startsWith(path))));

/** Paths below a folder; of the root only its own files. */
function listFiles(folder) {
  const isRoot = folder === '.';
  try {
    return readdirSync(folder, { recursive: !isRoot, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => (isRoot ? name : `${parentPath}/${name}`))
      .filter((path) => !path.startsWith('test/fixtures/'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** A phrase may go on in the next line. */
function loose(phrase) {
  return phrase.replaceAll(' ', '(?:[ \\t]+|[ \\t]*\\n[ \\t*/]*)');
}

function wholeWords(phrase) {
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${loose(phrase)})(?![\\p{L}\\p{N}_-])`, 'giu');
}

/** Markdown with code, the targets of links and quoted file names replaced by as many blanks. */
function proseOf(markdown) {
  return markdown.replace(
    /^```[\s\S]*?^```|`[^`\n]*(?:\n[^`\n]+)?`|(?<=\])\([^)\s]*\)|<!--[\s\S]*?-->|https?:\/\/\S+/gm,
    blank,
  );
}

function blank(text) {
  return text.replace(/[^\n]/g, '¤');
}

/** Hits in pieces of a file; each piece has the offset at which it starts. */
function findWords(file, whole, pieces) {
  return pieces.flatMap(({ text, start }) => {
    if (text.search(anyWord) < 0) return [];
    return rules.flatMap(({ pattern, use, unless }) => {
      const allowed = unless === undefined ? [] : [...text.matchAll(unless)];
      return [...text.matchAll(pattern)]
        .filter(({ index }) => !allowed.some((span) => span.index <= index && index < span.index + span[0].length))
        .map(({ index, 0: found }) => ({ file, ...placeOf(whole, start + index), found, use }));
    });
  });
}

function placeOf(text, offset) {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function checkSource(file, text) {
  const inExports = [...text.matchAll(EXPORT)].flatMap(({ 1: name, index, 0: { length } }) =>
    badParts(name, { file, ...placeOf(text, index + length - name.length) }),
  );
  // Most files have none of the words anywhere, not even in a comment: they need no parser.
  if (withoutEscapes(text).search(anyWord) < 0) return inExports;
  const pieces = options.includes('--comments') ? commentsOf(text) : [];
  const visit = (node) => {
    // Texts of earlier versions, which are still recognized: `formerFooter: '…'`.
    if (ts.isPropertyAssignment(node) && node.name.getText().startsWith('former')) return;
    const piece = textOf(node, text);
    if (piece !== undefined && isProse(piece.text, file)) pieces.push(piece);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return [...findWords(file, text, pieces), ...inExports];
}

function commentsOf(text) {
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm)].map(({ 0: comment, index }) => ({
    text: comment.replace(/`[^`\n]*`/g, blank),
    start: index,
  }));
}

/** A text as it is written in the source, offset for offset; what a template inserts and what is markup are blanks. */
function textOf(node, source) {
  const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
  if (!isText || ts.isImportDeclaration(node.parent) || ts.isLiteralTypeNode(node.parent)) return undefined;
  const start = node.getStart();
  let text = source.slice(start, node.end);
  for (const { expression } of node.templateSpans ?? []) {
    const inserted = text.slice(expression.pos - start, expression.end - start);
    text = text.slice(0, expression.pos - start) + blank(inserted) + text.slice(expression.end - start);
  }
  if (CODE.test(text)) return undefined;
  return { text: withoutEscapes(text).replace(/<style>[\s\S]*?<\/style>|<[^>\n]*>/g, blank), start };
}

function withoutEscapes(text) {
  return text.replace(/\\[ntr]/g, '  ');
}

function isProse(text, file) {
  const count = text.match(/\p{L}{2,}/gu)?.length ?? 0;
  return count >= (HELP.test(file) ? 2 : 3) && /\p{L} +\S/u.test(text);
}

/** File names and exported names that have a word of the list in them. */
function findBadNames() {
  return files
    .filter((file) => /\.(ts|mjs|md)$/.test(file))
    .flatMap((file) => badParts(basename(file).replace(/\..*$/, ''), { file, line: 1, column: 1 }));
}

function badParts(name, place) {
  if (allowedNames.includes(name)) return [];
  const parts = name.split(/[-_.]|(?<=[a-z])(?=[A-Z])/).map((part) => part.toLowerCase());
  return parts
    .filter((part) => Object.hasOwn(names, part))
    .map((part) => ({ ...place, found: name, use: `"${names[part]}" instead of "${part}"` }));
}

function print(found) {
  found.sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1));
  if (options.includes('--counts')) {
    const counts = new Map();
    for (const { file } of found) {
      const folder = /^(src\/cli\/[^/]+\/|(src|docs)\/[^/]+\/|[^/]+\/)/.exec(file)?.[0] ?? file;
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    for (const [folder, count] of counts) console.log(`${String(count).padStart(5)} ${folder}`);
  } else {
    for (const { file, line, column, found: text, use } of found)
      console.log(`${file}:${line}:${column} "${text.replace(/\s+/g, ' ')}": use ${use}`);
  }
  if (found.length > 0) console.log(`${found.length} problems. The words are in tools/style-words.json.`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
