#!/usr/bin/env node
/** The start of the built program, `dist/src/cli/main.js`: gets the program, which the build made one script, and runs it. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { keepCompiledCode, loadScript } from './compiled-code.ts';
import { optimizeOnlyHotCode } from './hot-code.ts';

/** What tools/build.mjs makes of run-program.ts. */
type BuiltProgram = (
  require: NodeJS.Require,
  url: string,
  importPackage: (name: string) => Promise<unknown>,
) => typeof import('./run-program.ts');

const [, , first = ''] = process.argv;
optimizeOnlyHotCode(first);
keepCompiledCode();
const file = fileURLToPath(new URL('program.script', import.meta.url));
// Help calls little, whatever the command.
const isHelp = process.argv.includes('--help') || process.argv.includes('-h');
const command = !isHelp && /^[a-z][a-z-]{0,30}$/.test(first) ? first : 'none';
const script = loadScript(file, command);
const start = script.value as BuiltProgram;
// A script from kept code cannot import by itself: on Node 20 its `import()` never ends.
const { runProgram, isCommand } = start(createRequire(import.meta.url), import.meta.url, (name) => import(name));
process.once('exit', () => script.keep(() => command === 'none' || isCommand(command)));
await runProgram();
