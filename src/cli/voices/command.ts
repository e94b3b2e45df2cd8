/** `pipeline voices …` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';
import { simulateOption, storeOption, whole } from '../command-line/options.ts';

/** Adds the command and its subcommands. */
export function registerVoices(root: Command): void {
  const voices = root.command('voices').description("the account's voices: look, check a recording, enrol, tidy up");
  const withService = (command: Command): Command =>
    command.addOption(simulateOption()).addOption(storeOption()).option('--json', 'as one JSON object');

  withService(voices.command('list'))
    .description('every voice of the account: ours, orphans at the service, lost ones; with their last use')
    .action(async (flags: import('./context.ts').VoicesFlags) => {
      const { voicesListCommand } = await import('./list.ts');
      await end(voicesListCommand(flags), flags);
    });
  voices
    .command('check')
    .description("measure recordings against the service's rules and its recording guide; calls nothing")
    .argument('<file...>', 'recordings: WAV, MP3, M4A or whatever ffmpeg reads')
    .option('--model <id>', 'the model to clone for (default: the one a manifest gets)')
    .option('--json', 'as one JSON object')
    .action(async (files: string[], flags: { model?: string; json?: boolean }) => {
      const { voicesCheckCommand } = await import('./check.ts');
      await end(voicesCheckCommand(files, flags), flags);
    });
  const withSample = (command: Command): Command =>
    withService(command)
      .option('--model <id>', 'the dated model that the voice is for')
      .option('--transcript <text>', 'what is said in the recording; give the same as in the manifest')
      .option('--name <name>', 'whose voice it is, for lists (default: the name of the file)');
  withSample(voices.command('enroll'))
    .description('clone a recording, unless that was done before, and print the id of the voice')
    .argument('<file>', 'the recording')
    .action(async (file: string, flags: import('./enroll.ts').SampleFlags) => {
      const { voicesEnrollCommand } = await import('./enroll.ts');
      await end(voicesEnrollCommand(file, flags), flags);
    });
  withSample(voices.command('adopt'))
    .description('say that a voice at the service is the one for a recording, so that books enrol nothing')
    .argument('<voice>', 'its id, qwen-tts-vc-…')
    .argument('<file>', 'the recording that it was made from')
    .action(async (voice: string, file: string, flags: import('./enroll.ts').SampleFlags) => {
      const { voicesAdoptCommand } = await import('./enroll.ts');
      await end(voicesAdoptCommand(voice, file, flags), flags);
    });
  withService(voices.command('delete'))
    .description('delete voices at the service for good, and forget them')
    .argument('<voice...>', 'their ids')
    .option('--yes', 'do not ask')
    .action(async (ids: string[], flags: import('./context.ts').VoicesFlags) => {
      const { voicesDeleteCommand } = await import('./remove.ts');
      await end(voicesDeleteCommand(ids, flags), flags);
    });
  withService(voices.command('prune'))
    .description('delete our voices that are unused for long, and forget lost ones')
    .option('--unused-days <n>', 'days without a take', whole, 180)
    .option('--orphans', "also voices that this store's ledger does not know: others may need them")
    .option('--yes', 'do not ask')
    .action(async (flags: import('./remove.ts').PruneFlags) => {
      const { voicesPruneCommand } = await import('./remove.ts');
      await end(voicesPruneCommand(flags), flags);
    });
}
