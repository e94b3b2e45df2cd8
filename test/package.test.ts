/** What `npm pack` puts into the package, and that it starts where nothing else of this repository is. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUNDLED_FFMPEG } from './quick-environment.ts';

interface Manifest {
  exports: { '.': { types: string } };
  scripts: Record<string, string>;
}
type RemoveAllBut = (folder: string, built: ReadonlySet<string>) => void;

let folder: string;
let files: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel', 'silent'];
  const packed = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })) as { files: { path: string }[] }[];
  files = packed[0]!.files.map(({ path }) => path);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has what a user reads and runs, and none of the tools of this repository', () => {
  const top = new Set(files.map((path) => path.split('/')[0]));
  expect([...top].sort()).toEqual(
    [
      ...['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docker-compose.yml', 'docs'],
      ...['examples', 'manifests', 'package.json', 'schema', 'tools'],
    ].sort(),
  );
  expect(files.filter((path) => path.startsWith('tools/'))).toEqual(['tools/check-report.mjs']);
  expect(files.filter((path) => /\.(test\.ts|map|log)$|node_modules|(^|\/)\.pipeline/.test(path))).toEqual([]);
});

it('has the types of the library: a build keeps them, because npm packs after prepack and then prepare', async () => {
  const { exports, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  expect(scripts).toMatchObject({ prepack: 'node tools/types.mjs', prepare: 'npm run build' });
  const made = exports['.'].types;
  const paths = [made, 'dist/src/cli/main.js', 'dist/src/chunks/old.js'].map((path) => join(folder, path));
  for (const path of paths) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  }
  const { removeAllBut } = (await import(resolve('tools/remove-all-but.mjs'))) as { removeAllBut: RemoveAllBut };
  removeAllBut(join(folder, 'dist'), new Set([paths[1]!]));
  expect(paths.filter(existsSync)).toEqual(paths.slice(0, 2));
});

it('has every document and picture that its README names', () => {
  const named = [...readFileSync('README.md', 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path!);
  const inPackage = (path: string): boolean => files.some((file) => file === path || file.startsWith(path));
  expect(named.filter((path) => path !== 'CONTRIBUTING.md' && !inPackage(path))).toEqual([]);
});

it('writes a book and checks it outside the repository', { timeout: 60_000 }, () => {
  const installed = join(folder, 'node_modules/narration-pipeline');
  for (const path of files) {
    mkdirSync(dirname(join(installed, path)), { recursive: true });
    cpSync(path, join(installed, path));
  }
  // Only what a user gets: neither tools of development nor optional peers.
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  mkdirSync(join(installed, 'node_modules'));
  for (const name of needed(Object.keys(dependencies))) {
    mkdirSync(dirname(join(installed, 'node_modules', name)), { recursive: true });
    symlinkSync(resolve('node_modules', name), join(installed, 'node_modules', name));
  }
  const env = { PATH: process.env['PATH'], HOME: folder, ...(BUNDLED_FFMPEG && { FFMPEG_PATH: BUNDLED_FFMPEG }) };
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [join(installed, 'dist/src/cli/main.js'), ...args], {
      ...{ cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] },
    });
  run('init', 'lamp');
  expect(JSON.parse(run('check', 'lamp/book.yaml', '--json'))).toMatchObject({ ok: true });
  expect(failureOf(() => run('status', '--store', 's3://bucket/store'))).toContain('npm install @aws-sdk/client-s3@3 ');
  expect(failureOf(() => run('board'))).toContain('npm install @bull-board/api@9 ');
  const help = run('--help');
  expect(help).toContain('docs/reference/settings.md');
  expect(files).toContain('docs/reference/settings.md');
});

function failureOf(run: () => string): string {
  try {
    return `none: ${run()}`;
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr);
  }
}

/** These packages and what they need, as far as they stand at the top of node_modules. */
function needed(names: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    const file = resolve('node_modules', name, 'package.json');
    if (found.has(name) || !existsSync(file)) return;
    found.add(name);
    const of = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
    for (const other of Object.keys(of.dependencies ?? {})) add(other);
  };
  for (const name of names) add(name);
  return [...found];
}
