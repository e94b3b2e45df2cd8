/** Who may import whom: the table of ARCHITECTURE.md, held by a test. Also circles, purity, length, and docstrings. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { NODE_FLAGS } from './node-flags.ts';

/** Each room of the program, and the rooms it may import besides itself. Type-only imports count like all others. */
const LEVEL_0 = ['errors', 'events', 'limits', 'models', 'signals', 'account', 'audio/pcm'];
const PURE = ['manifest', 'reading', 'script', 'review', 'plan', 'qc', 'captions', 'letters', 'import'];
const PURE_LEVEL = ['manifest', 'script', 'plan', 'qc', 'captions'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  limits: [],
  models: [],
  signals: [],
  account: [],
  auth: [],
  'audio/pcm': [],
  events: ['errors'],
  holders: ['errors', 'signals'],
  manifest: LEVEL_0,
  // What an engine reads as it likes, and how it can be spelled out.
  reading: [...LEVEL_0, 'manifest'],
  script: [...LEVEL_0, 'manifest', 'reading'],
  review: [...LEVEL_0, 'manifest', 'script'],
  plan: [...LEVEL_0, 'manifest', 'script'],
  qc: [...LEVEL_0, 'manifest', 'reading'],
  captions: [...LEVEL_0, 'manifest', 'script', 'qc/expected-speech'],
  // Counts the letters of a manuscript, and may share nothing with what reads it.
  letters: [],
  // Known to the command and the thread that reads a manuscript; its list of a ZIP archive to the watcher.
  import: [...LEVEL_0, 'manifest', 'script', 'plan', 'letters'],
  store: [...LEVEL_0, 'holders', ...PURE_LEVEL],
  speech: [...LEVEL_0, 'plan', 'qc/expected-speech'],
  audio: [...LEVEL_0, 'plan', 'qc', 'manifest'],
  // Of speech, only how the service is asked over HTTP.
  hearing: [
    ...LEVEL_0,
    'qc',
    ...[
      'api-key',
      'deadline',
      'failures',
      'http-call',
      'leave',
      'protocol',
      'protocol-violation',
      'redact',
      'refusal',
    ].map((name) => `speech/dashscope/${name}`),
  ],
  jobs: [...LEVEL_0, ...PURE_LEVEL, 'store', 'speech', 'hearing', 'audio'],
  queue: [...LEVEL_0, 'holders', 'plan'],
  // Of import, what its thread does, and what a heading looks like.
  book: [
    ...[...LEVEL_0, 'holders', ...PURE_LEVEL, 'reading', 'review', 'store', 'audio'],
    ...[
      'import/import-manuscript',
      'import/headings/heading-forms',
      'import/headings/heading-shapes',
      'import/imported',
      'import/other-formats',
    ],
    ...['import/pdf/document', 'import/pdf/facts', 'import/pdf/refusals'],
  ],
  // Of audio, only how a container is written.
  deliver: [
    ...LEVEL_0,
    'holders',
    ...PURE_LEVEL,
    'store',
    'book',
    ...['audio/mp4/mp4-boxes', 'audio/mp4/mp4-items', 'audio/mp3/mp3-header'],
  ],
  run: [...LEVEL_0, ...PURE_LEVEL, 'holders', 'store', 'audio', 'queue', 'book', 'deliver'],
  lines: [...LEVEL_0, ...PURE_LEVEL, 'review', 'store', 'audio', 'queue', 'book', 'deliver', 'run'],
  publish: [...LEVEL_0, ...PURE_LEVEL, 'store', 'deliver', 'run'],
  submissions: [...LEVEL_0, ...PURE_LEVEL, 'store', 'queue', 'book', 'run', 'publish'],
  retention: [...LEVEL_0, ...PURE_LEVEL, 'store'],
  watch: [...LEVEL_0, 'holders', ...PURE_LEVEL, 'import', 'store', 'book'],
  's3-inbox': [...LEVEL_0, 'holders', 'store', 'watch'],
  web: [...LEVEL_0, ...PURE_LEVEL, 'review', 'auth', 'store', 'book', 'deliver', 'watch'],
  // Given what speaks and masters. Its page imports the shapes alone.
  studio: [
    ...LEVEL_0,
    'holders',
    ...PURE_LEVEL,
    'review',
    'auth',
    'store',
    'audio',
    'book',
    'deliver',
    'run',
    'lines',
    'web/problem',
    'web/byte-range',
  ],
  config: ['errors'],
  observe: [...LEVEL_0, 'auth', 'plan', 'queue', 'config'],
  simulator: [
    ...LEVEL_0,
    'speech/engine',
    'speech/dashscope/protocol',
    'speech/dashscope-realtime/protocol',
    'speech/dashscope-inference/protocol',
    'speech/openai-speech/protocol',
    'hearing/protocol',
  ],
  // The composition root: joins everything that the rooms below offer.
  composition: ['*'],
  library: ['*'],
  cli: ['*'],
};
/** Files of pure rooms that read or write: everything else in these rooms is pure. */
const READS_OR_WRITES: ReadonlySet<string> = new Set(['src/import/write/write-folder.ts']);
/** Node modules that a pure file may not touch: no files, no network, no clock, no chance. `crypto` is for hashing only. */
const IMPURE = /^node:(fs|net|http|https|child_process|worker_threads|timers|dgram|tls|dns|os|process)/;
const CLOCK_OR_CHANCE = /Date\.now|new Date\(\)|Math\.random|randomUUID|performance\.now|process\.env/;
/** A longer file holds more than one idea. */
const MOST_LINES = 300;

const files = ['src', 'jobs'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(root, name)),
);

describe('architecture', () => {
  // One test each: a test a file costs more than what is looked at.
  it('imports only what its part may, each file', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const part = partOf(file);
      const allowed = MAY_IMPORT[part];
      if (allowed === undefined) throw new Error(`"${part}" is not in the table: say what it may import.`);
      for (const target of importsOf(file)) {
        if (!target.startsWith('.')) continue;
        const path = normalize(join(dirname(file), target));
        if (!existsSync(path)) wrong.push(`${file} imports ${path}, which is not there`);
        const other = partOf(path);
        const exact = path.replace(/^src\//, '').replace(/\.tsx?$/, '');
        const fine = other === part || allowed.includes('*') || allowed.includes(other) || allowed.includes(exact);
        if (!fine) wrong.push(`${file} (${part}) may not import ${path} (${other})`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is pure where it says so: no files, network, clock or chance, here or in what it imports', () => {
    const wrong: string[] = [];
    for (const file of files.filter(isPure)) {
      const [clock] = CLOCK_OR_CHANCE.exec(codeOf(file)) ?? [];
      if (clock !== undefined) wrong.push(`${file} must stay pure: ${clock}`);
      for (const target of importsOf(file)) {
        if (!target.startsWith('.') && IMPURE.test(target)) wrong.push(`${file} must stay pure: ${target}`);
      }
      for (const path of valueImportsOf(file)) {
        if (!isPure(path) && !LEVEL_0.includes(partOf(path)))
          wrong.push(`${file} is pure and may not import ${path}, which is not`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps the page in the browser: it shares types with its server, a table of words with the report, and nothing else', () => {
    const inPage = (file: string): boolean => file.startsWith('src/studio/page/');
    const shared = ['src/qc/translations/chinese-doubts.ts'];
    for (const name of ['shapes', 'requests', 'attributions/attribution-shapes', 'handing-out/handout-shapes'])
      shared.push(`src/studio/${name}.ts`);
    shared.push('src/studio/proposals/proposal-shapes.ts');
    for (const file of files) {
      const ours = importsOf(file).filter((target) => target.startsWith('.'));
      const targets = ours.map((target) => normalize(join(dirname(file), target)));
      const strange = targets.filter((path) => (inPage(file) ? !inPage(path) && !shared.includes(path) : inPage(path)));
      expect(strange, file).toEqual([]);
      if (inPage(file)) expect(importsOf(file).filter((target) => /^node:/.test(target))).toEqual([]);
    }
  });

  it('has no circle of imports, type imports counted', () => {
    let printed: string;
    try {
      printed = execFileSync(process.execPath, [...NODE_FLAGS, 'tools/rooms.mjs', '--json'], { encoding: 'utf8' });
    } catch (error) {
      printed = (error as { stdout: string }).stdout;
    }
    const { circles } = JSON.parse(printed) as { circles: string[][] };
    expect(circles.map((circle) => circle.join(' ↔ '))).toEqual([]);
  });

  it('has one idea a file: none is longer than 300 lines', () => {
    const lines = (file: string): number => textOf(file).split('\n').length - 1;
    const long = files.filter((file) => lines(file) > MOST_LINES).map((file) => `${file}: ${lines(file)} lines`);
    expect(long).toEqual([]);
  });

  it('keeps nothing loose in src but what everything stands on', () => {
    const loose = files.filter((file) => /^src\/[^/]+$/.test(file));
    expect(loose).toEqual(
      ['account', 'errors', 'events', 'limits', 'models', 'signals'].map((name) => `src/${name}.ts`),
    );
  });

  it('reads the environment in one file, prints in one folder, and knows fluent-ffmpeg in one file', () => {
    const having = (pattern: RegExp): string[] => files.filter((file) => pattern.test(codeOf(file)));
    expect(having(/process\.env/).every((file) => file.startsWith('src/config/'))).toBe(true);
    // queue/embedded-seed.ts holds a program of its own, for a child process that makes the seed and reports on stderr.
    const printing = having(/\bconsole\.\w+\(|process\.std(out|err)/).filter((file) => !file.startsWith('src/cli/'));
    expect(printing).toEqual(['src/queue/embedded/embedded-seed.ts']);
    expect(having(/from 'fluent-ffmpeg'/)).toEqual(['src/audio/ffmpeg/ffmpeg.ts']);
    expect(having(/from 'bullmq'/).filter((file) => !file.startsWith('src/queue/'))).toEqual([]);
    // Everybody else must take the store that is configured, which may be on S3.
    expect(having(/openDiskStore\(/).sort()).toEqual(['src/store/disk.ts', 'src/store/open.ts']);
  });

  it('has a docstring on every export', () => {
    const bare = files.flatMap((file) => exportsWithoutDocstring(file).map((name) => `${file}: ${name}`));
    expect(bare).toEqual([]);
  });
});

function partOf(file: string): string {
  const [root, first = '', ...rest] = file.split('/');
  if (root === 'jobs') return 'jobs';
  if (file === 'src/audio/pcm.ts') return 'audio/pcm';
  return rest.length === 0 ? first.replace(/\.ts$/, '') : first;
}

/** A file of a pure room, or one elsewhere whose heading says that it is pure. */
function isPure(file: string): boolean {
  if (READS_OR_WRITES.has(file)) return false;
  const [heading = ''] = /^(#!.*\n)?\s*\/\*\*[\s\S]*?\*\//.exec(textOf(file)) ?? [];
  return PURE.includes(partOf(file)) || /\b[Pp]ure\b/.test(heading);
}

/** Files of ours that are imported for more than their types. */
function valueImportsOf(file: string): string[] {
  return sourceOf(file).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const { importClause: clause, moduleSpecifier } = statement;
    if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || !moduleSpecifier.text.startsWith('.')) return [];
    const names = clause?.namedBindings;
    if (names && ts.isNamedImports(names) && names.elements.every(({ isTypeOnly }) => isTypeOnly)) return [];
    return [normalize(join(dirname(file), moduleSpecifier.text))];
  });
}

/** Several tests ask for the same files: each is read once, parsed once, and freed of its comments once. */
const texts = new Map<string, string>();
function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(file, 'utf8');
  texts.set(file, text);
  return text;
}

const parsed = new Map<string, ts.SourceFile>();
function sourceOf(file: string): ts.SourceFile {
  const source = parsed.get(file) ?? ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

const imported = new Map<string, string[]>();
function importsOf(file: string): string[] {
  const found =
    imported.get(file) ??
    ts
      .preProcessFile(textOf(file), true, true)
      // Vite reads what follows a question mark.
      .importedFiles.map(({ fileName }) => fileName.replace(/\?.*$/, ''));
  imported.set(file, found);
  return found;
}

/** The file without its comments, which may speak of anything. */
const codes = new Map<string, string>();
function codeOf(file: string): string {
  const code = codes.get(file) ?? textOf(file).replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
  codes.set(file, code);
  return code;
}

function exportsWithoutDocstring(file: string): string[] {
  const source = sourceOf(file);
  const bare: string[] = [];
  // A file that exports one thing may say it all in its heading.
  const heading = /^(#!.*\n)?\s*\/\*\*/.test(source.text);
  const exported = source.statements.filter(
    (statement) =>
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true,
  );
  for (const statement of exported) {
    if (ts.getJSDocCommentsAndTags(statement).length > 0) continue;
    if (heading && exported.length === 1) continue;
    bare.push(statement.getText().split('\n')[0]?.slice(0, 80) ?? '');
  }
  return bare;
}
