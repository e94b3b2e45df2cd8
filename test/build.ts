/** Builds the program once before the tests: the command line is tested as users run it, from dist/. */
import { execFileSync } from 'node:child_process';

/** Called by vitest. Types are checked by `npm run types`; here only the emitted program matters. */
export function setup(): void {
  const tsc = 'node_modules/typescript/bin/tsc';
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], { stdio: 'inherit' });
}
