/** Packages for shops: what a specification decides, what is only told, and the ZIP that comes of it. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { coverShapeText, oddCoverShape } from '../../src/book/cover/cover-shape.ts';
import { pictureSize } from '../../src/book/cover/picture-size.ts';
import type { Book } from '../../src/book/load-book.ts';
import { type BookForShop, checkPackage, meetsSpecification } from '../../src/deliver/shops/check-package.ts';
import { checklist } from '../../src/deliver/shops/checklist.ts';
import { onixFragment } from '../../src/deliver/shops/onix.ts';
import { packagedSounds, writePackage } from '../../src/deliver/shops/package.ts';
import { SHOP_IDS, SHOPS, staleRemark } from '../../src/deliver/shops/shops.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { master, segment } from '../queue/steps.ts';

const GOOD: BookForShop = {
  formats: ['mp3', 'm4a'],
  profile: 'acx',
  longestSeconds: 3600,
  failed: [],
  cover: { width: 3000, height: 3000 },
  has: new Set(['opening', 'closing', 'sample', 'author', 'isbn', 'description', 'publisher']),
  simulated: false,
};

describe('a specification', () => {
  it('is met by one good book at every shop, each with a source, a day and a policy', () => {
    for (const id of SHOP_IDS) {
      const shop = SHOPS[id];
      expect([id, checkPackage(shop, GOOD).filter(({ pass }) => !pass)]).toEqual([id, []]);
      expect(shop.checkedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(shop.policy.text.length).toBeGreaterThan(20);
      if (id !== 'plain') expect(shop.sources.length).toBeGreaterThan(0);
      expect(staleRemark(shop, shop.checkedOn)).toBeUndefined();
      expect(staleRemark(shop, '2027-12-01')).toContain(`on ${shop.checkedOn}`);
    }
    // The policy does not decide.
    expect(SHOPS.acx.policy.takesSynthetic).toBe('no');
  });

  it.each<[string, keyof typeof SHOPS, Partial<BookForShop>]>([
    ['cover', 'spotify', { cover: { width: 1400, height: 2100 } }],
    ['cover', 'kobo', { cover: null }],
    ['cover', 'acx', { cover: { width: 2000, height: 2000 } }],
    ['format', 'acx', { formats: ['m4a'] }],
    ['mastering', 'acx', { profile: 'podcast' }],
    ['check of the files', 'plain', { failed: ['The Storm'] }],
    ['longest file', 'acx', { longestSeconds: 121 * 60 }],
    ['retail sample', 'acx', { has: new Set(['opening', 'closing', 'author']) }],
  ])('fails for its %s at %s', (what, id, change) => {
    const findings = checkPackage(SHOPS[id], { ...GOOD, ...change });
    expect(findings.filter(({ pass }) => !pass)).toEqual([expect.objectContaining({ what, fix: expect.any(String) })]);
    expect(meetsSpecification(findings)).toBe(false);
  });

  it('does not fail for what a person types into a form, but shows it', () => {
    const findings = checkPackage(SHOPS['google-play'], { ...GOOD, has: new Set() });
    expect(findings.flatMap(({ what, pass }) => (pass ? [] : [what]))).toEqual([
      'author',
      'ISBN',
      'description',
      'publisher',
    ]);
    expect(meetsSpecification(findings)).toBe(true);
  });
});

it('the size of a picture is read from PNG and JPEG', () => {
  const png = Buffer.alloc(33);
  png.writeUInt32BE(1400, 16);
  png.writeUInt32BE(2100, 20);
  expect(pictureSize(png, 'image/png')).toEqual({ width: 1400, height: 2100 });
  const jpeg = Buffer.from('ffd8ffe000040000ffc2000b080834057801011100ffda', 'hex');
  expect(pictureSize(jpeg, 'image/jpeg')).toEqual({ width: 1400, height: 2100 });
  expect(pictureSize(Buffer.from('ffd8ff', 'hex'), 'image/jpeg')).toBeUndefined();
});

it('tells of a cover that is not square before anything is spoken', async () => {
  const coverOf = (width: number, height: number) => {
    const png = Buffer.alloc(33);
    png.writeUInt32BE(width, 16);
    png.writeUInt32BE(height, 20);
    return { cover: { asset: { mediaType: 'image/png' }, read: async () => png } } as unknown as Book;
  };
  const odd = await oddCoverShape(coverOf(1400, 2100));
  expect(coverShapeText(odd!)).toMatch(/^The cover is 1400 × 2100 pixels, not square\..* ask for a square one/);
  expect(await oddCoverShape(coverOf(3000, 3000))).toBeUndefined();
  expect(await oddCoverShape({} as Book)).toBeUndefined();
});

it('ONIX names the voice by list 19, a replica with its person, and the author’s own narrator as written', () => {
  const of = {
    title: 'A & B',
    author: 'A',
    narrator: undefined,
    replicaOf: undefined,
    language: 'en',
    publication: {},
  };
  expect(onixFragment(of)).toContain('<ContributorRole>E07</ContributorRole><UnnamedPersons>07</UnnamedPersons>');
  expect(onixFragment({ ...of, replicaOf: 'Jo Doe' })).toContain(
    '<UnnamedPersons>08</UnnamedPersons><AlternativeName><NameType>04</NameType><PersonName>Jo Doe</PersonName></AlternativeName>',
  );
  const own = onixFragment({
    ...{ ...of, narrator: 'Mara', replicaOf: 'Jo Doe' },
    publication: { isbn: '9780306406157', series: { name: 'S', number: '2' }, publisher: 'P', date: '2026-03-01' },
  });
  expect(own).toContain('<ContributorRole>E07</ContributorRole><PersonName>Mara</PersonName>');
  expect(own).not.toContain('UnnamedPersons');
  for (const part of ['A &amp; B', '<PartNumber>2</PartNumber>', '<Date>20260301</Date>', '<IDValue>9780306406157<'])
    expect(own).toContain(part);
});

it('the package has the shop’s names, cover, checklist and checksums; twice it is the same file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  try {
    const store = await openDiskStore(join(folder, 'store'));
    const file = { format: 'mp3' as const, rules: [], ...(await store.putBlob(Buffer.alloc(4000, 0xff))) };
    const cover = await store.putBlob(Buffer.from('picture'));
    const chapter = (number: number, title: string, role?: 'retail-sample') =>
      ({ number, title, role, segments: [{ step: segment('a') }], lines: [0], master: { step: master('m') } }) as never;
    const record = { files: [file], positions: [{}], simulated: false } as never;
    const chapters = [
      { chapter: chapter(0, 'Opening Credits'), master: record },
      { chapter: chapter(1, 'A: Storm'), master: record },
      { chapter: chapter(2, 'Retail Sample', 'retail-sample'), master: record },
    ];
    const delivery = { author: 'A', publication: { isbn: '9780306406157' } };
    const plan = { title: 'Book', delivery, chapters: chapters.map((one) => one.chapter) } as unknown as Plan;
    const names = (id: keyof typeof SHOPS) =>
      packagedSounds({ plan, chapters, shop: SHOPS[id], format: 'mp3' }).map(({ name }) => name);
    expect(names('google-play')).toEqual(['9780306406157_1of2.mp3', '9780306406157_2of2.mp3', 'Retail Sample.mp3']);
    const sounds = packagedSounds({ plan, chapters, shop: SHOPS.spotify, format: 'mp3' });
    expect(sounds.map(({ name }) => name)).toEqual([
      '01 - Opening Credits.mp3',
      '02 - A Storm.mp3',
      'Retail Sample.mp3',
    ]);
    const text = checklist({
      ...{ title: 'Book', shop: SHOPS.spotify, findings: checkPackage(SHOPS.spotify, GOOD), narrator: 'AI Voice' },
      ...{ sentence: 'S.', isReplica: true },
    });
    expect(text).toContain('[ ] Declare digital voice narration.');
    const path = join(folder, 'out/Book - spotify.zip');
    const { makeFolder } = await import('../../src/store/make-folder.ts');
    await makeFolder(join(folder, 'out'));
    const one = {
      path,
      store,
      sounds,
      cover: { name: 'cover.jpg', digest: cover.digest },
      texts: [{ name: 'CHECKLIST.txt', text }],
    };
    expect(await writePackage(one)).toBe(true);
    const first = await readFile(path);
    expect(await writePackage(one)).toBe(false);
    await rm(path);
    expect(await writePackage(one)).toBe(true);
    expect((await readFile(path)).equals(first)).toBe(true);
    const files = unzipSync(first);
    const sums = Buffer.from(files['SHA256SUMS.txt']!).toString().trim().split('\n');
    expect(sums).toHaveLength(Object.keys(files).length - 1);
    for (const line of sums) {
      const [digest, name = ''] = line.split('  ');
      expect(createHash('sha256').update(files[name]!).digest('hex')).toBe(digest);
    }
    // Marked, as in the folder.
    expect(Buffer.from(files['02 - A Storm.mp3']!).toString('latin1')).toContain('trainedAlgorithmicMedia');
  } finally {
    await rm(folder, { recursive: true });
  }
});
