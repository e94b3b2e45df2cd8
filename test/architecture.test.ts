/** Who may import whom: the table of ARCHITECTURE.md, held by a test. Also that every export says what it is. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Each part of the program, and the parts it may import besides itself. Type-only imports count like all others. */
const LEVEL_0 = ['errors', 'events', 'limits', 'models', 'account', 'asker', 'audio/pcm'];
const PURE = ['manifest', 'script', 'plan', 'qc', 'captions'];
/** Reads manuscripts' bytes; as pure as the others, and known to the import command alone. */
const ALSO_PURE = ['import'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  limits: [],
  models: [],
  account: [],
  asker: [],
  'audio/pcm': [],
  events: ['errors'],
  manifest: LEVEL_0,
  script: [...LEVEL_0, 'manifest'],
  plan: [...LEVEL_0, 'manifest', 'script'],
  qc: [...LEVEL_0, 'manifest'],
  captions: [...LEVEL_0, 'manifest', 'script'],
  store: [...LEVEL_0, ...PURE],
  speech: [...LEVEL_0, 'plan'],
  audio: [...LEVEL_0, 'plan', 'qc', 'manifest'],
  jobs: [...LEVEL_0, ...PURE, 'store', 'speech', 'audio'],
  queue: [...LEVEL_0, 'plan'],
  progress: ['events'],
  download: [...LEVEL_0],
  book: [...LEVEL_0, ...PURE, 'download'],
  cast: [...LEVEL_0, ...PURE, 'store', 'book'],
  consent: [...LEVEL_0, ...PURE, 'book'],
  pickups: [...LEVEL_0, ...PURE, 'book', 'audio'],
  deliver: [...LEVEL_0, ...PURE, 'store'],
  deliveries: [...LEVEL_0, ...PURE, 'store', 'deliver', 'repair'],
  'run-log': [
    ...LEVEL_0,
    ...PURE,
    'store',
    'queue',
    'deliver',
    'deliveries',
    'progress',
    'repair',
    'segment-tally',
    'voice-tally',
  ],
  'segment-tally': [...LEVEL_0, ...PURE],
  'voice-tally': [...LEVEL_0, ...PURE],
  'plan-book': [...LEVEL_0, ...PURE, 'store', 'audio', 'book'],
  proof: [...LEVEL_0, ...PURE, 'store', 'deliver', 'deliveries', 'book', 'consent', 'run-log'],
  hold: ['errors', 'store'],
  repair: ['events', 'plan'],
  'run-purse': [...LEVEL_0, ...PURE, 'store', 'plan-book', 'run-log'],
  rounds: [...LEVEL_0, ...PURE, 'queue', 'run-log', 'run-purse', 'hold', 'repair'],
  run: [
    ...[...LEVEL_0, ...PURE, 'store', 'queue', 'deliver', 'progress', 'book'],
    ...['run-log', 'plan-book', 'proof', 'hold', 'run-purse', 'rounds'],
  ],
  publish: [...LEVEL_0, ...PURE, 'store', 'deliver', 'run'],
  shelf: [...LEVEL_0, ...PURE, 'store', 'queue', 'book', 'hold', 'run', 'publish'],
  watch: [...LEVEL_0, ...PURE, 'store', 'book'],
  mirror: [...LEVEL_0, 'store', 'watch'],
  library: [...LEVEL_0, ...PURE, 'store', 'deliver', 'book'],
  web: [...LEVEL_0, ...PURE, 'store', 'deliver', 'watch'],
  import: [...LEVEL_0, 'manifest', 'script'],
  'import-folder': [...LEVEL_0, 'manifest', 'script', 'plan', 'import'],
  config: [],
  observe: [...LEVEL_0, 'plan', 'queue', 'config'],
  simulator: [...LEVEL_0, 'speech/dashscope/protocol'],
  cli: ['*'],
};
/** Node modules that a pure part may not touch: no files, no network, no clock, no chance. `crypto` is for hashing only. */
const IMPURE = /^node:(fs|net|http|https|child_process|worker_threads|timers|dgram|tls|dns|os|process)/;

const files = ['src', 'jobs'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, name)),
);

describe('architecture', () => {
  it.each(files)('%s imports only what its part may', (file) => {
    const part = partOf(file);
    const allowed = MAY_IMPORT[part];
    if (allowed === undefined) throw new Error(`"${part}" is not in the table: say what it may import.`);
    for (const target of importsOf(file)) {
      if (!target.startsWith('.')) {
        if (PURE.includes(part) || ALSO_PURE.includes(part))
          expect(target, `${file} must stay pure`).not.toMatch(IMPURE);
        continue;
      }
      const path = normalize(join(dirname(file), target));
      expect(existsSync(path), `${file} imports ${path}`).toBe(true);
      const other = partOf(path);
      const exact = path.replace(/^src\//, '').replace(/\.ts$/, '');
      const fine = other === part || allowed.includes('*') || allowed.includes(other) || allowed.includes(exact);
      expect(fine, `${file} (${part}) may not import ${path} (${other})`).toBe(true);
    }
  });

  it.each(files.filter((file) => PURE.includes(partOf(file))))('%s uses no clock and no chance', (file) => {
    expect(readFileSync(file, 'utf8')).not.toMatch(
      /Date\.now|new Date\(\)|Math\.random|randomUUID|performance\.now|process\.env/,
    );
  });

  it('reads the environment in one file, prints in one folder, and knows fluent-ffmpeg in one file', () => {
    const having = (pattern: RegExp): string[] => files.filter((file) => pattern.test(codeOf(file)));
    expect(having(/process\.env/)).toEqual(['src/config.ts']);
    // queue/seed.ts holds a program of its own, for a child process that makes the seed and reports on stderr.
    const printing = having(/\bconsole\.\w+\(|process\.std(out|err)/).filter((file) => !file.startsWith('src/cli/'));
    expect(printing).toEqual(['src/queue/embedded-seed.ts']);
    expect(having(/from 'fluent-ffmpeg'/)).toEqual(['src/audio/ffmpeg.ts']);
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

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The file without its comments, which may speak of anything. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
}

function exportsWithoutDocstring(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
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
