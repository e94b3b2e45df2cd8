/** The project keeps to its own words, and what its documents mention exists: `npm run style`, and what it finds. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'style-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function style(files: Record<string, string>, ...args: string[]): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return run(folder, args).slice(0, -1);
}

function run(cwd: string, args: string[] = []): string[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [resolve('tools/style.mjs'), ...args], {
    cwd,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(stdout === '' ? 0 : 1);
  return stdout.split('\n').filter((line) => line !== '');
}

it('finds nothing in this repository', () => {
  expect(run('.')).toEqual([]);
});

describe('words', () => {
  it('are found in Markdown, over a line break too, with line, column and what to use', () => {
    expect(style({ 'docs/a.md': '# A\n\nA file that can\nnot be read.\n' })).toEqual([
      'docs/a.md:3:13 "can not": use cannot',
    ]);
  });

  it('are not looked for in code', () => {
    expect(style({ 'README.md': '`can not`, `a\nb can not`\n\n```\nIt can not.\n```\n' })).toEqual([]);
  });

  it('are found in messages, around what a template inserts, and after an escape', () => {
    const source = `throw new Error(\`The file \${name} can not be read.\\nSave it anew.\`);\n`;
    expect(style({ 'src/a.ts': source, 'jobs/b.ts': "fail('It can not be read.');\n" })).toEqual([
      'jobs/b.ts:1:10 "can not": use cannot',
      'src/a.ts:1:35 "can not": use cannot',
      'src/a.ts:1:61 "anew": use again',
    ]);
  });

  it('are not found in comments, short strings, imports, Lua and SQL', () => {
    const source = [
      "import { a } from './can not be.ts'; // it can not",
      "const payload = { purse: 'purse' };",
      "const lua = `local purse = KEYS[1]\n return redis.call('get', purse)`;",
      "const sql = 'SELECT purse FROM lane WHERE seat = 1';",
    ].join('\n');
    expect(style({ 'src/a.ts': source })).toEqual([]);
    expect(style({ 'src/a.ts': source }, '--comments')).toEqual(['src/a.ts:1:44 "can not": use cannot']);
  });

  it('are not found in texts of earlier versions, which a property named `former…` holds', () => {
    const source = "const texts = { formerStatus: { a: 'It needs your yes.' }, status: 'It needs your yes.' };\n";
    expect(style({ 'src/a.ts': source })).toEqual(['src/a.ts:1:78 "your yes": use approval, approve']);
  });

  it('are found in every text of a command, however short', () => {
    const source = "command.option('--a', 'set knobs');\n";
    expect(style({ 'src/cli/a/command.ts': source })).toEqual(['src/cli/a/command.ts:1:28 "knobs": use setting']);
    expect(style({ 'src/a.ts': source }, 'src/a.ts')).toEqual([]);
  });

  it('are found in names of files and of exports', () => {
    expect(style({ 'src/purse.ts': 'const purse = 1;\nexport const thePurse = purse;\n' })).toEqual([
      'src/purse.ts:1:1 "purse": use "budget" instead of "purse"',
      'src/purse.ts:2:14 "thePurse": use "budget" instead of "purse"',
    ]);
  });
});

describe('what a document mentions', () => {
  it('exists: paths, ends of paths, links, headings and scripts', () => {
    const text = [
      'See `src/a.ts`, `src/c.ts`, src/, src/{a,d}.ts, `sub/b.ts`, `e.ts`, [x](docs/b.md#a-heading), [y](docs/b.md#other),',
      '[z](docs/f.md), `npm run style`, `npm run other`.',
    ].join('\n');
    const files = { 'src/a.ts': '', 'src/sub/b.ts': '', 'docs/b.md': '# A heading\n' };
    expect(style({ ...files, 'package.json': '{"scripts":{"style":""}}', 'README.md': text })).toEqual([
      'README.md:1:18 "src/c.ts": use a path that exists',
      'README.md:1:35 "src/{a,d}.ts": use a path that exists',
      'README.md:1:62 "e.ts": use a path that exists',
      'README.md:1:97 "docs/b.md#other": use a link to something that exists',
      'README.md:2:3 "docs/f.md": use a link to something that exists',
      'README.md:2:35 "other": use a script of package.json',
    ]);
  });

  it('exists: names of the source, where engineers read; documents that the source names', () => {
    const source = '/** See docs/none.md. */\nexport const runBook = 1;\n';
    expect(style({ 'src/a.ts': source, 'ARCHITECTURE.md': '`runBook` and `playBook`\n' })).toEqual([
      'ARCHITECTURE.md:1:16 "playBook": use a name of the source',
      'src/a.ts:1:9 "docs/none.md": use a path that exists',
    ]);
  });
});
