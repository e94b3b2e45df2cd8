#!/usr/bin/env node
/**
 * The command line: what commands and flags there are. Each command's work is in its own file and loaded only when it is
 * asked for, so that `--help` and `check` answer at once.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Flags } from '../config.ts';
import { EXIT } from './exit.ts';

const VERSION = '0.1.0';

const EXAMPLES = `
Examples:
  $ pipeline run manifests/hello.yaml --simulate    try everything without a key
  $ pipeline import novel.epub --cast               a manuscript becomes chapters and speakers
  $ pipeline check book.yaml                        look for mistakes, call nothing
  $ pipeline plan book.yaml                         what would be done, and its price
  $ pipeline run book.yaml                          the real thing; needs DASHSCOPE_API_KEY
  $ pipeline verify out/*/*.mp3                     would a shop accept these files?
  $ pipeline doctor                                 is everything here that a run needs?

Environment:
  DASHSCOPE_API_KEY         the service's key; never printed, never stored
  DASHSCOPE_API_KEY_FILE_PATH   a file that holds the key, where DASHSCOPE_API_KEY is not set
  PIPELINE_TEMPORARY_KEY_SECONDS   let calls use temporary keys of this life (10 to 1800) instead of the key
  PIPELINE_FREE_VOICES_AFTER_DAYS  when the account is full, delete our voice that is unused longest (default: never)
  DASHSCOPE_HTTP_BASE_URL   default https://dashscope.aliyuncs.com/api/v1
  DASHSCOPE_REALTIME_URL    default wss://dashscope.aliyuncs.com/api-ws/v1/realtime
  REDIS_URL                 share the queue between machines; without it the queue is inside this process
  FFMPEG_PATH               which ffmpeg to use; without it PATH and the bundled ones are tried
  NO_COLOR                  no colours

Exit codes:
  0 all delivered · 1 something was not delivered · 2 the manifest or the command line is wrong
  3 something needed is missing or unreachable · 130 interrupted`;

const SIMULATE_EXAMPLES = `
Examples:
  $ pipeline simulate --port 8080                              an account without trouble
  $ pipeline simulate --fault drop:rate=0.1,frame=3            a tenth of the responses break off
  $ pipeline simulate --fault stall:nth=5 --limit sessionsAtOnce=4
  $ curl -X PUT localhost:8080/simulator/settings -H 'content-type: application/json' -d '{"faults":[]}'`;

async function main(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed it: help and version end well, everything else is a wrong command line.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrongInput;
  }
}

function program(): Command {
  const root = new Command('pipeline')
    .description('Cloned voices in, mastered audiobooks out.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);

  root
    .command('run')
    .description('speak, master and deliver a book; does only what is missing')
    .argument('<manifest>', 'the book: a YAML file')
    .addOption(simulateOption())
    .option('--out <dir>', 'where finished books go (default: out)')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .option('--json', 'one JSON event a line on stdout; the last is run.finished')
    .action(async (manifest: string, flags: Flags & { json?: boolean }) => {
      const { runCommand } = await import('./run.ts');
      await end(runCommand(manifest, flags));
    });

  root
    .command('check')
    .description('report every mistake of a manifest and its files; calls nothing')
    .argument('<manifest>', 'the book: a YAML file')
    .option('--json', 'the mistakes as JSON')
    .action(async (manifest: string, flags: { json?: boolean }) => {
      const { checkCommand } = await import('./check.ts');
      await end(checkCommand(manifest, flags));
    });

  root
    .command('plan')
    .description('what a run would do, and what it would cost; calls nothing')
    .argument('<manifest>', 'the book: a YAML file')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'the plan as one JSON event')
    .action(async (manifest: string, flags: Flags & { json?: boolean }) => {
      const { planCommand } = await import('./plan.ts');
      await end(planCommand(manifest, flags));
    });

  root
    .command('init')
    .description('write a small commented book to start from; it runs at once')
    .argument('[folder]', 'a new or empty folder', 'my-book')
    .option('--title <text>', "the book's title (default: the folder's name)")
    .action(async (folder: string, flags: { title?: string }) => {
      const { initCommand } = await import('./init.ts');
      await end(initCommand(folder, flags));
    });

  root
    .command('import')
    .description('turn a manuscript into a folder with a manifest, a text for each chapter, and the cover')
    .argument('<manuscript>', 'an EPUB 2 or 3, .docx, .md or .txt file')
    .option('--out <dir>', "a new or empty folder (default: the book's title)")
    .option('--cast', 'give each quotation to the speaker the text names; what is not certain gets [?] to review')
    .option('--keep-matter', 'keep title page, dedication, index and the like')
    .option('--json', 'what was written, as one JSON event')
    .action(async (manuscript: string, flags: import('./import.ts').ImportFlags) => {
      const { importCommand } = await import('./import.ts');
      await end(importCommand(manuscript, flags));
    });

  root
    .command('watch')
    .description('make books of all manifests and archives in a folder, and again when they or their files change')
    .argument('<folder>', 'the folder into which manifests are dropped; see docs/watched-folder.md')
    .addOption(simulateOption())
    .option('--out <dir>', 'where finished books go (default: <folder>/done)')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .option('--books-at-once <n>', 'books spoken side by side (default: 2)', atLeastOne)
    .option('--quiet-hours <from-to>', 'speak nothing in these hours of local time, such as 22:00-06:00')
    .option('--budget-per-day <n>', "most to spend in a day, in the currency of the model's price", amount)
    .option(
      '--approve-over <n>',
      'books that cost more wait until somebody puts <manifest>.approved beside them',
      amount,
    )
    .option('--json', 'one JSON event a line on stdout')
    .action(async (folder: string, flags: import('./watch.ts').WatchFlags) => {
      const { watchCommand } = await import('./watch.ts');
      await end(watchCommand(folder, flags));
    });

  root
    .command('worker')
    .description('work for runs on other machines; needs REDIS_URL and the same --store')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .action(async (flags: Flags) => {
      const { workerCommand } = await import('./worker.ts');
      await end(workerCommand(flags));
    });

  root
    .command('verify')
    .description('judge finished sound files by the rules of a shop, whoever made them; changes nothing')
    .argument('<files...>', 'MP3, M4A, M4B, FLAC, WAV …; a folder stands for the sound files in it')
    .option('--profile <name>', 'acx, podcast, broadcast or none', 'acx')
    .option('--json', 'one JSON object a file and line, with all that was measured; the last is verify.finished')
    .action(async (files: string[], flags: { profile?: string; json?: boolean }) => {
      const { verifyCommand } = await import('./verify.ts');
      await end(verifyCommand(files, flags));
    });

  root
    .command('simulate')
    .description("a local server that speaks the service's protocol, for trying things without a key")
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', port, 0)
    .option('--state <dir>', 'keep enrolled voices in this folder over restarts')
    .option('--tones', 'tones instead of speech: much less work for this machine')
    .option('--first-audio-ms <n>', 'time to the first sound of a response', whole, 0)
    .option('--times-realtime <x>', 'speech made per second of time; 0 is as fast as it can', amount, 0)
    .option('--api-key <key...>', 'take only these keys (default: any)')
    .option('--fault <kind[:rate=…,nth=…,text=…,times=…,frame=…]>', 'make trouble on purpose; may be repeated', collect)
    .option(
      '--limit <name=value>',
      'enrollPerSecond, sessionsAtOnce, callsPerMinute, callIs, throttleForm, voices',
      collect,
    )
    .option('--speed <name=value>', 'chunkMs, burstMs, burstPauseMs, firstAudioMs, timesRealtime', collect)
    .option(
      '--behaviour <name=value>',
      'idleTimeoutMs, errorCloseCode, appendWhileSpeaking, …; see docs/simulator.md',
      collect,
    )
    .option('--seed <n>', 'decides which calls the faults with a rate strike', whole, 1)
    .addHelpText('after', SIMULATE_EXAMPLES)
    .action(async (flags: import('./simulate.ts').SimulateFlags) => {
      const { simulateCommand } = await import('./simulate.ts');
      await end(simulateCommand(flags));
    });

  addVoices(root);

  root
    .command('status')
    .description('what is in the store, and what the queue is doing; or how the books in a watched folder are')
    .argument('[inbox]', 'a watched folder')
    .addOption(storeOption())
    .option('--out <dir>', 'where the watched folder has its finished books (default: <inbox>/done)')
    .option('--json', 'as one JSON object')
    .action(async (inbox: string | undefined, flags: Flags & { json?: boolean }) => {
      if (inbox !== undefined) {
        const { inboxStatusCommand } = await import('./inbox-status.ts');
        return await end(inboxStatusCommand(inbox, flags));
      }
      const { statusCommand } = await import('./status.ts');
      await end(statusCommand(flags));
    });

  root
    .command('doctor')
    .description('is everything here that a run needs? One line each, with the fix')
    .addOption(storeOption())
    .option('--json', 'as one JSON object')
    .action(async (flags: Flags & { json?: boolean }) => {
      const { doctorCommand } = await import('./doctor.ts');
      await end(doctorCommand(flags));
    });

  return root;
}

function addVoices(root: Command): void {
  const voices = root.command('voices').description("the account's voices: look, check a recording, enrol, tidy up");
  const withService = (command: Command): Command =>
    command.addOption(simulateOption()).addOption(storeOption()).option('--json', 'as one JSON object');

  withService(voices.command('list'))
    .description('every voice of the account: ours, orphans at the service, lost ones; with their last use')
    .action(async (flags: import('./voices-desk.ts').VoicesFlags) => {
      const { voicesListCommand } = await import('./voices-list.ts');
      await end(voicesListCommand(flags));
    });
  voices
    .command('check')
    .description("measure recordings against the service's rules and its recording guide; calls nothing")
    .argument('<file...>', 'recordings: WAV, MP3, M4A or whatever ffmpeg reads')
    .option('--model <id>', 'the model to clone for (default: the one a manifest gets)')
    .option('--json', 'as one JSON object')
    .action(async (files: string[], flags: { model?: string; json?: boolean }) => {
      const { voicesCheckCommand } = await import('./voices-check.ts');
      await end(voicesCheckCommand(files, flags));
    });
  const withSample = (command: Command): Command =>
    withService(command)
      .option('--model <id>', 'the dated model that the voice is for')
      .option('--transcript <text>', 'what is said in the recording; give the same as in the manifest')
      .option('--name <name>', 'whose voice it is, for lists (default: the name of the file)');
  withSample(voices.command('enroll'))
    .description('clone a recording, unless that was done before, and print the id of the voice')
    .argument('<file>', 'the recording')
    .action(async (file: string, flags: import('./voices-enroll.ts').SampleFlags) => {
      const { voicesEnrollCommand } = await import('./voices-enroll.ts');
      await end(voicesEnrollCommand(file, flags));
    });
  withSample(voices.command('adopt'))
    .description('say that a voice at the service is the one for a recording, so that books enrol nothing')
    .argument('<voice>', 'its id, qwen-tts-vc-…')
    .argument('<file>', 'the recording that it was made from')
    .action(async (voice: string, file: string, flags: import('./voices-enroll.ts').SampleFlags) => {
      const { voicesAdoptCommand } = await import('./voices-enroll.ts');
      await end(voicesAdoptCommand(voice, file, flags));
    });
  withService(voices.command('delete'))
    .description('delete voices at the service for good, and forget them')
    .argument('<voice...>', 'their ids')
    .option('--yes', 'do not ask')
    .action(async (ids: string[], flags: import('./voices-desk.ts').VoicesFlags) => {
      const { voicesDeleteCommand } = await import('./voices-remove.ts');
      await end(voicesDeleteCommand(ids, flags));
    });
  withService(voices.command('prune'))
    .description('delete our voices that are unused for long, and forget lost ones')
    .option('--unused-days <n>', 'days without a take', whole, 180)
    .option('--orphans', "also voices that this store's ledger does not know: others may need them")
    .option('--yes', 'do not ask')
    .action(async (flags: import('./voices-remove.ts').PruneFlags) => {
      const { voicesPruneCommand } = await import('./voices-remove.ts');
      await end(voicesPruneCommand(flags));
    });
}

function simulateOption(): Option {
  return new Option('--simulate', 'use a simulated service inside this process; needs no key and costs nothing');
}

function storeOption(): Option {
  return new Option('--store <dir>', 'where voices, takes and masters are kept (default: .pipeline)');
}

function sessionsOption(): Option {
  return new Option('--sessions <n>', 'WebSocket sessions at once (default: 8)').argParser(atLeastOne);
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function port(text: string): number {
  const value = whole(text);
  if (value > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('A whole number from 0 is needed.');
  return value;
}

function atLeastOne(text: string): number {
  const value = whole(text);
  if (value < 1 || value > 1000) throw new InvalidArgumentError('A whole number from 1 to 1000 is needed.');
  return value;
}

function amount(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('A number from 0 is needed.');
  return value;
}

/** Ends with the command's exit code; a failure is printed in one place. */
async function end(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command;
  } catch (error) {
    const { describeFailure } = await import('./exit.ts');
    const { message, exitCode } = describeFailure(error);
    process.stderr.write(`pipeline: ${message}\n`);
    process.exitCode = exitCode;
  }
}

await main();
