/** `pipeline completion` on the command line. */
import { Argument, type Command } from 'commander';
import { addExamples } from '../command-line/help.ts';
import { SHELLS, type Shell } from './shells.ts';

/** Adds the command. */
export function registerCompletion(root: Command): void {
  const command = root
    .command('completion')
    .description('Print a script that completes commands, flags and files in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('./completion.ts');
      completionCommand(root, shell);
    });
  addExamples(command, [
    ['pipeline completion bash >> ~/.bashrc', 'bash, from the next shell on'],
    ['pipeline completion zsh > ~/.zfunc/_pipeline', 'zsh, if ~/.zfunc is in its fpath'],
    ['pipeline completion fish > ~/.config/fish/completions/pipeline.fish', 'fish'],
  ]);
}
