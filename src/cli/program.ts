/**
 * All commands. Each has a folder: `command.ts` declares it with its flags and help, and the file named for the command does
 * the work. That file is loaded only when the command runs, so that `--help` and `check` answer at once.
 */
import { Command } from 'commander';
import { VERSION } from '../composition/version.ts';
import { ALL_SETTINGS } from '../config/settings.ts';
import { registerBoard } from './board/command.ts';
import { registerCheck } from './check/command.ts';
import { registerChoose } from './choose/command.ts';
import { EXIT_CODES } from './command-line/failure-meanings.ts';
import { addExamples, addParagraph, addSection, fitHelpToTerminal, type Item } from './command-line/help.ts';
import { addPlannedCommands } from './command-line/planned-commands.ts';
import { registerCompletion } from './completion/command.ts';
import { registerControl } from './control/command.ts';
import { registerCost } from './cost/command.ts';
import { registerDeliver } from './deliver/command.ts';
import { registerDiff } from './diff/command.ts';
import { registerDoctor } from './doctor/command.ts';
import { registerEars } from './ears/command.ts';
import { registerHistory } from './history/command.ts';
import { registerImport } from './import/command.ts';
import { registerInit } from './init/command.ts';
import { registerLimits } from './limits/command.ts';
import { registerLines } from './lines/command.ts';
import { registerLinks } from './links/command.ts';
import { registerMcp } from './mcp/command.ts';
import { registerMigrate } from './migrate/command.ts';
import { registerPickups } from './pickups/command.ts';
import { registerPlan } from './plan/command.ts';
import { registerPlay } from './play/command.ts';
import { registerProposals } from './proposals/command.ts';
import { registerRetake } from './retake/command.ts';
import { registerReview } from './review/command.ts';
import { registerRun } from './run/command.ts';
import { registerSay } from './say/command.ts';
import { registerSimulate } from './simulate/command.ts';
import { registerStatus } from './status/command.ts';
import { registerStore } from './store/command.ts';
import { registerVerify } from './verify/command.ts';
import { registerVoices } from './voices/command.ts';
import { registerWatch } from './watch/command.ts';
import { registerWebhook } from './webhook/command.ts';
import { registerWords } from './words/command.ts';
import { registerWorker } from './worker/command.ts';

/** The commands in the order of `--help`, in groups. */
const COMMANDS: Readonly<Record<string, readonly ((root: Command) => void)[]>> = {
  'Make a book:': [
    registerInit,
    registerImport,
    registerCheck,
    registerWords,
    registerPlan,
    registerRun,
    registerDeliver,
    registerMigrate,
    registerCost,
  ],
  'Listen and correct:': [
    registerReview,
    registerLines,
    registerPlay,
    registerRetake,
    registerChoose,
    registerSay,
    registerEars,
    registerPickups,
  ],
  'Compare and verify:': [registerDiff, registerHistory, registerVerify, registerLinks],
  'Watch a folder:': [registerWatch, registerProposals, registerWebhook],
  'Share work between machines:': [registerWorker, registerStatus, registerControl, registerLimits, registerBoard],
  'Voices, setup and help:': [
    registerVoices,
    registerStore,
    registerSimulate,
    registerMcp,
    registerDoctor,
    registerCompletion,
  ],
};

/** The command line: its commands, flags and help. Parsing it runs a command. */
export function pipelineProgram(): Command {
  const root = new Command('pipeline')
    .description('Turn a manifest into a mastered audiobook, spoken by cloned voices.')
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .showSuggestionAfterError();
  fitHelpToTerminal(root);
  // Commands inherit it as it is now, without a group, so that `store --help` has no heading of the first help.
  root.addHelpCommand(helpCommand());
  for (const [heading, registers] of Object.entries(COMMANDS)) {
    root.commandsGroup(heading);
    for (const register of registers) register(root);
  }
  root.addHelpCommand(helpCommand().helpGroup(Object.keys(COMMANDS).at(-1)!));
  addExamples(root, [
    ['pipeline init my-book', 'write a small book to start from'],
    ['pipeline import novel.epub --cast', 'turn a manuscript into chapters and speakers'],
    ['pipeline check book.yaml', 'find errors, without calling the service'],
    ['pipeline plan book.yaml', 'show what a run would do, and its price'],
    ['pipeline run book.yaml --simulate', 'try the book without a key'],
    ['pipeline run book.yaml', 'make the book; needs DASHSCOPE_API_KEY'],
    ['pipeline verify out/*/*.mp3', 'check finished files against the rules of a shop'],
  ]);
  addPlannedCommands(root);
  addSection(root, { heading: 'Environment:', items: environment(), most: 27 });
  addParagraph(root, 'docs/reference/settings.md lists all settings.');
  addSection(root, { heading: 'Exit codes:', items: EXIT_CODES });
  return root;
}

function helpCommand(): Command {
  return new Command('help').argument('[command]').description('Show the help of a command');
}

function environment(): Item[] {
  const shown = ALL_SETTINGS.filter(({ inHelp }) => inHelp);
  return shown.map(({ name, meaning, preset, see }) => {
    const otherwise = preset === undefined ? '' : ` (default: ${preset})`;
    return [name, `${meaning}${otherwise}${see === undefined ? '' : `; see ${see}`}`];
  });
}
