/**
 * tools/check-report.mjs on a real run, and on proofs that were tampered with: each must be refused at its place. The
 * checker imports nothing of the pipeline.
 */
import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRig, queueInRedis, type Rig, writeBook } from '../cli/rig.ts';
import { BUNDLED_FFMPEG } from '../quick-environment.ts';
import { type Chapter, ROUNDS } from './forgeries.ts';
import { runProgram } from './run-program.ts';

const CHECKER = resolve('tools/check-report.mjs');
const OUT = 'out/A Small Book';
queueInRedis();

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig);
  await rig.write(
    'three.md',
    '# The **Third**\r\n\r\nShe said \\[quietly] *nothing*.\r\n\r\n[mara] See [the map](http://example.com/x)!\r\n\r\n***\r\n\r\nNo.\r\n',
  );
  const manifest = (await rig.read('book.yaml')).toString();
  await rig.write(
    'book.yaml',
    `${manifest.replace('author: Somebody', 'author: Somebody\n  pronunciations: {Quill: Kwill}')}  - { title: Map, file: three.md }
  - title: Talk
    lines:
      - narrator: They talked about Quill. [pause 1s] For long.
      - mara: |
          Did we?

          We did.
      - "[scene]"
      - The end.
  - title: Inside
    text: |
      A text in the manifest&nbsp;&mdash; caf&eacute;.

      [mara] With a tag.
output:
  formats: [mp3, m4a, m4b]
`,
  );
  const { finished, stderr } = await rig.runJson(['book.yaml', '--simulate']);
  expect(finished.ok, stderr).toBe(true);
}, 240_000);
afterAll(() => rig.destroy());

const check = (folder = OUT, ...more: string[]) =>
  runProgram(rig.folder, [CHECKER, folder, '--manifest', 'book.yaml', '--store', '.pipeline', ...more]);

/** Once the proof was found with the system's ffmpeg: with the one that comes with the program, which starts sooner. */
const checkAgain = (folder = OUT) =>
  check(folder, ...(BUNDLED_FFMPEG === undefined ? [] : ['--ffmpeg', BUNDLED_FFMPEG]));

it('imports nothing of the pipeline', async () => {
  const imports = [...(await readFile(CHECKER, 'utf8')).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
    ([, name]) => name,
  );
  expect(imports.filter((name) => !name!.startsWith('node:'))).toEqual(['parse5', 'yaml']);
});

it('finds the proof of a real run in order: text files, Markdown, lines and texts of the manifest', async () => {
  const { code, stdout, stderr } = await check();
  expect(stderr).toBe('');
  expect(stdout).toContain('✓ chapter 3 “Map”');
  expect(stdout).toContain('The proof holds');
  expect(code).toBe(0);
});

type Json = Record<string, never>;

/** Checks a copy of the delivery with a changed map; the report names the changed map, as a forger's would. */
async function checkTampered(change: (chapters: Chapter[]) => unknown) {
  await rm(rig.path('tampered'), { recursive: true, force: true });
  await cp(rig.path(OUT), rig.path('tampered'), { recursive: true });
  const map = JSON.parse(await readFile(rig.path('tampered/completeness.json'), 'utf8')) as { chapters: Chapter[] };
  change(map.chapters);
  const text = JSON.stringify(map);
  const report = JSON.parse(await readFile(rig.path('tampered/report.json'), 'utf8')) as Json & {
    completeness: { digest: string };
  };
  report.completeness.digest = createHash('sha256').update(text).digest('hex');
  await writeFile(rig.path('tampered/completeness.json'), text);
  await writeFile(rig.path('tampered/report.json'), JSON.stringify(report));
  return checkAgain('tampered');
}

it.each(ROUNDS)(
  'refuses at each place, round %$',
  async ({ forged }) => {
    const { code, stdout, stderr } = await checkTampered((chapters) => {
      for (const [, title, change] of forged) change(chapters.find((chapter) => chapter.title === title)!, chapters);
    });
    for (const [what, title, , said] of forged) {
      const ofChapter = stderr.split('\n').filter((line) => line.includes(`“${title}”`));
      expect(ofChapter, what).toContainEqual(expect.stringMatching(said));
      expect(stdout, what).toMatch(new RegExp(`^✗ chapter \\d “${title}”`, 'm'));
    }
    // Nobody changed this one.
    expect(stdout).toContain('✓ chapter 3 “Map”');
    expect(stderr).toContain('The proof does not hold in');
    expect(code).toBe(1);
  },
  120_000,
);

it('refuses a map without a chapter', async () => {
  const { code, stderr } = await checkTampered((chapters) => chapters.splice(1, 1));
  expect(stderr).toContain('its chapters are not those of the map');
  expect(code).toBe(1);
});

it('refuses a map that is not the one of the report, and a text that was edited since', async () => {
  await rm(rig.path('tampered'), { recursive: true, force: true });
  await cp(rig.path(OUT), rig.path('tampered'), { recursive: true });
  await writeFile(
    rig.path('tampered/completeness.json'),
    `${await readFile(rig.path(OUT, 'completeness.json'), 'utf8')} `,
  );
  expect(await checkAgain('tampered')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is not the file that the report was written with'),
  });
  const before = await rig.read('one.txt');
  await rig.write('one.txt', 'Another text.\n');
  expect(await checkAgain()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('one.txt is no longer the text that was spoken'),
  });
  await rig.write('one.txt', before);
});

it('says so when it can not check', async () => {
  expect(await runProgram(rig.folder, [CHECKER])).toMatchObject({ code: 2, stderr: expect.stringContaining('usage:') });
  expect(await check('voices')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('report.json can not be read (ENOENT)'),
  });
  expect(await check(OUT, '--ffmpeg', '/nowhere/ffmpeg')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('does not run; give --ffmpeg'),
  });
});
