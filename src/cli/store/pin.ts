/** `pipeline store pin` and `unpin`: whether an edition's finished files are kept. */
import { amendEdition } from '../../store/editions.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { pickEdition } from './pick-edition.ts';
import { type StoreFlags, withStore } from './with-store.ts';

/** Exit code 0; 2 when the store has no such edition. */
export async function storePinCommand(name: string, flags: StoreFlags & { pinned: boolean }): Promise<number> {
  const terminal = openTerminal();
  return withStore(flags, { terminal, changes: true }, async ({ store }) => {
    const edition = await pickEdition(store, name);
    const { pinned } = flags;
    await amendEdition(store, edition, { pinned });
    const { title, number, isFreed, hasLock } = edition;
    if (flags.json) {
      terminal.raw(JSON.stringify({ type: 'store.pinned', title, number, pinned }));
      return EXIT.ok;
    }
    terminal.out(
      `“${plain(title)}”, edition ${number}, is ${pinned ? 'pinned: its finished files are kept' : 'no longer pinned'}.`,
    );
    if (pinned && isFreed)
      terminal.out('Its files were deleted before. A run with its lock (`pipeline run --locked`) makes them again.');
    if (!pinned && hasLock)
      terminal.out('Its files are still kept, because the book.lock beside the manifest describes it.');
    return EXIT.ok;
  });
}
