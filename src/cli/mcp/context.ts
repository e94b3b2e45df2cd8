/** What all tools of the server share. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import type { LimitFunction } from 'p-limit';
import type { Config, Flags } from '../../config/config.ts';
import type { Offers } from './offers.ts';

/** Flags of `mcp`. */
export type McpFlags = Pick<Flags, 'simulate' | 'store' | 'out'>;

/** What a tool works with. */
export interface ToolContext {
  server: McpServer;
  config: Config;
  flags: McpFlags;
  offers: Offers;
  /** Paid work is done one after the other: each has the store and its budget to itself. */
  paid: LimitFunction;
  /** Ends with the server. */
  signal: AbortSignal;
}

/** What the SDK gives a tool: its signal, and how to tell progress. */
export type Call = RequestHandlerExtra<ServerRequest, ServerNotification>;
