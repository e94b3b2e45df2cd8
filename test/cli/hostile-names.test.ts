/** A book whose every name is an order to somebody: it is made, nobody obeys, and all its files lie where they belong. */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

const TITLES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)> $(touch pwned) `touch pwned`',
  '\u202egnp.exe \u2066x\u200b {{7*7}} =HYPERLINK("https://evil.test")',
  "../../../../etc/cron.d/x '; DROP TABLE takes; --",
  'title\n[CHAPTER]\nSTART=0',
  '-rf; touch pwned #%s%n',
];

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig);
});
afterEach(() => rig.destroy());

it('every order among the names of a book is delivered as a name', { timeout: 120_000 }, async () => {
  const [html = '', page = '', screen = '', path = ''] = TITLES;
  await rig.write(
    'book.yaml',
    JSON.stringify({
      book: { title: screen, author: page, narrator: html, genre: path },
      characters: { narrator: { sample: 'voices/narrator.wav' }, [html]: { sample: 'voices/mara.mp3' } },
      chapters: TITLES.map((title) => ({ title, text: `The wind had turned.\n\n[${html}] They listened & waited.\n` })),
      output: { formats: ['mp3', 'm4b'], subtitles: ['vtt'], also: ['cue', 'epub'], lines: 'mp3' },
    }),
  );
  const common = ['--simulate', '--store', rig.path('store'), '--out', rig.path('out')];
  const screens = [
    await rig.run(['check', 'book.yaml']),
    await rig.run(['plan', 'book.yaml', '--verbose', '--simulate', '--store', rig.path('store')]),
    await rig.run(['run', 'book.yaml', ...common]),
    await rig.run(['status', '--store', rig.path('store')]),
  ];
  for (const { code, stdout, stderr } of screens) {
    expect(code, stderr).toBe(0);
    // What a terminal would obey or hide.
    expect(`${stdout}${stderr}`).not.toMatch(/[^\P{C}\n]/u);
  }
  // Its own book, texts, samples and what was asked for.
  expect((await readdir(rig.folder)).sort()).toEqual([
    'book.lock',
    'book.yaml',
    'one.txt',
    'out',
    'store',
    'two.txt',
    'voices',
  ]);
  const [title = '', ...others] = await readdir(rig.path('out'));
  expect(others).toEqual([]);
  const names = await readdir(rig.path('out', title), { recursive: true });
  for (const name of [title, ...names]) expect(name).not.toMatch(/[^\P{C}]|[<>"|?*:\\]|pwned\.|^\.\./u);
  expect(names.filter((name) => /^\d\d - [^/]*\.mp3$/.test(name))).toHaveLength(TITLES.length);

  const report = (await rig.read(relative(rig.folder, rig.path('out', title, 'report.html')))).toString();
  expect(report).not.toMatch(/<script|<img|[^\P{Cc}\n]/u);
  expect(report).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  const epub = names.find((name) => name.endsWith('.epub')) ?? '';
  for (const [name, bytes] of Object.entries(unzipSync(await rig.read(join('out', title, epub))))) {
    if (/\.(xhtml|opf|smil)$/.test(name))
      expect(Buffer.from(bytes).toString()).not.toMatch(/<script|<img|[^\P{Cc}\n]/u);
  }
});
