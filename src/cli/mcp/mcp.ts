/** `pipeline mcp`: the pipeline as tools for an assistant, over stdin and stdout. Stdout carries the protocol and nothing else. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { readConfig } from '../../config/config.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import type { McpFlags } from './context.ts';
import { createMcpServer } from './server.ts';

/** Serves until the client closes stdin, or a signal ends it. A run that is under way is interrupted; its takes are kept. */
export async function mcpCommand(flags: McpFlags): Promise<number> {
  const interrupt = onInterrupt(() => undefined);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const signal = AbortSignal.any([interrupt.signal, ended.signal]);
  const { server, idle } = createMcpServer({ config: readConfig(flags), flags, signal });
  try {
    const over = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    process.stdin.once('end', end).once('close', end);
    await server.connect(new StdioServerTransport());
    await over;
    await idle();
    await server.close();
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.ok;
  } finally {
    interrupt.release();
    process.stdin.off('end', end).off('close', end).destroy();
  }
}
