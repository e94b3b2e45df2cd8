#!/usr/bin/env node
/**
 * The command line. Each command adds itself and its flags from its own file in `commands/`; its work is in a file of this
 * folder that is loaded only when it is asked for, so that `--help` and `check` answer at once.
 */
import { Command, CommanderError } from 'commander';
import { registerBoard } from './board/command.ts';
import { registerBooks } from './books/command.ts';
import { registerCheck } from './check/command.ts';
import { printError } from './command-line/end.ts';
import { EXIT } from './command-line/exit-codes.ts';
import { VERSION } from './command-line/version.ts';
import { registerDiff } from './diff/command.ts';
import { registerDoctor } from './doctor/command.ts';
import { registerImport } from './import/command.ts';
import { registerInit } from './init/command.ts';
import { registerLimits } from './limits/command.ts';
import { registerLinks } from './links/command.ts';
import { registerPlan } from './plan/command.ts';
import { registerRun } from './run/command.ts';
import { registerSimulate } from './simulate/command.ts';
import { registerStatus } from './status/command.ts';
import { registerVerify } from './verify/command.ts';
import { registerVoices } from './voices/command.ts';
import { registerWatch } from './watch/command.ts';
import { registerWebhook } from './webhook/command.ts';
import { registerWorker } from './worker/command.ts';

const EXAMPLES = `
Examples:
  $ pipeline run manifests/hello.yaml --simulate    try everything without a key
  $ pipeline import novel.epub --cast               a manuscript becomes chapters and speakers
  $ pipeline check book.yaml                        look for mistakes, call nothing
  $ pipeline plan book.yaml                         what would be done, and its price
  $ pipeline run book.yaml                          the real thing; needs DASHSCOPE_API_KEY
  $ pipeline diff book.lock book.yaml               what changed since that edition, line by line
  $ pipeline verify out/*/*.mp3                     would a shop accept these files?
  $ pipeline doctor                                 is everything here that a run needs?

Environment:
  DASHSCOPE_API_KEY         the service's key; never printed, never stored
  DASHSCOPE_API_KEY_FILE_PATH   a file that holds the key, where DASHSCOPE_API_KEY is not set
  PIPELINE_TEMPORARY_KEY_SECONDS   let calls use temporary keys of this life (10 to 1800) instead of the key
  PIPELINE_FREE_VOICES_AFTER_DAYS  when the account is full, delete our voice that is unused longest (default: never)
  PIPELINE_REQUIRE_CONSENT  1: clone no voice without "consent:" in the manifest
  DASHSCOPE_HTTP_BASE_URL   default https://dashscope.aliyuncs.com/api/v1
  DASHSCOPE_REALTIME_URL    default wss://dashscope.aliyuncs.com/api-ws/v1/realtime
  REDIS_URL                 share the queue between machines; without it the queue is inside this process
  AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID …   for s3://bucket/prefix; see docs/store.md
  PIPELINE_WEBHOOK_URL, PIPELINE_WEBHOOK_SECRET, PIPELINE_API_TOKEN   for watch; see docs/notifications.md
  FFMPEG_PATH               which ffmpeg to use; without it PATH and the bundled ones are tried
  PIPELINE_PRICES           a YAML file with your own prices (default: narration-pipeline/prices.yaml in ~/.config)
  NO_COLOR                  no colours

Exit codes:
  0 all delivered · 1 something was not delivered · 2 the manifest or the command line is wrong
  3 something needed is missing or unreachable · 4 over budget, nothing sent · 130 interrupted`;

/** In the order of `--help`. */
const COMMANDS: readonly ((root: Command) => void)[] = [
  registerRun,
  registerCheck,
  registerPlan,
  registerDiff,
  registerInit,
  registerImport,
  registerWatch,
  registerWebhook,
  registerWorker,
  registerBoard,
  registerVerify,
  registerSimulate,
  registerLinks,
  registerVoices,
  registerStatus,
  registerBooks,
  registerLimits,
  registerDoctor,
];

async function main(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed it: help and version end well, everything else is a wrong command line.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrongInput;
    // Commander stopped reading, so that the flag is looked for by hand.
    if (error.exitCode !== 0 && process.argv.includes('--json')) {
      printError({ code: 'wrong-command-line', message: error.message, exitCode: EXIT.wrongInput });
    }
  }
}

function program(): Command {
  const root = new Command('pipeline')
    .description('Cloned voices in, mastered audiobooks out.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);

  for (const register of COMMANDS) register(root);
  return root;
}

await main();
