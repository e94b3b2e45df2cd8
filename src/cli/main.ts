#!/usr/bin/env node
/**
 * The command line. Each command has a folder: `command.ts` declares it with its flags and help, and the file named for the
 * command does the work. That file is loaded only when the command runs, so that `--help` and `check` answer at once.
 */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../composition/version.ts';
import { registerBoard } from './board/command.ts';
import { registerCheck } from './check/command.ts';
import { registerChoose } from './choose/command.ts';
import { EXIT } from './command-line/exit-codes.ts';
import { printError } from './command-line/finish-command.ts';
import { addExamples, addSection, fitHelpToTerminal } from './command-line/help.ts';
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
import { registerPlan } from './plan/command.ts';
import { registerPlay } from './play/command.ts';
import { registerRetake } from './retake/command.ts';
import { registerReview } from './review/command.ts';
import { registerRun } from './run/command.ts';
import { registerSay } from './say/command.ts';
import { handleBrokenOutput } from './screen/broken-output.ts';
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
  ],
  'Compare and verify:': [registerDiff, registerHistory, registerVerify, registerLinks],
  'Watch a folder:': [registerWatch, registerWebhook],
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

const ENVIRONMENT = [
  ['DASHSCOPE_API_KEY', "the service's API key; never printed, never stored"],
  ['DASHSCOPE_API_KEY_FILE_PATH', 'file that holds the key, if DASHSCOPE_API_KEY is not set'],
  ['DASHSCOPE_HTTP_BASE_URL', 'HTTP API (default: https://dashscope.aliyuncs.com/api/v1)'],
  ['DASHSCOPE_REALTIME_URL', 'WebSocket API (default: wss://dashscope.aliyuncs.com/api-ws/v1/realtime)'],
  ['PIPELINE_SPEECH_URL', 'your own server, for books with "engine: openai-speech"; see docs/reference/engines.md'],
  ['PIPELINE_SPEECH_KEY', 'its key; never printed, never stored'],
  ['PIPELINE_TEMPORARY_KEY_SECONDS', 'send temporary keys with this lifetime, 10 to 1800, instead of the key'],
  [
    'PIPELINE_FREE_VOICES_AFTER_DAYS',
    'if the account has no room for a voice, delete one of ours unused for this long (default: never)',
  ],
  ['PIPELINE_REQUIRE_CONSENT', '1: clone no voice without "consent:" in the manifest'],
  ['PIPELINE_PRICES', 'YAML file with your own prices (default: ~/.config/narration-pipeline/prices.yaml)'],
  ['PIPELINE_WEBHOOK_URL', 'webhook URLs for watch, separated by spaces; see docs/how-to/notifications.md'],
  ['PIPELINE_WEBHOOK_SECRET', 'secret that signs the webhooks'],
  ['PIPELINE_API_TOKEN', 'token that clients of the HTTP servers must send'],
  ['REDIS_URL', 'queue shared by several machines; without it, each run has its own'],
  ['AWS_REGION, AWS_PROFILE, …', 'region and credentials for s3://bucket/prefix; see docs/reference/store.md'],
  ['AWS_ENDPOINT_URL', "S3 server, if it is not Amazon's"],
  ['FFMPEG_PATH', 'ffmpeg to use (default: the one on PATH, or the bundled one)'],
  ['NO_COLOR', 'print no colors'],
] as const;

async function main(): Promise<void> {
  handleBrokenOutput();
  try {
    await program().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed it: help and version end well, everything else is a wrong command line.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrongInput;
    // Commander has stopped reading the flags.
    if (error.exitCode !== 0 && process.argv.includes('--json')) {
      printError({ code: 'wrong-command-line', message: error.message, exitCode: EXIT.wrongInput });
    }
  }
}

function program(): Command {
  const root = new Command('pipeline')
    .description('Turn a manifest into a mastered audiobook, spoken by cloned voices.')
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .showSuggestionAfterError();
  fitHelpToTerminal(root);
  for (const [heading, registers] of Object.entries(COMMANDS)) {
    root.commandsGroup(heading);
    for (const register of registers) register(root);
    root.addHelpCommand(
      new Command('help').argument('[command]').description('Show the help of a command').helpGroup(heading),
    );
  }
  addExamples(root, [
    ['pipeline init my-book', 'write a small book to start from'],
    ['pipeline import novel.epub --cast', 'turn a manuscript into chapters and speakers'],
    ['pipeline check book.yaml', 'find errors; calls nothing'],
    ['pipeline plan book.yaml', 'show what a run would do, and its price'],
    ['pipeline run book.yaml --simulate', 'try the book without a key'],
    ['pipeline run book.yaml', 'make the book; needs DASHSCOPE_API_KEY'],
    ['pipeline verify out/*/*.mp3', 'check finished files against the rules of a shop'],
  ]);
  addPlannedCommands(root);
  addSection(root, { heading: 'Environment:', items: ENVIRONMENT, most: 27 });
  addSection(root, {
    heading: 'Exit codes:',
    items: [
      ['0', 'everything was delivered'],
      ['1', 'the run finished, but something was not delivered'],
      ['2', 'the manifest or the command line is wrong'],
      ['3', 'something that is needed is missing or unreachable'],
      ['4', 'over budget; nothing was sent'],
      ['130', 'interrupted'],
    ],
  });
  return root;
}

await main();
