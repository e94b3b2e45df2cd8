/** `pipeline proposals …` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command and its subcommands. */
export function registerProposals(root: Command): void {
  const proposals = withOptions(root.command('proposals'))
    .description(
      'List the changes of texts that were proposed in a watched folder, and take them over or put them aside',
    )
    .argument('[place]', 'manifest, or a watched folder or a part of it (default: this folder)')
    .allowExcessArguments()
    .action(async (place: string | undefined, flags: import('./proposals.ts').ProposalsFlags, command: Command) => {
      const { proposalsCommand, refuseMore } = await import('./proposals.ts');
      // A mistyped subcommand is read as a place.
      const listing = command.args.length > 1 ? refuseMore(command.args) : proposalsCommand(place, flags);
      await finishCommand(listing, flags);
    });
  addExamples(proposals, [
    ['pipeline proposals inbox', 'what waits, in all books of a watched folder'],
    ['pipeline proposals show inbox/harbor/book.yaml 4f2a91', 'one as a difference'],
    [
      'pipeline proposals accept inbox/harbor/book.yaml 4f2a91 3:37',
      'write two into the texts; the book is made again',
    ],
    ['pipeline proposals put-aside inbox 4f2a91', 'change nothing, keep its file'],
    ['pipeline proposals undo inbox/harbor/book.yaml', 'take the last answer back'],
  ]);
  const show = withOptions(proposals.command('show'))
    .description('Print a proposal as a unified difference; changes nothing')
    .argument('<place>', PLACE)
    .argument('<proposal>', WHICH)
    .action(async (place: string, id: string, _: object, command: Command) => {
      const flags = flagsOf(command);
      const { showCommand } = await import('./settle.ts');
      await finishCommand(showCommand(place, id, flags), flags);
    });
  addExamples(show, [['pipeline proposals show inbox 4f2a91', '']]);
  const accept = withOptions(proposals.command('accept'))
    .description(
      'Write proposals into the texts, where their lines are as they were; a watcher then makes the book again',
    )
    .argument('<place>', PLACE)
    .argument('<proposal...>', WHICH)
    .action(settle('take'));
  addExamples(accept, [['pipeline proposals accept inbox/harbor/book.yaml 3:37', '']]);
  const aside = withOptions(proposals.command('put-aside'))
    .description('Put proposals aside without changing a text; their files are kept in the folder put-aside')
    .argument('<place>', PLACE)
    .argument('<proposal...>', WHICH)
    .action(settle('aside'));
  addExamples(aside, [['pipeline proposals put-aside inbox 4f2a91', '']]);
  const undo = withOptions(proposals.command('undo'))
    .description(
      'Take back what was last accepted or put aside, here or in the studio, unless its text has changed since',
    )
    .argument('<manifest>', 'YAML file of the book')
    .action(async (manifest: string, _: object, command: Command) => {
      const flags = flagsOf(command);
      const { undoCommand } = await import('./settle.ts');
      await finishCommand(undoCommand(manifest, flags), flags);
    });
  addExamples(undo, [['pipeline proposals undo inbox/harbor/book.yaml', '']]);
}

const PLACE = 'manifest, or a watched folder or a part of it';
const WHICH = 'its ID or the start of it, as the list says, or its line, such as 3:37';

function settle(how: 'take' | 'aside') {
  return async (place: string, ids: string[], _: object, command: Command): Promise<void> => {
    const flags = flagsOf(command);
    const { settleCommand } = await import('./settle.ts');
    await finishCommand(settleCommand(place, { ids, how }, flags), flags);
  };
}

/** A flag may stand before the name of the subcommand, where it is the command's. */
function flagsOf(command: Command): import('./proposals.ts').ProposalsFlags {
  return command.optsWithGlobals();
}

function withOptions(command: Command): Command {
  return command.addOption(simulateOption()).addOption(storeOption()).option('--json', 'print one JSON object');
}
