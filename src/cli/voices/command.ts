/** `pipeline voices …` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption, wholeNumber } from '../command-line/options.ts';

/** Adds the command and its subcommands. */
export function registerVoices(root: Command): void {
  const voices = root.command('voices').description("List, check, enroll and delete the account's voices");
  addExamples(voices, [
    ['pipeline voices list', 'all voices of the account'],
    ['pipeline voices check narrator.wav', 'can this recording be cloned?'],
  ]);
  const withService = (command: Command): Command =>
    command.addOption(simulateOption()).addOption(storeOption()).option('--json', 'print one JSON object');

  withService(voices.command('list'))
    .description(
      'List every voice of the account with its last use; also those that only the service or only the ledger knows',
    )
    .action(async (flags: import('./context.ts').VoicesFlags) => {
      const { voicesListCommand } = await import('./list.ts');
      await finishCommand(voicesListCommand(flags), flags);
    });
  const check = voices
    .command('check')
    .description("Check recordings against the service's rules and recording guide; makes no service calls")
    .argument('<file...>', 'recordings: WAV, MP3, M4A or any format that ffmpeg reads')
    .option('--model <id>', 'model to clone for (default: the default of a manifest)')
    .option('--json', 'print one JSON object')
    .action(async (files: string[], flags: { model?: string; json?: boolean }) => {
      const { voicesCheckCommand } = await import('./check.ts');
      await finishCommand(voicesCheckCommand(files, flags), flags);
    });
  addExamples(check, [['pipeline voices check voices/*.wav', '']]);
  const withSample = (command: Command): Command =>
    withService(command)
      .option('--model <id>', 'dated model that the voice is for (default: the default of a manifest)')
      .option('--transcript <text>', 'words of the recording, the same as in the manifest')
      .option('--name <name>', 'name of the speaker, for lists (default: the name of the file)');
  const enroll = withSample(voices.command('enroll'))
    .description('Clone a recording, unless it is cloned already, and print the ID of the voice')
    .argument('<file>', 'recording')
    .action(async (file: string, flags: import('./enroll.ts').SampleFlags) => {
      const { voicesEnrollCommand } = await import('./enroll.ts');
      await finishCommand(voicesEnrollCommand(file, flags), flags);
    });
  addExamples(enroll, [['pipeline voices enroll voices/mara.wav --name Mara', '']]);
  const adopt = withSample(voices.command('adopt'))
    .description('Use a voice that the service has for a recording, so that books need not clone it')
    .argument('<voice>', 'ID of the voice, such as qwen-tts-vc-…')
    .argument('<file>', 'recording that the voice was cloned from')
    .action(async (voice: string, file: string, flags: import('./enroll.ts').SampleFlags) => {
      const { voicesAdoptCommand } = await import('./enroll.ts');
      await finishCommand(voicesAdoptCommand(voice, file, flags), flags);
    });
  addExamples(adopt, [['pipeline voices adopt qwen-tts-vc-mara-… voices/mara.wav', '']]);
  const remove = withService(voices.command('delete'))
    .description('Delete voices at the service permanently, and in the ledger')
    .argument('<voice...>', 'IDs of the voices')
    .option('--yes', 'do not ask for confirmation')
    .action(async (ids: string[], flags: import('./context.ts').VoicesFlags) => {
      const { voicesDeleteCommand } = await import('./remove.ts');
      await finishCommand(voicesDeleteCommand(ids, flags), flags);
    });
  addExamples(remove, [['pipeline voices delete qwen-tts-vc-mara-…', '']]);
  const prune = withService(voices.command('prune'))
    .description(
      'Delete voices of this ledger that were not used for a long time; forget those that the service no longer has',
    )
    .option('--unused-days <n>', 'days without a new take', wholeNumber, 180)
    .option('--orphans', 'also delete voices that the ledger of this store does not know; other stores may need them')
    .option('--yes', 'do not ask for confirmation')
    .action(async (flags: import('./remove.ts').PruneFlags) => {
      const { voicesPruneCommand } = await import('./remove.ts');
      await finishCommand(voicesPruneCommand(flags), flags);
    });
  addExamples(prune, [['pipeline voices prune --unused-days 90', '']]);
}
