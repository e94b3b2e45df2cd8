/** Plays a file with a player of the system. */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Players, the best first, with the options that make them play a file, say nothing and end. */
const PLAYERS = [
  { name: 'ffplay', options: ['-nodisp', '-autoexit', '-loglevel', 'error'] },
  { name: 'afplay', options: [] },
  { name: 'aplay', options: ['-q'] },
  { name: 'paplay', options: [] },
] as const;

/** A player that was found. */
export interface Player {
  name: string;
  path: string;
  options: readonly string[];
}

/** The first player on the search path; undefined when there is none. */
export async function findPlayer(pathEnv: string): Promise<Player | undefined> {
  for (const { name, options } of PLAYERS) {
    for (const folder of pathEnv.split(delimiter).filter((part) => part !== '')) {
      const path = join(folder, name);
      const isProgram = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isProgram) return { name, path, options };
    }
  }
  return undefined;
}

/** Plays the file to its end, or until the signal aborts. False when the player could not play it, such as without a sound card. */
export async function play(player: Player, file: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(player.path, [...player.options, file], { stdio: 'ignore', signal });
    child.on('error', () => resolve(signal.aborted));
    child.on('exit', (code) => resolve(code === 0 || signal.aborted));
  });
}
