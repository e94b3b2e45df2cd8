import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epub, PNG } from '../import/epub.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig } from './rig.ts';

queueInRedis();
commandsHere();

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.destroy());

const BOOK = epub({
  documents: {
    'c.xhtml': '<p>Rights reserved.</p>',
    '1.xhtml': '<h2>I</h2><p>“Who is there?” said Mara. “Speak!”</p><p>Nobody spoke.</p>',
    '2.xhtml': '<p>“It is only me,” said Mara.</p><p>“Me, too.”</p>',
  },
  bodyAttributes: { 'c.xhtml': 'epub:type="copyright-page"' },
  contents: '<li><a href="1.xhtml">I: The /Light/</a></li><li><a href="2.xhtml">II</a></li>',
  coverItem: '<item id="cover" href="c.png" media-type="image/png"/>',
  files: { 'OEBPS/c.png': PNG },
});

it('turns a manuscript into a book that check accepts, and overwrites nothing', async () => {
  await rig.write('novel.epub', BOOK);
  const done = await rig.run(['import', 'novel.epub', '--cast', '--report', 'account.json']);
  expect(done.stderr).toBe('');
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('4 quotations: 3 with a known speaker, 1 marked [?] for review.');
  expect(done.stdout).toContain('The Test/book.yaml: 2 chapters, 58 of 72 letters; 14 left out.');
  expect(done.stdout).toContain('Left out: "OEBPS/c.xhtml" (marked as copyright-page; 14 letters).');
  expect(JSON.parse((await rig.read('account.json')).toString())).toEqual({
    letters: { source: 72, chapters: 58, leftOut: 14 },
    leftOut: [
      {
        reason: 'marked as copyright-page',
        letters: 14,
        where: 'OEBPS/c.xhtml',
        sample: 'Rights reserved.',
        page: 'OEBPS/c.xhtml',
      },
    ],
  });
  expect((await rig.read('The Test/chapters/01 - I The Light.txt')).toString()).toBe(
    'I\n\n[Mara] “Who is there?”\n\nsaid Mara.\n\n[Mara] “Speak!”\n\nNobody spoke.\n',
  );
  expect((await rig.read('The Test/chapters/02 - II.txt')).toString()).toBe(
    '[Mara] “It is only me,” [pause 0.15s]\n\nsaid Mara.\n\n[?] “Me, too.”\n',
  );
  const check = await rig.run(['check', 'The Test/book.yaml']);
  expect(check.code).toBe(0);
  expect(check.stderr).toContain('The speaker of this line is uncertain; the narrator reads it.');

  // An edited folder stays as it is; the new import is beside it.
  const edited = '[Mara] “Who is there?”\n\nsaid Mara.\n';
  await rig.write('The Test/chapters/01 - I The Light.txt', edited);
  const again = await rig.run(['import', 'novel.epub', '--cast']);
  expect([again.code, again.stderr]).toEqual([0, '']);
  expect(again.stdout).toContain(
    '"The Test" has a book and stays as it is. This import is beside it, in "The Test.new":\n  1 chapter unchanged\n' +
      '  chapters/01 - I The Light.txt: 3 paragraphs only here, 0 only in the old folder, from line 1 there\n',
  );
  expect((await rig.read('The Test/chapters/01 - I The Light.txt')).toString()).toBe(edited);
  expect((await readdir(rig.folder)).sort()).toEqual(['The Test', 'The Test.new', 'account.json', 'novel.epub']);
});

it('says what is wrong with a manuscript, as text and as JSON', async () => {
  await rig.write('novel.docx', 'PK\u0003\u0004 no archive');
  const text = await rig.run(['import', 'novel.docx']);
  expect([text.code, text.stdout]).toEqual([2, '']);
  expect(text.stderr).toMatchInlineSnapshot(`
    "novel.docx error: This archive is damaged: its file list cannot be read.
       fix: Copy or download the file again.

    1 error
    "
  `);
  const json = await rig.run(['import', 'missing.epub', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    type: 'import',
    ok: false,
    diagnostics: [{ code: 'file-not-found' }],
  });
  expect(await readdir(rig.folder)).toEqual(['novel.docx']);
});

it('starts a book that runs as it is', async () => {
  const made = await rig.run(['init', 'new/my-book', '--title', 'A: "New" Book']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  const check = await rig.run(['check', 'new/my-book/book.yaml', '--json']);
  expect(JSON.parse(check.stdout)).toMatchObject({ type: 'check', ok: true, diagnostics: [] });
  const manifest = await readFile(rig.path('new/my-book/book.yaml'), 'utf8');
  expect(manifest).toMatch(/^# yaml-language-server: \$schema=.*schema\/manifest\.schema\.json\n/);
  const again = await rig.run(['init', 'new/my-book', '--json']);
  expect([again.code, JSON.parse(again.stdout)]).toEqual([
    2,
    { type: 'error', code: 'wrong-command-line', message: expect.stringContaining('not empty'), exitCode: 2 },
  ]);
});

it('puts a chapter together anew when a pause changes, and speaks nothing again', async () => {
  const made = await rig.run(['init', 'b', '--json']);
  expect(JSON.parse(made.stdout)).toEqual({ type: 'init', ok: true, manifest: 'b/book.yaml', title: 'b' });
  const manifest = (await rig.read('b/book.yaml')).toString();
  const first = await rig.runJson(['b/book.yaml', '--simulate']);
  expect(first.finished).toMatchObject({ ok: true, segments: { synthesized: 6 } });
  await rig.write('b/book.yaml', `${manifest}\npauses: { scene: 4, head: 1, tail: 4.5 }\n`);
  const second = await rig.runJson(['b/book.yaml', '--simulate']);
  expect(second.finished).toMatchObject({
    ok: true,
    segments: { synthesized: 0, reused: 6 },
    calls: { synthesize: 0 },
  });
  // The first file is the opening credits.
  const longer = second.finished.chapters[1]!.durationSeconds - first.finished.chapters[1]!.durationSeconds;
  // Two seconds more between the scenes, a quarter at the head, two and a half at the tail.
  expect(longer).toBeCloseTo(4.75, 1);
});

it('takes title, author and language from the command line, and refuses a language that the model does not speak', async () => {
  await rig.write('a.txt', 'Der Mond schien hell, und niemand war auf der Straße.');
  const done = await rig.run(['import', 'a.txt', '--title', 'Mond: I', '--author', 'A. Autor', '--out', 'b']);
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('by its words it is German');
  const manifest = (await rig.read('b/book.yaml')).toString();
  expect(manifest).toContain('title: "Mond: I"\n  author: A. Autor\n  language: de\n');
  const other = await rig.run(['import', 'a.txt', '--language', 'tlh', '--out', 'c']);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('The model does not speak "tlh".');
});

/** A terminal of its own, in which Ctrl-C is typed (util-linux). */
const TERMINAL = existsSync('/usr/bin/script') && process.platform === 'linux';

it.skipIf(!TERMINAL)('Ctrl-C in a terminal ends an import with 130, and nothing is written', async () => {
  await rig.write('long.html', `<p>${'<i>word</i> '.repeat(600_000)}</p>`);
  const command = 'node "$PROGRAM" import long.html --out long --report long.json';
  const PROGRAM = resolve('dist/src/cli/main.js');
  const of = { cwd: rig.folder, env: { ...process.env, PROGRAM } };
  const typed = spawn('/usr/bin/script', ['-qec', command, 'typescript'], {
    ...of,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  typed.stdout.on('data', (data: Buffer) => {
    shown += data.toString();
  });
  // Reading it takes longer than that.
  const timer = setTimeout(() => typed.stdin.write('\x03'), 1_200);
  const [code] = await once(typed, 'close');
  clearTimeout(timer);
  expect(code).toBe(130);
  expect(shown).not.toContain('Next:');
  expect((await readdir(rig.folder)).filter((name) => name.startsWith('long')).sort()).toEqual(['long.html']);
});
