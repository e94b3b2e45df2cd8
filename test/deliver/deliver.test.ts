import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliverChapter, openDeliveryFolder } from '../../src/deliver/deliver-files.ts';
import { deliverEpub } from '../../src/deliver/epub.ts';
import { writeReports } from '../../src/deliver/reports/report.ts';
import { reportPage } from '../../src/deliver/reports/report-page.ts';
import type { DeliveredChapter } from '../../src/events/delivered.ts';
import type { RunFinishedEvent } from '../../src/events.ts';
import { MODELS } from '../../src/models.ts';
import type { Delivery } from '../../src/plan/draft.ts';
import type { Plan, PlannedChapter } from '../../src/plan/plan.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { MasterRecord } from '../../src/store/masters.ts';
import type { Store } from '../../src/store/store.ts';
import { master as masterStep, segment } from '../queue/steps.ts';

const HOSTILE = `<script>alert("x")</script> & 'Storm'`;
const DELIVERY: Delivery = {
  author: 'A. Writer',
  formats: ['mp3', 'm4b'],
  subtitles: ['srt'],
  captionUnit: 'sentence',
  extras: ['labels'],
  mastering: 'acx',
};

const PLACE = {
  chapter: 1,
  title: HOSTILE,
  line: 1,
  number: '1:1',
  segment: 0,
  ordinal: 1,
  character: 'mara',
  text: HOSTILE,
};
const LINES = {
  doubtful: [
    {
      ...PLACE,
      doubts: [
        { check: 'silence-inside', measured: '2.0 s of silence', wanted: HOSTILE, badness: 3.5, atSeconds: 0.5 },
      ],
      tries: 3,
      pickup: false,
    },
  ],
  refused: [{ ...PLACE, reason: HOSTILE }],
  consent: [
    { character: 'mara', consent: { by: HOSTILE, on: '2026-03-01' } },
    { character: 'keeper', consent: null },
  ],
};

let folder: string;
let out: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deliver-'));
  out = join(folder, 'out');
  store = await openDiskStore(join(folder, 'store'));
  await openDeliveryFolder(out);
  return () => rm(folder, { recursive: true });
});

const chapter: PlannedChapter = {
  number: 1,
  title: HOSTILE,
  segments: [{ step: segment('a'), need: 'reuse', reason: 'stored' }],
  lines: [0],
  coverage: { sourceCharacters: 1, spoken: 1, excluded: {} },
  master: { step: masterStep('m'), need: 'make', reason: 'new', changed: [] },
};
const plan: Plan = {
  title: 'Book',
  model: Object.values(MODELS)[0]!,
  voices: [],
  chapters: [chapter],
  delivery: DELIVERY,
};

async function record(verdict: MasterRecord['verdict'], sound = 'sound'): Promise<MasterRecord> {
  const rule = {
    rule: 'rmsDbfs',
    wanted: '-23 … -18 dBFS',
    measured: '-17.0 dBFS',
    pass: verdict === 'pass',
    fix: HOSTILE,
  };
  return {
    key: 'm',
    takesDigest: 't',
    files: [
      { format: 'mp3', ...(await store.putBlob(Buffer.from(sound))), rules: [rule] },
      { format: 'm4a', ...(await store.putBlob(Buffer.from('aac'))), rules: [rule] },
    ],
    durationSeconds: 61,
    loudnessLufs: -20,
    verdict,
    failures: [],
    positions: [{ startSeconds: 0.75, durationSeconds: 1.5, pauses: [] }],
    curves: { peaks: [0.1, 0.5, 0], loudnessLufs: [-20, null, -21] },
    simulated: true,
    madeAt: '2026-01-02T03:04:05.000Z',
  };
}

const names = async () => (await readdir(out)).sort();

async function deliver(verdict: MasterRecord['verdict'], sound?: string) {
  const master = await record(verdict, sound);
  const delivered = await deliverChapter({ store, plan, chapter, master, folder: out });
  return { master, delivered };
}

async function report({ master, delivered }: Awaited<ReturnType<typeof deliver>>) {
  const { durationSeconds, loudnessLufs, verdict } = master;
  const { files, extras } = delivered;
  const own: DeliveredChapter = { index: 1, title: HOSTILE, files, extras, durationSeconds, loudnessLufs, verdict };
  const finished: RunFinishedEvent = {
    type: 'run.finished',
    ok: verdict === 'pass',
    simulated: true,
    voices: { enrolled: 1, reused: 0 },
    segments: { total: 1, synthesized: 1, reused: 0, failed: 0 },
    billedCharacters: 3,
    calls: { enroll: 1, list: 0, synthesize: 1 },
    chapters: [own],
    book: null,
    takes: { doubtful: 1, spokenAgain: 2 },
    folder: out,
    seconds: 1,
    planned: { billedCharacters: 3, cost: null, estimated: false, tokens: null },
    cost: null,
    billedDifference: 0,
    usage: null,
    unanswered: { calls: 0, billedCharacters: 0 },
    budget: null,
  };
  const masters = new Map([[1, master]]);
  await writeReports(out, { title: HOSTILE, finished, delivery: DELIVERY, masters, ...LINES });
}

const STEM = "01 - script alert( x ) script & 'Storm'";

const FAILED_FILE = `${encodeURIComponent(`${STEM} - FAILED CHECK`).replaceAll("'", '&#39;')}.mp3`;

describe('deliverChapter', () => {
  it('writes what the manifest asks for, with subtitles and labels, once', async () => {
    const { delivered } = await deliver('pass');
    expect(await names()).toEqual([`${STEM}.labels.txt`, `${STEM}.mp3`, `${STEM}.srt`]);
    expect(delivered.written).toBe(3);
    expect(await readFile(join(out, `${STEM}.srt`), 'utf8')).toBe(
      '1\n00:00:00,750 --> 00:00:02,250\nWho is there?\n\n',
    );
    expect((await deliver('pass')).delivered.written).toBe(0);
    await writeFile(join(out, `${STEM}.srt`), 'half');
    expect((await deliver('pass')).delivered.written).toBe(1);
  });

  it('gives a chapter that fails a name that says so, and keeps the good edition until a good one replaces it', async () => {
    await report(await deliver('pass', 'first'));
    await report(await deliver('fail', 'second'));
    expect(await names()).toContain(`${STEM} - FAILED CHECK.mp3`);
    expect(await readFile(join(out, `${STEM}.mp3`), 'utf8')).toBe('first');
    await report(await deliver('pass', 'the third'));
    expect(await names()).toEqual([`${STEM}.labels.txt`, `${STEM}.mp3`, `${STEM}.srt`, 'report.html', 'report.json']);
    expect(await readFile(join(out, `${STEM}.mp3`), 'utf8')).toBe('the third');
  });

  it.runIf(process.platform === 'linux')('tells a folder that is none, and leaves nothing half written', async () => {
    await rm(out, { recursive: true });
    await symlink('/dev/full', out);
    await expect(deliver('pass')).rejects.toMatchObject({ code: 'store-unwritable' });
  });
});

describe('reports', () => {
  it('carry every rule, escape what comes from outside, and need nothing from elsewhere', async () => {
    await report(await deliver('fail'));
    const json = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
    expect(json).toMatchObject({ format: 'narration-report', complete: false, simulated: true, profile: 'acx' });
    expect(json.chapters[0].checks).toHaveLength(1);
    expect(json.chapters[0].checks[0]).toMatchObject({ format: 'mp3', rules: [{ rule: 'rmsDbfs', pass: false }] });
    expect(json.doubtful).toMatchObject([{ chapter: 1, line: 1, tries: 3, atSeconds: 1.25 }]);
    expect(json.refused).toMatchObject([{ chapter: 1, text: HOSTILE, reason: HOSTILE }]);
    expect(json.consent).toEqual(LINES.consent);
    const page = await readFile(join(out, 'report.html'), 'utf8');
    expect(page).toContain('silence inside: 2.0 s of silence');
    expect(page).toContain('best of 3');
    expect(page).toContain('2026-03-01');
    expect(page).toContain('not stated');
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)');
    // Links lead to places in the page and to files beside it, whose names are data.
    const links = [...page.matchAll(/(?:src|href)="(?!#)([^"]*)"/g)].map(([, link]) => link!);
    expect(new Set(links)).toEqual(new Set([FAILED_FILE, `${FAILED_FILE}#t=0,4.25`]));
    expect(json.doubtful[0].sound).toEqual({
      file: `${STEM} - FAILED CHECK.mp3`,
      startSeconds: 0.75,
      endSeconds: 2.25,
    });
    expect(page.match(/<audio controls preload="none"/g)).toHaveLength(2);
    expect(page).toContain('<polygon');
    expect(page.match(/<polyline/g)).toHaveLength(2);
    expect(page).toContain('1 chapter failed the check');
    expect(page).toContain('Simulated speech');
    expect(reportPage({ ...json, complete: true, chapters: [] }, { name: 'none', targetLufs: null })).toContain(
      'Not checked',
    );
  });

  it.each([
    ['all tries of its takes, each once', [9, 9], 9],
    ['no sum where an earlier version did not note all tries', [9, undefined], null],
  ])('tell what an edition was billed: %s', async (_, tries, wanted) => {
    const of = await deliver('pass');
    const [place] = of.master.positions;
    const positions = tries.map((triesBilledCharacters) => ({
      ...place!,
      take: {
        ...{ key: 'a', digest: 'd', samples: 1, sessionId: 's', responseId: 'r', billedCharacters: 3 },
        ...(triesBilledCharacters !== undefined && { triesBilledCharacters }),
      },
    }));
    await report({ ...of, master: { ...of.master, positions } });
    const json = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
    expect(json.takesBilledCharacters).toBe(wanted);
    const page = await readFile(join(out, 'report.html'), 'utf8');
    expect(page.includes('All takes in this edition')).toBe(wanted !== null);
  });

  it('remove only plain names of our own kinds', async () => {
    await writeFile(join(folder, 'precious.mp3'), 'x');
    for (const name of ['notes.txt', 'old.mp3']) await writeFile(join(out, name), 'x');
    const files = ['../precious.mp3', 'notes.txt', 'old.mp3', 7, null];
    await writeFile(join(out, 'report.json'), JSON.stringify({ format: 'narration-report', files }));
    await report(await deliver('pass'));
    expect(await names()).not.toContain('old.mp3');
    expect(await names()).toContain('notes.txt');
    expect(await readFile(join(folder, 'precious.mp3'), 'utf8')).toBe('x');
  });
});

describe('an EPUB', () => {
  const epubOf = async (at: string, sound: string, date?: string): Promise<Buffer> => {
    const master = { ...(await record('pass', sound)), madeAt: at };
    const delivery = { ...plan.delivery, ...(date !== undefined && { publication: { date } }) };
    const book = { ...plan, delivery };
    const { path } = await deliverEpub({
      ...{ store, plan: book, chapters: [{ chapter, master }], verdict: 'pass', folder: out },
    });
    const bytes = await readFile(path);
    await rm(path);
    return bytes;
  };
  const opfOf = (epub: Buffer): string => Buffer.from(unzipSync(epub)['EPUB/package.opf']!).toString();
  const modified = (epub: Buffer): string => /dcterms:modified">([^<]+)</.exec(opfOf(epub))![1]!;

  it('is byte for byte the same twice, whenever its chapters were made', async () => {
    const first = await epubOf('2026-01-02T03:04:05.000Z', 'sound');
    expect((await epubOf('2026-11-29T20:00:00.000Z', 'sound')).equals(first)).toBe(true);
  });

  it('of another edition says another time, on the day of publication', async () => {
    const at = '2026-01-02T03:04:05.000Z';
    const [one, other] = [await epubOf(at, 'sound', '2024-05'), await epubOf(at, 'another sound', '2024-05')];
    expect(modified(one)).toMatch(/^2024-05-01T\d\d:\d\d:\d\dZ$/);
    expect(modified(other)).toMatch(/^2024-05-01T/);
    expect(modified(other)).not.toBe(modified(one));
    expect(opfOf(one)).toContain('<dc:date>2024-05</dc:date>');
  });
});
