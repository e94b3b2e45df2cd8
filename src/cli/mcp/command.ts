/** `pipeline mcp` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerMcp(root: Command): void {
  const command = root
    .command('mcp')
    .description('Serve the pipeline to an assistant over stdio (MCP); it spends only a sum that you agreed to')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--out <dir>', 'folder or s3://bucket/prefix for finished books (default: PIPELINE_OUT, or out)')
    .action(async (flags: import('./context.ts').McpFlags) => {
      const { mcpCommand } = await import('./mcp.ts');
      await finishCommand(mcpCommand(flags));
    });
  addExamples(command, [
    ['pipeline mcp --simulate', 'try it without a key; see docs/how-to/mcp.md for the configuration'],
    ['claude mcp add narration -- pipeline mcp', 'add it to an assistant'],
  ]);
}
