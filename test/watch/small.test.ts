/** The watcher's small pure parts: file names, finished writes, quiet hours, status texts, outages. */
import { describe, expect, it } from 'vitest';
import { isUrgent, kindOfName } from '../../src/watch/file-names.ts';
import { isRejection, rejectionFooter, stateOfStatus, statusText } from '../../src/watch/messages.ts';
import { Outage, outageCause } from '../../src/watch/outage.ts';
import { isQuiet, readQuietHours } from '../../src/watch/quiet-hours.ts';
import type { State } from '../../src/watch/state-machine.ts';
import { finishedAt, isWriteFinished, type Stability, withObservation } from '../../src/watch/write-finished.ts';

describe('names', () => {
  it.each([
    ['book.yaml', 'manifest'],
    ['Buch Ä.YML', 'manifest'],
    ['第一本.yaml', 'manifest'],
    ['book.zip', 'archive'],
    ['book.yaml.approved', 'approval'],
    ['book.zip.approved.txt', 'approval'],
    ['book.yaml.status.txt', 'ours'],
    ['book.yaml.rejected.txt', 'ours'],
    ['PIPELINE STOPPED - read me.txt', 'ours'],
    ['PAUSE', 'pause'],
    ['pause.txt', 'pause'],
    ['one.txt', 'other'],
    ...[
      'book.yaml.part',
      'book.zip.crdownload',
      'book.zip.download',
      'book.yaml.filepart',
      'book.yaml.tmp',
      '~$book.yaml',
      '~WRL0001.tmp',
      '.book.yaml.swp',
      'book.yaml.swp',
      'book.yaml~',
      '#book.yaml#',
      '.DS_Store',
      '._book.yaml',
      'Thumbs.db',
      'desktop.ini',
      '.book.yaml',
      '.syncthing.book.yaml.tmp',
      'book.yaml.sb-1a2b3c4d-AbCdEf',
    ].map((name) => [name, 'temporary']),
  ])('%s is %s', (name, kind) => {
    expect(kindOfName(name, { atRoot: true })).toBe(kind);
  });

  it('PAUSE counts only in the watched folder itself', () => {
    expect(kindOfName('PAUSE', { atRoot: false })).toBe('other');
  });

  it('a book is urgent by any parent folder, not by its own name', () => {
    expect(isUrgent('urgent/a/book.yaml')).toBe(true);
    expect(isUrgent('team/Urgent/book.yaml')).toBe(true);
    expect(isUrgent('urgent.yaml')).toBe(false);
  });
});

describe('finished writes', () => {
  const looks = (...seen: [signature: string, atMs: number][]): Stability => {
    let still: Stability | undefined;
    for (const [signature, atMs] of seen) still = withObservation(still, signature, atMs);
    return still as Stability;
  };

  it('need two scans and a second', () => {
    expect(isWriteFinished(looks(['a', 0]), 5_000)).toBe(false);
    expect(isWriteFinished(looks(['a', 0], ['a', 900]), 900)).toBe(false);
    expect(isWriteFinished(looks(['a', 0], ['a', 1_000]), 1_000)).toBe(true);
  });

  it('a copy with gaps gets three times its longest gap', () => {
    const copy = looks(['a', 0], ['b', 4_000], ['c', 5_000], ['c', 6_500]);
    expect(finishedAt(copy)).toBe(5_000 + 12_000);
    expect(isWriteFinished(copy, 16_000)).toBe(false);
    expect(isWriteFinished(withObservation(copy, 'c', 17_000), 17_000)).toBe(true);
  });

  it('never take longer than a minute', () => {
    expect(finishedAt(looks(['a', 0], ['b', 1e9]))).toBe(1e9 + 60_000);
  });
});

describe('quiet hours', () => {
  const at = (text: string): Date => new Date(`2026-11-22T${text}:00`);
  const night = readQuietHours('22:00-06:00') as { fromMinute: number; toMinute: number };

  it.each([
    ['21:59', false],
    ['22:00', true],
    ['23:59', true],
    ['00:00', true],
    ['05:59', true],
    ['06:00', false],
    ['12:00', false],
  ])('22:00-06:00 at %s: %s', (time, quiet) => {
    expect(isQuiet(night, at(time))).toBe(quiet);
  });

  it('follow local time on the days when clocks change', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
    try {
      const small = readQuietHours('02:30-03:30') as { fromMinute: number; toMinute: number };
      // Spring 2026-03-29: 02:00 → 03:00. 01:15 UTC shows 03:15, 00:45 UTC shows 01:45.
      expect(isQuiet(small, new Date('2026-03-29T00:45:00Z'))).toBe(false);
      expect(isQuiet(small, new Date('2026-03-29T01:15:00Z'))).toBe(true);
      // Autumn 2026-10-25: 02:30 is shown twice, at 00:30 and 01:30 UTC.
      expect(isQuiet(small, new Date('2026-10-25T00:30:00Z'))).toBe(true);
      expect(isQuiet(small, new Date('2026-10-25T01:00:00Z'))).toBe(false);
      expect(isQuiet(small, new Date('2026-10-25T01:30:00Z'))).toBe(true);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it.each(['', '22-6', '25:00-06:00', '10:00-10:00', '22:00-24:30', '22:60-06:00', 'night'])('refuses %j', (text) => {
    expect(readQuietHours(text)).toBeUndefined();
  });
});

describe('statuses', () => {
  const states: State[] = [
    { name: 'settling' },
    { name: 'waiting-files', missing: ['a.txt', 'b.txt'] },
    { name: 'queued' },
    { name: 'waiting-approval', price: { amount: 123.456, currency: 'CNY' } },
    { name: 'paused', reason: 'budget' },
    { name: 'elsewhere' },
    { name: 'speaking' },
    { name: 'delivering' },
    { name: 'delivered' },
    { name: 'rejected' },
    { name: 'needs-you', reason: 'x' },
    { name: 'cancelled' },
  ];

  it.each(states)('$name is read back from its text in every language', (state) => {
    for (const language of ['en', 'zh'] as const) {
      const text = statusText(state, { fileName: 'book.yaml' }, language);
      expect(stateOfStatus(text), text).toBe(state.name);
      expect(text).not.toContain('\n');
    }
  });

  // Watchers of earlier versions wrote these; the files may lie in a folder for years.
  it.each([
    ['waiting: still being copied or changed', 'settling'],
    ['waiting for "a.txt" and "b.txt"', 'waiting-files'],
    ['queued', 'queued'],
    ['needs your yes: this costs about 123.46 CNY. To agree, put an empty file named', 'waiting-approval'],
    ["paused: today's budget is used up; it goes on tomorrow", 'paused'],
    ['another machine is working on it', 'elsewhere'],
    ['speaking 312 / 1,840 · about 25 minutes', 'speaking'],
    ['delivering: the last chapters are being finished', 'delivering'],
    ['delivered: 1 chapter in done/Dropped', 'delivered'],
    ['rejected: "book.yaml.rejected.txt" says what is wrong and how to mend it', 'rejected'],
    ['needs you: 0 of 1 chapters delivered.', 'needs-you'],
    ['等待：文件仍在复制或修改', 'settling'],
    ['等待文件：a.txt、b.txt', 'waiting-files'],
    ['排队中', 'queued'],
    ['需要您的同意：费用约 123.46 CNY。', 'waiting-approval'],
    ['已暂停：今天的预算已用完；明天会继续', 'paused'],
    ['另一台机器正在处理', 'elsewhere'],
    ['正在朗读 312 / 1,840 · 大约 25 分钟', 'speaking'],
    ['正在交付：正在完成最后的章节', 'delivering'],
    ['已交付：共 1 章，位于 done/一本书', 'delivered'],
    ['未接受：请看 "book.yaml.rejected.txt"，其中写明了错误和改法', 'rejected'],
    ['需要您处理：x', 'needs-you'],
  ])('the old wording %j is read as %s', (text, state) => {
    expect(stateOfStatus(text)).toBe(state);
  });

  it.each([
    'Mend it and save it again; it is then taken up by itself.',
    '改好后重新保存，会自动再次处理。',
    rejectionFooter('en'),
    rejectionFooter('zh'),
  ])('a text that ends in %j is a rejection of a watcher', (footer) => {
    expect(isRejection(`1 error\n\n${footer}\n`)).toBe(true);
    expect(isRejection(`${footer} And more.`)).toBe(false);
  });

  it('show progress and remaining time in both languages', () => {
    const details = {
      fileName: 'book.yaml',
      progress: { segmentsDone: 312, segmentsTotal: 1840, secondsLeft: 1_480 },
    };
    expect(statusText({ name: 'speaking' }, details, 'en')).toBe('speaking 312 / 1,840 · about 25 minutes left');
    expect(statusText({ name: 'speaking' }, details, 'zh')).toBe('正在朗读 312 / 1,840 · 剩余约 25 分钟');
  });

  it('show the price and how to approve it', () => {
    const state: State = { name: 'waiting-approval', price: { amount: 1234.5, currency: 'CNY' } };
    expect(statusText(state, { fileName: 'b.yaml' }, 'en')).toBe(
      'needs your approval: this costs about 1,234.50 CNY. To approve, put an empty file named "b.yaml.approved" beside it.',
    );
  });
});

describe('outages', () => {
  const failed = { code: 'service-failed', message: 'x' } as const;

  it('a refused key is an outage; a refused text is a problem of the book', () => {
    expect(outageCause({ code: 'key-refused', message: 'k' }, { made: 3, failures: [] })?.code).toBe('key-refused');
    expect(outageCause({ code: 'text-refused', message: 't' }, { made: 0, failures: [] })).toBeUndefined();
  });

  it('failures of the service are an outage only when a run meets nothing else', () => {
    expect(outageCause(undefined, { made: 0, failures: [failed, failed] })).toBe(failed);
    expect(outageCause(undefined, { made: 1, failures: [failed] })).toBeUndefined();
    expect(
      outageCause(undefined, { made: 0, failures: [failed, { code: 'text-refused', message: '' }] }),
    ).toBeUndefined();
    expect(outageCause(undefined, { made: 0, failures: [] })).toBeUndefined();
  });

  it('an outage is reported once, probes with growing delays and starts over after its end', () => {
    const outage = new Outage({ first: 10, most: 30 });
    expect(outage.begin({ code: 'key-refused', message: '' }, 0)).toBe(true);
    expect(outage.probeAtMs).toBe(10);
    expect(outage.begin({ code: 'key-refused', message: '' }, 10)).toBe(false);
    expect(outage.probeAtMs).toBe(30);
    outage.begin({ code: 'key-refused', message: '' }, 30);
    expect(outage.probeAtMs).toBe(60);
    expect(outage.end()).toBe(true);
    expect(outage.end()).toBe(false);
    outage.begin({ code: 'key-refused', message: '' }, 100);
    expect(outage.probeAtMs).toBe(110);
  });
});
