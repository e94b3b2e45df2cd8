/** The scheduler: what pauses and resumes the queue, which book comes first, and two watchers of one folder. */
import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { manifest, manifestOf, type RigOptions, type WatchRig, watchRig } from './rig.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });
const rigs: WatchRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.destroy();
});
async function open(options: RigOptions = {}): Promise<WatchRig> {
  const rig = await watchRig(options);
  rigs.push(rig);
  return rig;
}
const says = (rig: WatchRig, name: string, beginning: string) => async (): Promise<boolean> =>
  (await rig.status(name)).startsWith(beginning);
const QUICK = { probe: { first: 200, most: 1_000 }, retryMs: 200, claim: { beatMs: 50, staleMs: 800 } };

/** Manifests at once; `MANY_MANIFESTS=5000` takes some minutes (it passed on 2026-11-22). */
const MANY = Number(process.env['MANY_MANIFESTS'] ?? 600);

describe('a pause', () => {
  it('by a file named PAUSE stops the runs, pauses the queue and ends with the file', async () => {
    const rig = await open({ hold: true, booksAtOnce: 1 });
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('speaking', () => rig.runs.length === 1);
    await rig.drop('b.yaml', manifest('B'));
    await rig.drop('PAUSE', '');
    for (const name of ['a.yaml', 'b.yaml'])
      await rig.until(name, says(rig, name, 'paused: there is a file named PAUSE'));
    expect(rig.runs[0]?.signal.aborted).toBe(true);
    await rig.drop('c.yaml', manifest('C'));
    await rig.until('c', says(rig, 'c.yaml', 'paused'));
    expect(rig.runs).toHaveLength(1);
    await rm(rig.path('PAUSE'));
    for (let index = 1; index <= 3; index++) {
      await rig.until(`run ${index}`, () => rig.runs.length === index + 1);
      rig.runs[index]?.finish();
    }
    for (const name of ['a.yaml', 'b.yaml', 'c.yaml']) await rig.until(name, says(rig, name, 'delivered'));
    const pauses = rig.events.filter(({ type }) => type === 'inbox.paused' || type === 'inbox.resumed');
    expect(pauses.map(({ type }) => type)).toEqual(['inbox.paused', 'inbox.resumed']);
  });

  it('for quiet hours says until when and ends on time', async () => {
    let now = new Date('2026-11-22T23:00:00');
    const rig = await open({ now: () => now, quietHours: { fromMinute: 22 * 60, toMinute: 6 * 60 } });
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('quiet', says(rig, 'a.yaml', 'paused: these are quiet hours (until 06:00)'));
    expect(rig.runs).toEqual([]);
    now = new Date('2026-11-23T06:00:00');
    await rig.until('delivered', says(rig, 'a.yaml', 'delivered'));
  });
});

describe('money', () => {
  const price = (_: string, text: string): number => Number(/\d+/.exec(text)?.[0] ?? 0);

  it("a day's budget holds across restarts, lets smaller books pass and resumes the rest the next day", async () => {
    let now = new Date('2026-11-22T10:00:00');
    const of: RigOptions = { price, budgetPerDay: 100, now: () => now, booksAtOnce: 1 };
    const rig = await open(of);
    await rig.drop('a.yaml', manifest('A', 'It costs 60.'));
    await rig.until('a', says(rig, 'a.yaml', 'delivered'));
    await rig.restart();
    await rig.drop('b.yaml', manifest('B', 'It costs 50.'));
    await rig.until('b waits', says(rig, 'b.yaml', "paused: today's budget"));
    await rig.drop('c.yaml', manifest('C', 'It costs 40.'));
    await rig.until('c', says(rig, 'c.yaml', 'delivered'));
    await rig.drop('d.yaml', manifest('D', 'It costs 500.'));
    await rig.until(
      'd',
      says(rig, 'd.yaml', "needs attention: This costs about 500.00 CNY, more than a whole day's budget"),
    );
    expect(rig.runs.map(({ title }) => title)).toEqual(['A', 'C']);
    const spent = rig.events.flatMap((event) => (event.type === 'inbox.budget' ? [event.spent.amount] : []));
    expect(spent).toEqual([60, 100]);
    now = new Date('2026-11-23T00:00:10');
    await rig.until('b, the next day', says(rig, 'b.yaml', 'delivered'));
  });

  it('a book over the limit waits for approval, says how to approve, and needs approval again when it has grown', async () => {
    const rig = await open({ price, approveOver: 30 });
    await rig.drop('small.yaml', manifest('Small', 'It costs 30.'));
    await rig.until('small', says(rig, 'small.yaml', 'delivered'));
    await rig.drop('a.yaml', manifest('A', 'It costs 50.'));
    await rig.until(
      'asks',
      says(
        rig,
        'a.yaml',
        'needs your approval: this costs about 50.00 CNY. To approve, put an empty file named "a.yaml.approved"',
      ),
    );
    await sleep(300);
    expect(rig.runs).toHaveLength(1);
    await rig.drop('a.yaml.approved', '');
    await rig.until('delivered', says(rig, 'a.yaml', 'delivered'));
    // The sum stands for an edited book that costs no more; a larger one needs a new approval, also after a restart.
    await rig.restart();
    await rig.drop('a.yaml', manifest('A', 'It costs 40 more.'));
    await rig.until('runs', () => rig.runs.length === 3);
    await rig.until('delivered', says(rig, 'a.yaml', 'delivered'));
    await rig.drop('a.yaml', manifest('A', 'It costs 60 more.'));
    await rig.until('asks again', says(rig, 'a.yaml', 'needs your approval: this costs about 60.00'));
    await rm(rig.path('a.yaml.approved'));
    await sleep(100);
    await rig.drop('a.yaml.approved', 'yes');
    await rig.until('delivered again', says(rig, 'a.yaml', 'delivered'));
    expect(rig.runs).toHaveLength(4);
  });

  it('a book over the limit asks when it is planned, and not when its turn comes', async () => {
    const rig = await open({ price, approveOver: 30, hold: true, booksAtOnce: 1 });
    await rig.drop('a.yaml', manifest('A', 'It costs 10.'));
    await rig.until('a speaks', () => rig.runs.length === 1);
    await rig.drop('b.yaml', manifest('B', 'It costs 50.'));
    await rig.until('b asks', says(rig, 'b.yaml', 'needs your approval: this costs about 50.00'));
    expect(rig.runs).toHaveLength(1);
    await rig.drop('b.yaml.approved', '');
    await rig.until('b waits', says(rig, 'b.yaml', 'queued'));
    rig.runs[0]?.finish();
    await rig.until('b speaks', () => rig.runs.length === 2);
    // What was agreed for this version is spent in part: its rest needs no other approval, a larger sum does.
    expect(rig.runs[1]?.agreement).toMatchObject({ amount: 50 });
    await rig.drop('b.yaml', manifest('B', 'It costs 49.'));
    await rig.until('the edited one', () => rig.runs.length === 3);
    expect(rig.runs[2]?.agreement?.amount).toBe(50);
    expect(rig.runs[2]?.agreement?.id).not.toBe(rig.runs[1]?.agreement?.id);
  });

  it('an approval that was left behind does not approve another book of its name', async () => {
    const rig = await open({ price, approveOver: 30 });
    await rig.drop('a.yaml', manifest('A', 'It costs 50.'));
    await rig.until('asks', says(rig, 'a.yaml', 'needs your approval: this costs about 50.00'));
    // Approved and cancelled at once: the watcher sees both together.
    writeFileSync(rig.path('a.yaml.approved'), '');
    renameSync(rig.path('a.yaml'), rig.path('a.yaml.cancelled'));
    await rig.until('cancelled', async () => !(await rig.exists('a.yaml.status.txt')));
    await rig.drop('a.yaml', manifest('Other', 'It costs 60.'));
    await rig.until('asks', says(rig, 'a.yaml', 'needs your approval: this costs about 60.00'));
    expect(rig.runs).toEqual([]);
    // The same after an approval that a book has used.
    await rm(rig.path('a.yaml.approved'));
    await rig.drop('a.yaml.approved', 'yes');
    await rig.until('delivered', says(rig, 'a.yaml', 'delivered'));
    await rm(rig.path('a.yaml'));
    await rig.until('removed', async () => !(await rig.exists('a.yaml.status.txt')));
    await rig.drop('a.yaml', manifest('Third', 'It costs 70.'));
    await rig.until('asks', says(rig, 'a.yaml', 'needs your approval: this costs about 70.00'));
  });

  it('an approval covers a lower price but not a higher one', async () => {
    const rig = await open({ price, approveOver: 30, hold: true });
    await rig.drop('a.yaml', manifest('A', 'It costs 50.'));
    await rig.until('asks', says(rig, 'a.yaml', 'needs your approval'));
    await rig.drop('a.yaml.approved', '');
    await rig.until('speaking', () => rig.runs.length === 1);
    await rig.drop('a.yaml', manifest('A', 'Now it costs 45.'));
    await rig.until('speaks the cheaper one', () => rig.runs.length === 2);
    await rig.drop('a.yaml', manifest('A', 'Now it costs 51.'));
    await rig.until('asks for the dearer one', says(rig, 'a.yaml', 'needs your approval: this costs about 51.00'));
  });
});

describe('an outage', () => {
  it('pauses the queue with one notice, probes with one book at a time and resumes by itself', async () => {
    const rig = await open({ hold: true, timings: QUICK });
    for (let index = 0; index < 30; index++) await rig.drop(`b${index}.yaml`, manifest(`B${index}`));
    await rig.until('two begin', () => rig.runs.length === 2);
    const refused = { code: 'key-refused', message: 'The service refuses the key.' } as const;
    for (const run of rig.runs) run.fail(refused);
    await rig.until('notice', () => rig.exists('PIPELINE STOPPED - read me.txt'));
    const notice = await readFile(rig.path('PIPELINE STOPPED - read me.txt'), 'utf8');
    expect(notice).toContain('The service refuses the key.');
    expect(notice).toContain('Check the API key');
    for (let index = 0; index < 30; index++)
      await rig.until(`b${index}`, async () =>
        /^(paused: nothing can be spoken|speaking)/.test(await rig.status(`b${index}.yaml`)),
      );
    for (let tries = 3; tries <= 5; tries++) {
      await rig.until(`try ${tries}`, () => rig.runs.length === tries);
      await sleep(400);
      expect(rig.runs).toHaveLength(tries);
      rig.runs[tries - 1]?.fail(refused);
    }
    await rig.until('another try', () => rig.runs.length === 6);
    rig.runs[5]?.finish();
    for (let index = 7; index <= 35; index++) {
      await rig.until(`run ${index}`, () => rig.runs.length >= index);
      rig.runs[index - 1]?.finish();
    }
    for (let index = 0; index < 30; index++) await rig.until(`b${index}`, says(rig, `b${index}.yaml`, 'delivered'));
    expect(await rig.exists('PIPELINE STOPPED - read me.txt')).toBe(false);
    expect(rig.events.filter(({ type }) => type === 'inbox.paused')).toHaveLength(1);
    expect(rig.events.filter(({ type }) => type === 'inbox.attention')).toEqual([]);
  });

  it('is not begun by a failure of one book: that book needs attention and is retried', async () => {
    const rig = await open({ hold: true, timings: QUICK });
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('speaking', () => rig.runs.length === 1);
    rig.runs[0]?.fail({ code: 'text-refused', message: 'The text is refused.' }, { early: false });
    await rig.until('asks', says(rig, 'a.yaml', 'needs attention: 0 of 1 chapters delivered. Missing: chapter 1.'));
    await rig.until('tried again', () => rig.runs.length === 2);
    rig.runs[1]?.finish();
    await rig.until('delivered', says(rig, 'a.yaml', 'delivered'));
  });
});

describe('the queue', () => {
  it('runs urgent books first, even when it is full', async () => {
    const rig = await open({ hold: true, booksAtOnce: 1, start: false });
    for (const name of ['a', 'b', 'c']) await rig.drop(`${name}.yaml`, manifest(name));
    await rig.drop('urgent/x/u.yaml', manifest('u'));
    await rig.restart();
    await rig.until('urgent', () => rig.runs.some(({ title }) => title === 'u'));
    rig.runs.find(({ title }) => title === 'u')?.finish();
    await rig.until('another', () => rig.runs.filter(({ title }) => title !== 'u').length === 1);
    await rig.drop('urgent/late.yaml', manifest('late'));
    await rig.until('beside the slow one', () => rig.runs.some(({ title }) => title === 'late'));
    expect(rig.runs.filter(({ ended }) => !ended).map(({ title }) => title)).toHaveLength(2);
  });

  it('delivers many manifests that are dropped at once, each one once', async () => {
    const rig = await open({ start: false, booksAtOnce: 3 });
    for (let index = 0; index < MANY; index++) await rig.drop(`s${index % 50}/b${index}.yaml`, manifest(`B${index}`));
    await rig.restart();
    await rig.until('all', () => rig.events.filter(({ type }) => type === 'inbox.delivered').length === MANY, 500_000);
    expect(new Set(rig.runs.map(({ title }) => title)).size).toBe(MANY);
    expect(rig.runs).toHaveLength(MANY);
    // And after a restart none of them is run or read again.
    await rig.restart();
    const states = (): number =>
      rig.events.filter((event) => event.type === 'inbox.state' && event.state === 'delivered').length;
    await rig.until('all known', () => states() === 2 * MANY, 240_000);
    expect(rig.runs).toHaveLength(MANY);
  }, 900_000);

  it('continues after a restart', async () => {
    const rig = await open({ hold: true });
    await rig.drop('a.yaml', manifest('A'));
    await rig.until('speaking', () => rig.runs.length === 1);
    await rig.restart();
    await rig.until('speaking again', () => rig.runs.length === 2);
    rig.runs[1]?.finish();
    await rig.until('delivered', says(rig, 'a.yaml', 'delivered'));
    await rig.restart();
    await sleep(2_500);
    expect(rig.runs).toHaveLength(2);
    // When our own records are lost, the folder and the store have everything.
    await rig.stop();
    await rm(rig.path('.pipeline-watch'), { recursive: true });
    await rig.restart();
    await rig.until('run once more, at no cost', () => rig.runs.length === 3);
  });
});

describe('a power cut', () => {
  it('may leave our own files empty or half written: they are recognized as damaged, and no book is lost', async () => {
    const rig = await open({ timings: QUICK });
    const names = ['a.yaml', 'b.yaml', 'c.yaml'];
    for (const name of names) await rig.drop(name, manifest(`Title ${name}`));
    for (const name of names) await rig.until(name, says(rig, name, 'delivered'));
    await rig.stop();
    const own = (...parts: string[]): string => rig.path('.pipeline-watch', ...parts);
    const [first = '', second = ''] = await readdir(own('books'));
    await writeFile(own('books', first), '');
    await writeFile(own('books', second), (await readFile(own('books', second))).subarray(0, 40));
    for (const book of await readdir(own('books'))) await writeFile(own('claims', book), '{"token":"half');
    await writeFile(own('tmp', '.writing-0b7c1f4e-0000-4000-8000-000000000000'), 'deliv');
    await writeFile(own('watchers', 'another-machine-1.json'), '');
    await writeFile(rig.path('a.yaml.status.txt'), '');
    await writeFile(rig.path('b.yaml.status.txt'), 'speaking 1 / 2');
    await rig.restart();
    for (const name of names) await rig.until(`${name} again`, says(rig, name, 'delivered: 1 chapter'));
    // The two books without a record ran once more, at no cost; the third was known.
    expect(rig.runs).toHaveLength(5);
  });
});

describe('two watchers of one folder', () => {
  it('share the books and run none twice', async () => {
    const a = await open({ hold: true, booksAtOnce: 1, timings: QUICK });
    const b = await open({ hold: true, booksAtOnce: 1, timings: QUICK, shared: a.folder });
    for (let index = 0; index < 8; index++) await a.drop(`b${index}.yaml`, manifest(`B${index}`));
    for (let done = 0; done < 8; done++) {
      const open = (): number => [...a.runs, ...b.runs].filter(({ ended }) => !ended).length;
      await a.until(`book ${done}`, () => open() > 0);
      await sleep(100);
      for (const run of [...a.runs, ...b.runs]) run.finish();
      if (a.runs.length + b.runs.length === 8) break;
    }
    for (let index = 0; index < 8; index++) await a.until(`b${index}`, says(a, `b${index}.yaml`, 'delivered'));
    const titles = [...a.runs, ...b.runs].map(({ title }) => title).sort();
    expect(titles).toEqual(['B0', 'B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7']);
    expect(a.runs.length).toBeGreaterThan(0);
    expect(b.runs.length).toBeGreaterThan(0);
    await sleep(2_500);
    expect(a.runs.length + b.runs.length).toBe(8);
  });

  it('take over from each other', async () => {
    const a = await open({ hold: true, timings: QUICK });
    await a.drop('a.yaml', manifest('A'));
    await a.until('speaking', () => a.runs.length === 1);
    const b = await open({ hold: true, timings: QUICK, shared: a.folder });
    await sleep(2_500);
    expect(b.runs).toEqual([]);
    await a.stop();
    await b.until('taken over', () => b.runs.length === 1);
    b.runs[0]?.finish();
    await b.until('delivered', says(b, 'a.yaml', 'delivered'));
  });
});

describe.runIf(process.getuid?.() === 0)('a folder with permissions', () => {
  const NOBODY = 65_534;
  afterEach(() => process.seteuid?.(0));

  it('waits for an unreadable file, and works without status files where it cannot write', async () => {
    const rig = await open({ start: false });
    for (const path of [rig.folder, rig.path('..')]) await chown(path, NOBODY, NOBODY);
    process.seteuid?.(NOBODY);
    await rig.drop('a/one.txt', 'One.');
    await chmod(rig.path('a/one.txt'), 0o000);
    await rig.drop('a/book.yaml', manifestOf('Closed', 'one.txt'));
    await rig.restart();
    await rig.until('waits', says(rig, 'a/book.yaml', 'waiting for "one.txt"'));
    await chmod(rig.path('a/one.txt'), 0o644);
    await rig.until('delivered', says(rig, 'a/book.yaml', 'delivered'));
    await rig.drop('b/book.yaml', manifest('Read only'));
    await chmod(rig.path('b'), 0o555);
    await rig.until('delivered all the same', () => rig.runs.some(({ title }) => title === 'Read only'));
    await rig.until('told', () => rig.notices.some((line) => line.includes('status files cannot be written (EACCES)')));
    await chmod(rig.path('b'), 0o755);
  });

  it('that cannot be written at all is refused at the start', async () => {
    const rig = await open({ start: false });
    await chmod(rig.folder, 0o555);
    process.seteuid?.(NOBODY);
    await rig.restart();
    await expect(rig.stop()).rejects.toMatchObject({ code: 'store-unwritable' });
  });
});

const mounts = spawnSync('mount', ['--version']).status === 0 && process.getuid?.() === 0;
describe.runIf(mounts)('a full disk', () => {
  it('pauses the queue until there is space, and loses nothing', async () => {
    const rig = await open({ start: false, timings: QUICK });
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', rig.folder]).status !== 0) return;
    try {
      await mkdir(rig.path('a'));
      await rig.restart();
      await rig.until('made its folders', () => rig.exists('.pipeline-watch/claims'));
      await rig.drop('a/book.yaml', manifest('Full'));
      await writeFile(rig.path('ballast.bin'), new Uint8Array(512 * 1024)).catch(() => undefined);
      await rig.until('stands', () =>
        rig.events.some((event) => event.type === 'inbox.paused' && event.hold === 'outage'),
      );
      expect(rig.runs).toEqual([]);
      await rm(rig.path('ballast.bin'));
      await rig.until('delivered', says(rig, 'a/book.yaml', 'delivered'));
      expect((await readdir(rig.path('.pipeline-watch', 'tmp'))).length).toBe(0);
    } finally {
      await rig.stop();
      spawnSync('umount', [rig.folder]);
    }
  });
});
