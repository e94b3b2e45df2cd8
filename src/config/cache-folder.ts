/** Where the program keeps what it can make again. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** An absolute path, from `XDG_CACHE_HOME`; the folder may not be there yet. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(home) ? home : join(homedir(), '.cache'), 'narration-pipeline');
}
