/** `pipeline store prune`: deletes what no book needs. */
import { ConfigError } from '../../config/values.ts';
import { type PrunePlan, planPrune, prune } from '../../retention/prune.ts';
import type { EditionRecord } from '../../store/editions.ts';
import type { Store } from '../../store/store.ts';
import { listBooks } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { confirm } from '../screen/confirm.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { sizeText } from './size-text.ts';
import { type OpenedStore, type StoreFlags, withStore } from './with-store.ts';

/** Flags of the command; ages in milliseconds. */
export interface PruneFlags extends StoreFlags {
  keepEditions: number;
  keepTakes?: number;
  grace: number;
  now?: boolean;
  dryRun?: boolean;
}

/** Exit code 0, also when nothing was deleted. */
export async function storePruneCommand(flags: PruneFlags): Promise<number> {
  const terminal = openTerminal();
  return withStore(flags, { terminal, changes: flags.dryRun !== true }, async (opened) => {
    if (flags.now) await refuseWhileRunning(opened.store);
    return pruneStore(flags, { opened, terminal });
  });
}

/** With `--now` there is no second look, so nothing may run. Throws `ConfigError` that names what runs. */
export async function refuseWhileRunning(store: Store): Promise<void> {
  const open = (await listBooks(store)).filter(({ status }) => status === 'running' || status === 'queued');
  if (open.length === 0) return;
  const names = open.slice(0, 3).map(({ submission }) => `“${plain(submission.title)}”`);
  throw new ConfigError(
    `--now is for a store that nothing uses, and ${counted(open.length, 'book')} ${open.length === 1 ? 'is' : 'are'} running or waiting: ${names.join(', ')}. Wait, cancel, or prune without --now.`,
  );
}

/** Shows, asks and prunes. `unwanted`: names of objects of a forgotten book. */
export async function pruneStore(
  flags: PruneFlags,
  of: { opened: OpenedStore; terminal: Terminal; unwanted?: ReadonlySet<string> },
): Promise<number> {
  const { opened, terminal, unwanted } = of;
  const { store, signal } = opened;
  const print = (line: string): void => {
    if (!flags.json) terminal.out(line);
  };
  const options = {
    keepEditions: flags.keepEditions,
    keepTakesMs: flags.keepTakes,
    graceMs: flags.now ? 0 : flags.grace,
    signal,
    unwanted,
    onWait: () => terminal.err('Another prune is deleting; waiting for it to finish. To give up, press Ctrl-C.'),
  };
  const plan = await planPrune(store, options);
  showPlan(plan, print);
  const goes = plan.due.length > 0;
  const mayDelete =
    flags.dryRun !== true &&
    goes &&
    (await confirm(`Delete ${sizeText(bytesOf(plan.due))} permanently?`, { yes: flags.yes === true, signal }));
  let deleted: PrunePlan['due'] = [];
  let { marked } = plan;
  if (flags.dryRun !== true && (mayDelete || !goes)) {
    const approved = new Set(plan.due.map(({ name }) => name));
    ({ due: deleted, marked } = await prune(store, { ...options, approved }));
    if (goes) print(`Deleted ${sizeText(bytesOf(deleted))}.`);
    if (marked.length > 0)
      print(
        `Marked ${sizeText(bytesOf(marked))}. A later \`pipeline store prune\` deletes it, if nothing needs it then.`,
      );
  } else if (goes) {
    print('Nothing was deleted.');
  }
  if (flags.json) {
    terminal.raw(
      JSON.stringify({
        type: 'store.pruned',
        bytes: bytesOf(deleted),
        objects: deleted.length,
        due: { bytes: bytesOf(plan.due), objects: plan.due.length },
        marked: { bytes: bytesOf(marked), objects: marked.length },
        unkeptEditions: plan.unkept.map(({ title, author, realm, number }) => ({ title, author, realm, number })),
      }),
    );
  }
  return EXIT.ok;
}

function showPlan({ due, marked, unkept }: PrunePlan, print: (line: string) => void): void {
  const gone = unkept.filter(({ isFreed }) => isFreed !== true);
  for (const edition of gone) print(`  ${editionName(edition)}: its finished files are not kept.`);
  if (gone.length > 0)
    print(
      '`pipeline run --locked` with the lock of such an edition makes its files again from their takes, or fails if a take is gone. To keep one: pipeline store pin <book>@<number>',
    );
  if (due.length === 0 && marked.length === 0) {
    print('Everything in the store is needed.');
    return;
  }
  for (const [what, objects] of [
    ['To delete', due],
    ['Not needed, to be marked or waiting', marked],
  ] as const) {
    if (objects.length === 0) continue;
    print(`${what}: ${sizeText(bytesOf(objects))} in ${counted(objects.length, 'file')}.`);
  }
  const takes = [...due, ...marked].filter(({ name }) => name.startsWith('records/take/')).length;
  if (takes > 0) print(`Among them ${counted(takes, 'take')}: a book that needs one again pays for it again.`);
}

function editionName({ title, number, madeAt, simulated }: EditionRecord): string {
  return `“${plain(title)}”, edition ${number} of ${madeAt.slice(0, 10)}${simulated ? ', simulated' : ''}`;
}

function bytesOf(objects: readonly { byteLength: number }[]): number {
  return objects.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
