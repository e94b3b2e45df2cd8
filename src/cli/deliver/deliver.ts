/** `pipeline deliver`: the package of a finished book for a shop. */
import { join, resolve } from 'node:path';
import { pictureSize } from '../../book/cover/picture-size.ts';
import { type Book, loadBook } from '../../book/load-book.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfBook } from '../../composition/own-server.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { chaptersToJoin, deliverBookMp3 } from '../../deliver/book-mp3/deliver-book-mp3.ts';
import { bookTags } from '../../deliver/marks/book-tags.ts';
import {
  type BookForShop,
  checkPackage,
  meetsSpecification,
  type ShopFinding,
} from '../../deliver/shops/check-package.ts';
import { checklist } from '../../deliver/shops/checklist.ts';
import { onixFragment } from '../../deliver/shops/onix.ts';
import { type FinishedChapter, packagedSounds, writePackage } from '../../deliver/shops/package.ts';
import { type Need, SHOP_IDS, SHOPS, type Shop, staleRemark } from '../../deliver/shops/shops.ts';
import { unknownChoice } from '../../manifest/diagnostics/issues.ts';
import { CHAPTER_FORMATS } from '../../manifest/manifest.ts';
import { bookFileStem } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { planRun } from '../../run/plan.ts';
import type { BookRecord } from '../../store/books.ts';
import { makeFolder } from '../../store/make-folder.ts';
import { findMaster } from '../../store/masters.ts';
import type { Store } from '../../store/store.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { samePlace } from '../command-line/same-place.ts';
import { printDiagnostics } from '../screen/diagnostics-screen.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';

/** Flags of the command. */
export type DeliverFlags = Flags & { for: string; to: string; json?: boolean };

/**
 * Writes the package. Exit code 0; 1 when the book is not finished or does not meet the shop's specification, so that nothing
 * is written; 2 for an unknown shop or a wrong manifest. Policy is told and decides nothing. Calls nothing; needs no key.
 */
export async function deliverCommand(manifest: string, flags: DeliverFlags): Promise<number> {
  const terminal = openTerminal();
  const shop = flags.for.toLowerCase() === ONE_MP3 ? undefined : shopNamed(flags.for);
  const config = readConfig(flags);
  const loaded = await loadBook({ manifestPath: manifest });
  if (!flags.json || loaded.book === undefined) printDiagnostics(loaded, terminal);
  if (loaded.book === undefined) return EXIT.wrongInput;
  const { book } = loaded;
  const store = await openConfiguredStore(config);
  const { account } = await serviceOfBook(config, book.manifest, { sends: false });
  const plan = await planRun({ book, store, account });
  const { chapters, missing } = await finishedChapters(plan, store);
  const old = shop && staleRemark(shop, new Date().toISOString().slice(0, 10));
  const simulated = chapters.some(({ master }) => master.simulated) ? SIMULATED : undefined;
  const remark = [old, simulated].filter((one) => one !== undefined).join(' ') || undefined;
  if (missing.length > 0) {
    const message = `${counted(missing.length, 'chapter')} of “${plain(plan.title)}” ${missing.length === 1 ? 'is' : 'are'} not finished. To make them: pipeline run ${manifest}${samePlace(flags)}`;
    if (flags.json)
      terminal.raw(JSON.stringify({ type: 'package', ok: false, shop: flags.for, missing, findings: [] }));
    else terminal.err(message);
    return EXIT.incomplete;
  }
  if (shop === undefined) return deliverOneMp3({ plan, chapters, store, flags, remark, terminal });
  const facts = await factsOf(book, plan, chapters);
  const findings = checkPackage(shop, facts);
  const ok = meetsSpecification(findings);
  const path = join(resolve(flags.to), `${bookFileStem(plan.title)} - ${shop.id}.zip`);
  const written = ok ? await pack({ path, book, plan, chapters, shop, facts, findings, store }) : false;
  const { policy, checkedOn } = shop;
  if (flags.json) {
    const told = { policy, checkedOn, ...(remark && { remark }) };
    terminal.raw(
      JSON.stringify({ type: 'package', ok, shop: shop.id, path: ok ? path : null, written, findings, ...told }),
    );
  } else printFindings({ shop, findings, remark, path: ok ? path : undefined, written }, terminal);
  return ok ? EXIT.ok : EXIT.incomplete;
}

/** What `--for` takes besides a shop. */
const ONE_MP3 = 'one-mp3';

async function deliverOneMp3(of: {
  plan: Plan;
  chapters: readonly FinishedChapter[];
  store: Store;
  flags: DeliverFlags;
  remark: string | undefined;
  terminal: Terminal;
}): Promise<number> {
  const { plan, chapters, store, flags, remark, terminal } = of;
  const joined = chaptersToJoin(plan, chapters);
  if (joined === undefined)
    throw new ConfigError(
      'The chapters have no MP3s. Add "mp3" to "formats:" of the manifest and run it. Nothing was done.',
    );
  const simulated = chapters.some(({ master }) => master.simulated);
  await makeFolder(resolve(flags.to));
  const path = join(resolve(flags.to), `${bookFileStem(plan.title)}.mp3`);
  const written = await deliverBookMp3({ store, plan, chapters: joined, simulated, path });
  if (flags.json) {
    const told = { findings: [], ...(remark && { remark }) };
    terminal.raw(JSON.stringify({ type: 'package', ok: true, shop: ONE_MP3, path, written, ...told }));
    return EXIT.ok;
  }
  if (remark !== undefined) terminal.out(terminal.paint('yellow', remark));
  terminal.out(`${written ? 'Wrote' : 'Unchanged:'} ${plain(path)}, with ${counted(joined.length, 'chapter mark')}`);
  return EXIT.ok;
}

const SIMULATED = 'The speech is simulated: the package is for a rehearsal, not for the shop.';

function shopNamed(word: string): Shop {
  const id = SHOP_IDS.find((one) => one === word.toLowerCase());
  if (id !== undefined) return SHOPS[id];
  const { message, fix } = unknownChoice({ what: 'shop', word, known: [...SHOP_IDS, ONE_MP3] });
  throw new ConfigError(`${message} ${fix} Nothing was done.`);
}

async function finishedChapters(plan: Plan, store: Store): Promise<{ chapters: FinishedChapter[]; missing: string[] }> {
  const chapters: FinishedChapter[] = [];
  const missing: string[] = [];
  for (const chapter of plan.chapters) {
    const { need, step } = chapter.master;
    const master = need === 'reuse' ? await findMaster(store, step.key) : undefined;
    if (master === undefined) missing.push(chapter.title);
    else chapters.push({ chapter, master });
  }
  return { chapters, missing };
}

async function factsOf(
  { manifest, cover }: Book,
  plan: Plan,
  chapters: readonly FinishedChapter[],
): Promise<BookForShop> {
  const needs: [Need, unknown][] = [
    ['opening', manifest.credits?.opening],
    ['closing', manifest.credits?.closing],
    ['sample', manifest.retailSample],
    ['author', manifest.author],
    ['isbn', manifest.isbn],
    ['description', manifest.description],
    ['publisher', manifest.publisher],
  ];
  const size = cover && pictureSize(Buffer.from(await cover.read()), cover.asset.mediaType);
  return {
    formats: CHAPTER_FORMATS.filter((format) =>
      chapters.every(({ master }) => master.files.some((file) => file.format === format)),
    ),
    profile: plan.delivery.mastering,
    longestSeconds: Math.max(
      0,
      ...chapters.flatMap(
        ({ master }) => master.parts?.map((part) => part.durationSeconds) ?? [master.durationSeconds],
      ),
    ),
    failed: chapters.flatMap(({ chapter, master }) => (master.verdict === 'fail' ? [chapter.title] : [])),
    cover: size ?? null,
    has: new Set(needs.flatMap(([need, value]) => (value === undefined ? [] : [need]))),
    simulated: chapters.some(({ master }) => master.simulated),
  };
}

async function pack(of: {
  path: string;
  book: Book;
  plan: Plan;
  chapters: readonly FinishedChapter[];
  shop: Shop;
  facts: BookForShop;
  findings: readonly ShopFinding[];
  store: Store;
}): Promise<boolean> {
  const { path, book, plan, chapters, shop, facts, findings, store } = of;
  const format = shop.formats.find((one) => facts.formats.includes(one))!;
  const sounds = packagedSounds({ plan, chapters, shop, format });
  const { delivery, title } = plan;
  const none = { file: { digest: '' }, simulated: facts.simulated } as BookRecord;
  const { tags } = bookTags({ plan, book: none });
  const replicaOf = delivery.tradeNarrator?.endsWith(REPLICA)
    ? delivery.tradeNarrator.slice(0, -REPLICA.length)
    : undefined;
  const cover = plan.chapters[0]?.master.step.cover;
  const texts = [
    {
      name: 'CHECKLIST.txt',
      text: checklist({
        ...{ title, shop, findings, sentence: tags.sentence, narrator: tags.narrator ?? null },
        isReplica: book.manifest.characters.some(({ source }) => source.kind === 'sample'),
      }),
    },
    {
      name: 'onix.xml',
      text: onixFragment({
        ...{ title, author: delivery.author, narrator: delivery.narrator, replicaOf },
        language: delivery.language ?? 'en',
        publication: delivery.publication ?? {},
      }),
    },
  ];
  const stem = shop.naming === 'isbn' ? (delivery.publication?.isbn ?? 'cover') : 'cover';
  await makeFolder(resolve(path, '..'));
  const ending = cover?.mediaType === 'image/png' ? 'png' : 'jpg';
  return writePackage({
    ...{ path, store, sounds, texts },
    cover: cover && { name: `${stem}.${ending}`, digest: cover.digest },
  });
}

const REPLICA = ' (Authorized Voice Replica)';

function printFindings(
  of: {
    shop: Shop;
    findings: readonly ShopFinding[];
    remark: string | undefined;
    path: string | undefined;
    written: boolean;
  },
  terminal: Terminal,
): void {
  const { shop, findings, remark, path, written } = of;
  for (const { what, pass, measured, wanted, fix } of findings) {
    terminal.out(
      `${pass ? terminal.paint('green', '✓') : terminal.paint('red', '✗')} ${what}: ${plain(measured)}${pass ? '' : ` (wanted: ${wanted})`}`,
    );
    if (fix !== undefined) terminal.out(terminal.paint('yellow', `    ${fix}`));
  }
  terminal.out(`Policy (not checked): ${shop.policy.text}`);
  if (shop.sources.length > 0) terminal.out(`Rules of ${shop.name} as read on ${shop.checkedOn}.`);
  if (remark !== undefined) terminal.out(terminal.paint('yellow', remark));
  if (path === undefined)
    terminal.out(
      terminal.paint('red', `The book does not meet the specification of ${shop.name}. Nothing was written.`),
    );
  else terminal.out(`${written ? 'Wrote' : 'Unchanged:'} ${plain(path)}`);
}
