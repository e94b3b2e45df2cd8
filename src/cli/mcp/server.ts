/** The server and its tools. It knows no transport, so that it can be tested with any. */
import { setMaxListeners } from 'node:events';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import pLimit from 'p-limit';
import { VERSION } from '../../composition/version.ts';
import type { Config } from '../../config/config.ts';
import type { McpFlags } from './context.ts';
import { addLookTools } from './look-tools.ts';
import { Offers } from './offers.ts';
import { addPlanTool } from './plan-tool.ts';
import { addRetakeTool } from './retake-tool.ts';
import { addRunTool } from './run-tool.ts';

const INSTRUCTIONS = `Makes audiobooks from manifests (YAML files). check finds errors, plan shows what a run or a retake would do and cost, run and retake do it.
Money: run and retake need the ID of a plan and the sum that the person has agreed to. Show the plan's price to the person and ask before you give a sum; never choose one yourself. The sum is the budget: the work stops before it is exceeded. Nothing stored is spoken or paid again, so after a failure plan and run again.
A line has a number such as 3:37 (chapter 3, line 37). suspects lists the lines that somebody should hear.`;

/** `signal` ends all work; `idle` resolves when paid work has ended. */
export function createMcpServer(of: { config: Config; flags: McpFlags; signal: AbortSignal }): {
  server: McpServer;
  idle(): Promise<void>;
} {
  setMaxListeners(0, of.signal);
  const server = new McpServer({ name: 'narration-pipeline', version: VERSION }, { instructions: INSTRUCTIONS });
  const paid = pLimit(1);
  const context = { ...of, server, paid, offers: new Offers() };
  for (const add of [addLookTools, addPlanTool, addRunTool, addRetakeTool]) add(context);
  return { server, idle: () => paid(async () => undefined) };
}
