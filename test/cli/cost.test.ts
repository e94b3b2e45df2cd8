/** `pipeline cost`: tables, CSV and JSON of the ledger of spending. */
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { costCommand } from '../../src/cli/cost/cost.ts';
import { costLines } from '../../src/cli/cost/cost-table.ts';
import { csvRow, exactAmount } from '../../src/cli/cost/csv.ts';
import { openTerminal } from '../../src/cli/screen/terminal.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { sealLine } from '../../src/store/journals.ts';
import type { CallRecord, SentCall } from '../../src/store/spending/paid-call.ts';
import { foldSpending, readSpending } from '../../src/store/spending/read-spending.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { makeRig, type Rig, writeBook } from './rig.ts';

let folder: string;
let store: Store;
let stdout: string;
let stderr: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cost-'));
  store = await openDiskStore(folder);
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const cost = (book?: string, flags: object = {}) => costCommand(book, { store: folder, ...flags });
const json = async (book?: string, flags: object = {}) => {
  const code = await cost(book, { json: true, ...flags });
  return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
};

let calls = 0;
function call(over: Partial<SentCall> = {}): SentCall {
  calls += 1;
  return {
    ...{ id: `call-${calls}`, at: `2026-11-0${calls % 9}T10:00:00.000Z`, reason: 'first', run: 'run-1' },
    ...{ book: 'The Harbour', author: 'A. Pier', line: `1:${calls}`, character: 'mara', voice: 'voice-1' },
    ...{ model: 'model', key: `key-${calls}`, characters: 100, inputTokens: null, outputTokens: null },
    ...{ nanos: 10_000_000, currency: 'CNY', account: 'a', realm: 'dashscope', simulated: false },
    ...over,
  };
}

async function paid(...those: Partial<CallRecord>[]): Promise<void> {
  const ledger = openSpendingLedger(store);
  for (const { end = 'answered', ...over } of those) {
    const sent = call(over);
    await ledger.sent({ ...sent, simulated: null });
    if (end !== 'sent') await ledger.ended({ ...sent, end });
  }
}

describe('the table', () => {
  it('shows reasons of a book, each currency and simulated money apart', async () => {
    await paid(
      {},
      { reason: 'retry' },
      { reason: 'voice', line: null, characters: null },
      { end: 'sent' },
      { end: 'void' },
    );
    await paid({ currency: 'USD', nanos: 20_000_000 }, { realm: 'local', account: 'b', simulated: true });
    expect(await cost('the harbour')).toBe(0);
    expect(stdout).toBe(
      [
        'Paid, in CNY',
        '  reason       calls  characters       money',
        '  first            1         100  0.0100 CNY',
        '  retry            1         100  0.0100 CNY',
        '  lost answer      1         100  0.0100 CNY',
        '  voice            1           0  0.0100 CNY',
        '  all              4         300  0.0400 CNY',
        'Paid, in USD',
        '  reason  calls  characters       money',
        '  first       1         100  0.0200 USD',
        '  all         1         100  0.0200 USD',
        'Simulated: nothing was billed; this is what it would cost, in CNY',
        '  reason  calls  characters       money',
        '  first       1         100  0.0100 CNY',
        '  all         1         100  0.0100 CNY',
        'These sums are never added up.',
        '1 lost answer has no end: it is under way, its process was killed, or an earlier version lost it. A kill may leave one call of each session that was recorded and never sent. Each counts in full.',
        'Recorded since 2026-11-01.',
        '',
      ].join('\n'),
    );
    stdout = '';
    expect(await json('the harbour')).toMatchObject({ withoutEnd: 1 });
  });

  it('says since when an older book is recorded, and a price that is unknown', async () => {
    await paid({ isOlderBook: true, nanos: null }, { nanos: 5_000_000 });
    const found = await readSpending(store);
    const of = { by: 'voice', title: null, month: undefined, location: folder, terminal: openTerminal() } as const;
    const lines = costLines(found.calls, of);
    expect(lines.join('\n')).toContain('0.0050 CNY and 1 call of unknown price');
    expect(lines.join('\n')).toMatch(/mara +2 +200 /);
    expect(lines.at(-1)).toMatch(
      /^Recorded since 2026-11-0\d\. What was paid before for "The Harbour" is not recorded\.$/,
    );
  });

  it('of an empty store is one sentence', async () => {
    expect(await cost()).toBe(0);
    expect(stdout).toBe(`No paid calls are recorded for the store ${folder}.\n`);
    stdout = '';
    expect(await json()).toMatchObject({ code: 0, type: 'cost', total: 0, entries: 0, byReason: {}, sums: [] });
  });
});

it('JSON ends in the sum of one currency, and says null rather than a part of several', async () => {
  await paid({}, { reason: 're-take' }, { at: '2026-12-01T00:00:00.000Z' });
  expect(await json('The Harbour')).toMatchObject({
    ...{ code: 0, type: 'cost', book: 'The Harbour', currency: 'CNY', total: 0.03, entries: 3, simulated: false },
    ...{ byReason: { first: 0.02, 're-take': 0.01 }, isComplete: true, damaged: 0 },
  });
  stdout = '';
  expect(await json('The Harbour', { month: '2026-12', by: 'voice' })).toMatchObject({
    ...{ total: 0.01, entries: 1, by: 'voice', groups: [{ name: 'mara', total: 0.01, entries: 1 }] },
  });
  stdout = '';
  await paid({ currency: 'USD' });
  expect(await json()).toMatchObject({
    currency: null,
    total: null,
    entries: 4,
    sums: [{ total: 0.03 }, { total: 0.01 }],
  });
});

it('CSV is RFC 4180, and no cell is a formula', async () => {
  await paid(
    { book: '=HYPERLINK("http://x")', character: 'a "b", c\nd' },
    { run: null, nanos: 12_345_600, line: '-2' },
  );
  expect(await cost(undefined, { csv: true })).toBe(0);
  const rows = stdout.split('\r\n');
  expect(rows[0]).toBe(
    'sent at (UTC),book,author,run,line,character,voice,model,reason,characters,tokens in,tokens out,amount,currency,simulated',
  );
  expect(stdout).toContain(`,"'=HYPERLINK(""http://x"")",A. Pier,run-1,1:`);
  expect(stdout).toContain(',"a ""b"", c\nd",voice-1,model,first,100,,,0.01,CNY,false\r\n');
  expect(stdout).toMatch(/,The Harbour,A\. Pier,,'-2,mara,voice-1,model,first,100,,,0\.0123456,CNY,false\r\n$/);
  for (const cell of ['=1', '+1', '-1', '@a', '\tx', '＝1']) expect(csvRow([cell])).toMatch(/^"?'/);
  expect(csvRow(['a', 1, true, null])).toBe('a,1,true,\r');
  expect([exactAmount(0), exactAmount(1), exactAmount(2_000_000_000)]).toEqual(['0', '0.000000001', '2']);
  stdout = '';
  await cost(undefined, { csv: true, by: 'reason' });
  expect(stdout.split('\r\n')[1]).toBe('first,2,200,0,0,0.0223456,CNY,false,0');
});

describe('a book', () => {
  it('that nobody knows is an error that names the nearest', async () => {
    await paid({});
    await expect(cost('The Habour')).rejects.toThrow('has no book "The Habour". Did you mean "The Harbour"?');
    await expect(cost('Another Thing')).rejects.toThrow('To list all: pipeline cost');
    await expect(cost(join(folder, 'none.yaml'))).rejects.toThrow('cannot be read (ENOENT)');
  });

  it('has its earlier months folded, and nothing counts twice', async () => {
    const name = { title: 'The Harbour', author: 'A. Pier' };
    for (const at of ['2026-09-01T', '2026-10-31T', '2026-11-01T']) {
      await paid({ at }, { at });
      await paid({ at });
    }
    const before = await readSpending(store, name);
    await foldSpending(store, name, '2026-11');
    await foldSpending(store, name, '2026-11');
    expect(await readSpending(store, name)).toEqual(before);
    expect(before.calls).toHaveLength(9);
    const files = (await readdir(join(folder, 'journals'), { recursive: true })).filter((path) =>
      path.endsWith('.jsonl'),
    );
    expect(files.map((path) => path.replace(/.*(2026-\d\d)\/(all-)?.*/, '$1 $2')).sort()).toEqual([
      // Of this month, calls that were sent and how they ended have files of their own.
      ...['2026-09 all-', '2026-10 all-', '2026-11 ', '2026-11 ', '2026-11 ', '2026-11 '],
    ]);
  });
});

it('a damaged record is left out and told, and stays when its month is folded', async () => {
  await paid({ at: '2026-10-01T' }, { at: '2026-10-02T' });
  const [journal] = await store.journals.list('spending/');
  const [file] = await store.journals.files(journal!);
  const line = sealLine({ ...call(), end: 'answered' }).replace('CNY', 'EUR');
  await appendFile(join(folder, 'journals', journal!, `${file}.jsonl`), `${line}\n${line.slice(0, 30)}`);
  for (let folds = 0; folds < 2; folds++) {
    [stdout, stderr] = ['', ''];
    expect(await json()).toMatchObject({ code: 1, entries: 2, damaged: 1 });
    expect(stderr).toMatch(/^! 1 record of the ledger below .* cannot be read and is not in the sums\.\n$/);
    await foldSpending(store, { title: 'The Harbour', author: 'A. Pier' }, '2026-11');
  }
});

describe('the program', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await makeRig();
  });
  afterEach(() => rig.destroy());

  it('knows what a simulated run would have cost, by its manifest', { timeout: 120_000 }, async () => {
    await writeBook(rig, { formats: 'mp3' });
    const { finished } = await rig.runJson(['book.yaml', '--simulate']);
    const { code, stdout: printed } = await rig.run(['cost', 'book.yaml', '--simulate', '--json']);
    expect(code).toBe(0);
    const { entries, total, simulated, currency, byReason } = JSON.parse(printed);
    expect({ entries, simulated, currency }).toEqual({ entries: 7, simulated: true, currency: 'CNY' });
    expect(total).toBe(finished.cost?.amount);
    expect(Object.keys(byReason)).toEqual(['first', 'voice']);
    const page = (await rig.read('out/A Small Book/report.html')).toString();
    expect(page).toContain(`Simulated, all runs of this book: ${total.toFixed(4)} CNY, 7 calls (first 5, voice 2).`);
    const { spent } = JSON.parse((await rig.read('out/A Small Book/report.json')).toString());
    expect(spent).toMatchObject({ isComplete: true, sums: [{ amount: total, calls: 7, simulated: true }] });
    const wrong = await rig.run(['cost', '--month', '2026-13']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Give a month such as 2026-11.') });
  });
});
