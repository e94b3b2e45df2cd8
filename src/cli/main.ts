#!/usr/bin/env node
/** The program from its sources: `npm run dev`. The built one starts in built-main.ts. */
import { runProgram } from './run-program.ts';

await runProgram();
