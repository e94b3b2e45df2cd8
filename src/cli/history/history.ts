/** `pipeline history`: the editions of a book. */
import { compareEditions, type EditionChanges } from '../../plan/compare-editions.ts';
import type { Edition } from '../../plan/edition.ts';
import { readLock } from '../../plan/lock.ts';
import { moneyText } from '../../plan/price.ts';
import type { EditionRecord } from '../../store/editions.ts';
import type { Store } from '../../store/store.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { clock, counted, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal } from '../screen/terminal.ts';
import { editionsNamed } from '../store/pick-edition.ts';
import { type StoreFlags, withStore } from '../store/with-store.ts';

interface Listed {
  record: EditionRecord;
  /** Since the edition before; undefined for the first, and where a lock is damaged. */
  changes: EditionChanges | undefined;
}

/** Exit code 0; 2 when the store has no such book. Changes nothing. */
export async function historyCommand(book: string, flags: StoreFlags): Promise<number> {
  const terminal = openTerminal();
  return withStore(flags, { terminal, changes: false }, async ({ store }) => {
    const editions = await withChanges(store, await editionsNamed(store, book));
    const [first] = editions;
    if (flags.json) {
      const title = first?.record.title;
      terminal.raw(
        JSON.stringify({ type: 'history', title, author: first?.record.author, editions: editions.map(asJson) }),
      );
      return EXIT.ok;
    }
    const right = 'right' as const;
    const columns = [
      { head: 'edition', align: right },
      { head: 'date' },
      { head: 'length', align: right },
      { head: 'cost', align: right },
      { head: 'changed', narrow: { how: 'wrap' as const, least: 16 } },
      { head: '' },
    ];
    const { columns: width, paint } = terminal;
    terminal.out(`“${plain(first?.record.title ?? book)}”${first?.record.simulated ? ' (simulated)' : ''}`);
    const paintHead = (text: string): string => paint('dim', text);
    for (const line of tableLines({ columns, rows: editions.map(row), width, paintHead })) terminal.out(line);
    return EXIT.ok;
  });
}

async function withChanges(store: Store, records: readonly EditionRecord[]): Promise<Listed[]> {
  const listed: Listed[] = [];
  let before: Edition | undefined;
  for (const record of records) {
    const now = await editionOfRecord(store, record);
    const changes = before === undefined || now === undefined ? undefined : compareEditions(before, now);
    listed.push({ record, changes });
    before = now;
  }
  return listed;
}

/** The edition of a record; undefined when its lock is missing or damaged. */
export async function editionOfRecord(store: Store, { lock }: EditionRecord): Promise<Edition | undefined> {
  const bytes = await store.readBlob(lock.digest).catch(() => undefined);
  return bytes === undefined ? undefined : readLock(bytes).edition;
}

function row({ record, changes }: Listed): string[] {
  const { number, madeAt, durationSeconds, cost } = record;
  return [
    String(number),
    madeAt.slice(0, 16).replace('T', ' '),
    clock(durationSeconds),
    cost === null ? '' : moneyText(cost),
    changesText({ record, changes }),
    keepingOf(record),
  ];
}

function changesText({ record, changes }: Listed): string {
  if (changes === undefined)
    return record.number === 1 ? `${counted(record.chapters, 'chapter')}, ${counted(record.segments, 'segment')}` : '';
  const { counts, head, chapters } = changes;
  const lines = (['changed', 'added', 'removed', 'moved'] as const).flatMap((change) =>
    counts[change] > 0 ? [`${counted(counts[change], 'line')} ${change}`] : [],
  );
  const settings = head.map(({ what }) => what);
  const parts = [...lines, ...settings];
  if (parts.length > 0) return plain(parts.join(', '));
  return chapters.length > 0 ? `files of ${counted(chapters.length, 'chapter')}` : '';
}

function keepingOf({ pinned, hasLock, isFreed }: EditionRecord): string {
  return [...(pinned ? ['pinned'] : []), ...(hasLock ? ['book.lock'] : []), ...(isFreed ? ['files deleted'] : [])].join(
    ', ',
  );
}

function asJson({ record, changes }: Listed): object {
  const { number, realm, model, simulated, madeAt, chapters, segments, durationSeconds, cost, billedCharacters } =
    record;
  return {
    ...{ number, realm, model, simulated, madeAt, chapters, segments, durationSeconds, cost, billedCharacters },
    ...{ pinned: record.pinned === true, hasLock: record.hasLock === true, filesDeleted: record.isFreed === true },
    changes:
      changes === undefined
        ? null
        : { ...changes.counts, settings: changes.head.map(({ what }) => what), chapters: changes.chapters.length },
  };
}
