/** Opens an address in the browser of the desktop. */
import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Tries; where there is no browser, the address on the terminal is enough. */
export function openBrowser(url: string): void {
  const [program = 'xdg-open', ...options] = OPENERS[process.platform] ?? [];
  const child = spawn(program, [...options, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
