/**
 * tools/check-report.mjs on a real run, and on proofs that were tampered with: each must be refused at its place. The
 * checker imports nothing of the pipeline.
 */
import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRig, type Rig, writeBook } from '../cli/rig.ts';
import { BUNDLED_FFMPEG } from '../quick-environment.ts';
import { runProgram } from './run-program.ts';

const CHECKER = resolve('tools/check-report.mjs');
const OUT = 'out/A Small Book';
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
});
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
interface Segment {
  text: string;
  take: { key: string; digest: string; samples: number; session: string };
  sound: { start: number; end: number; from: number };
}
interface Chapter {
  index: number;
  segments: Segment[];
  ranges: { start: number; end: number; segment?: number; unspoken?: string }[];
  files: { name: string; digest: string }[];
  samples: number;
}

/** Checks a copy of the delivery with a changed map; the report names the changed map, as a forger's would. */
async function checkTampered(change: (chapters: Chapter[]) => void) {
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

it.each<[string, (chapters: Chapter[]) => void, RegExp]>([
  [
    'a segment that was removed with its range',
    ([one]) => {
      one!.segments.splice(0, 1);
      one!.ranges.splice(0, 1);
    },
    /chapter 1 “Arrival”.*“The boat came out of the fog.*” before it is in no range/,
  ],
  [
    'a removed segment that hides as white space',
    ([one]) => {
      one!.segments.pop();
      const range = one!.ranges.findLast(({ segment }) => segment)!;
      delete range.segment;
      range.unspoken = 'space';
    },
    /“Ahoy, the light!” is left out as “space”, which it is not/,
  ],
  [
    'one that hides as a tag',
    ([one]) => {
      const range = one!.ranges.findLast(({ segment }) => segment)!;
      delete range.segment;
      range.unspoken = 'tag';
    },
    /“Ahoy, the light!” is left out as “tag”/,
  ],
  [
    'one that hides as an entity',
    ([one]) => {
      const range = one!.ranges.findLast(({ segment }) => segment)!;
      delete range.segment;
      range.unspoken = 'entity';
    },
    /“Ahoy, the light!” is left out as “entity”/,
  ],
  [
    'an entity that is left out with its sign',
    (chapters) => {
      const { ranges } = chapters.at(-1)!;
      const at = ranges.findIndex(
        ({ unspoken, start }, index) => unspoken === 'entity' && ranges[index - 1]!.end === start && index > 3,
      );
      ranges[at]!.start -= 1;
      ranges[at - 1]!.end -= 1;
    },
    /“&[a-z]+;” is left out/,
  ],
  [
    'an entity that is said as another sign',
    (chapters) => {
      const segment = chapters.at(-1)!.segments[0]!;
      segment.text = segment.text.replace('é', 'è');
    },
    /says “A text in the manifest — cafè\.”; the text has “A text in the manifest.*— café\.”/,
  ],
  [
    'one that hides as Markdown in a text',
    ([one]) => {
      const range = one!.ranges.findLast(({ segment }) => segment)!;
      delete range.segment;
      range.unspoken = 'note';
    },
    /“Ahoy, the light!” is left out as “note”/,
  ],
  [
    'the text cut off at its end',
    ([, two]) => {
      two!.ranges.splice(-2);
      two!.segments.pop();
    },
    /chapter 2 “Storm”, characters \d+–\d+: “They listened.” is in no range/,
  ],
  [
    'a shifted range',
    ([one]) => {
      one!.ranges[0]!.end -= 1;
    },
    /“\.” before it is in no range/,
  ],
  [
    'ranges that overlap',
    ([one]) => {
      one!.ranges[1]!.start -= 2;
    },
    /“n\.” is in two ranges/,
  ],
  [
    "two segments in one another's place in the text",
    ([, two]) => {
      const [a, b] = two!.ranges.filter(({ segment }) => segment);
      [a!.segment, b!.segment] = [b!.segment!, a!.segment!];
    },
    /segment 1 comes after segment 2/,
  ],
  [
    'samples that overlap',
    ([one]) => {
      one!.segments[1]!.sound.start = one!.segments[0]!.sound.end - 10;
    },
    /segment 2: begins at sample \d+, before the one before ends/,
  ],
  [
    'samples behind the end',
    ([one]) => {
      one!.segments[1]!.sound.end = one!.samples + 1;
    },
    /segment 2: ends at sample \d+, behind the chapter's last/,
  ],
  [
    'samples that were shifted',
    ([one]) => {
      one!.segments[0]!.sound.start += 4800;
      one!.segments[0]!.sound.end += 4800;
    },
    /01 - Arrival\.mp3, segment 1: its take is not what is heard there \(likeness/,
  ],
  [
    'takes that changed places',
    ([one]) => {
      const [a, b] = one!.segments;
      [a!.take, b!.take] = [b!.take, a!.take];
    },
    /segment 1: its take says “Ahoy, the light!” instead of “The boat/,
  ],
  [
    'a changed digest of a take',
    ([one]) => {
      one!.segments[0]!.take.digest = '0'.repeat(64);
    },
    /segment 1: the store has no take 000000000000…/,
  ],
  [
    'a changed session',
    ([one]) => {
      one!.segments[0]!.take.session = 'sess_other';
    },
    /its session or response is not that of the take/,
  ],
  [
    'a changed digest of a file',
    ([, two]) => {
      two!.files[0]!.digest = '0'.repeat(64);
    },
    /02 - Storm\.mp3: has other bytes than the map says/,
  ],
  [
    'files that changed places',
    ([one, two]) => {
      [one!.files, two!.files] = [two!.files, one!.files];
    },
    /02 - Storm\.mp3: is \d/,
  ],
  [
    'other words',
    ([one]) => {
      one!.segments[0]!.text = 'The boat came out of the fog a little before nine.';
    },
    /segment 1: says “The boat.*nine\.”; the text has “The boat.*noon\.”/,
  ],
  [
    'a chapter left out',
    (chapters) => {
      chapters.splice(1, 1);
    },
    /its chapters are not those of the map/,
  ],
])(
  'refuses %s',
  async (_what, change, place) => {
    const { code, stderr } = await checkTampered(change);
    expect(stderr).toMatch(place);
    expect(stderr).toContain('The proof does not hold in');
    expect(code).toBe(1);
  },
  60_000,
);

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
