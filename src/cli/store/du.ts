/** `pipeline store du`: what the store holds, by book, edition and kind. */
import { garbageOf } from '../../retention/garbage.ts';
import { surveyStore } from '../../retention/survey.ts';
import { type BookUsage, type EditionUsage, type StoreUsage, type UsageKind, usageOf } from '../../retention/usage.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { sizeText } from './size-text.ts';
import { type StoreFlags, withStore } from './with-store.ts';

/** Editions of each book whose files the default rule of `prune` keeps. */
const KEPT_EDITIONS = 3;

const KIND_WORDS: Readonly<Record<UsageKind, string>> = {
  takes: 'takes',
  masters: 'finished chapters',
  books: 'book files (M4B)',
  editions: 'editions',
  voices: 'voices',
  damaged: 'damaged files, set aside',
  other: 'samples, covers and records',
};

/** Exit code 0, or 2 when there is no store. Changes nothing. */
export async function storeDuCommand(flags: StoreFlags): Promise<number> {
  const terminal = openTerminal();
  return withStore(flags, { terminal, changes: false }, async ({ store }) => {
    const survey = await surveyStore(store);
    const usage = usageOf(survey);
    const unneeded = garbageOf(survey, { keepEditions: KEPT_EDITIONS }).objects;
    const unneededBytes = unneeded.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (flags.json) terminal.raw(JSON.stringify(asJson(usage, unneededBytes)));
    else print({ usage, unneededBytes, location: store.location }, terminal);
    return EXIT.ok;
  });
}

function asJson(usage: StoreUsage, unneededBytes: number): object {
  return {
    type: 'store.du',
    bytes: usage.bytes,
    objects: usage.objects,
    sharedBytes: usage.sharedBytes,
    unneededBytes,
    kinds: usage.kinds,
    books: usage.books.map(({ title, author, bytes, ownBytes, editions }) => ({
      title,
      author,
      bytes,
      ownBytes,
      editions: editions.map(({ edition, ...amount }) => ({
        ...{ number: edition.number, realm: edition.realm, madeAt: edition.madeAt },
        ...{ bytes: amount.bytes, ownBytes: amount.ownBytes, kept: keepingOf(edition) },
      })),
    })),
  };
}

function print(
  { usage, unneededBytes, location }: { usage: StoreUsage; unneededBytes: number; location: string },
  terminal: Terminal,
): void {
  const { columns: width, paint } = terminal;
  const paintHead = (text: string): string => paint('dim', text);
  const right = 'right' as const;
  terminal.out(`Store ${location}: ${sizeText(usage.bytes)}.`);
  if (usage.books.length > 0) {
    terminal.out('');
    const columns = [
      { head: 'book', narrow: { how: 'shorten' as const, least: 16 } },
      { head: 'size', align: right },
      { head: 'only here', align: right },
      { head: '' },
    ];
    for (const line of tableLines({ columns, rows: usage.books.flatMap(bookRows), width, paintHead }))
      terminal.out(line);
  }
  terminal.out('');
  const kinds = Object.entries(usage.kinds).filter(([, { objects }]) => objects > 0) as [
    UsageKind,
    { bytes: number },
  ][];
  const rows = kinds
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .map(([kind, { bytes }]) => [KIND_WORDS[kind], sizeText(bytes)]);
  for (const line of tableLines({
    columns: [{ head: 'kind' }, { head: 'size', align: right }],
    rows,
    width,
    paintHead,
  }))
    terminal.out(line);
  if (usage.sharedBytes > 0) terminal.out(`Used by more than one book: ${sizeText(usage.sharedBytes)}.`);
  if (unneededBytes > 0)
    terminal.out(`Needed by nothing: ${sizeText(unneededBytes)}. To delete it: pipeline store prune`);
}

function bookRows({ title, author, bytes, ownBytes, editions }: BookUsage): string[][] {
  const name = `${plain(title)}${author === '' ? '' : `, ${plain(author)}`}`;
  return [[name, sizeText(bytes), sizeText(ownBytes), ''], ...editions.map(editionRow)];
}

function editionRow({ edition, bytes, ownBytes }: EditionUsage): string[] {
  const simulated = edition.simulated ? ', simulated' : '';
  return [
    `  edition ${edition.number}, ${edition.madeAt.slice(0, 10)}${simulated}`,
    sizeText(bytes),
    sizeText(ownBytes),
    keepingOf(edition),
  ];
}

function keepingOf({ pinned, hasLock, isFreed }: EditionUsage['edition']): string {
  if (pinned) return 'pinned';
  if (hasLock) return 'kept by book.lock';
  return isFreed ? 'files deleted' : '';
}
