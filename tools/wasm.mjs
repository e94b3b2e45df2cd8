#!/usr/bin/env node
/**
 * Makes src/audio/mastering/kernel-wasm.ts of src/audio/mastering/kernel.wat, so that nothing has to be built or found beside the program.
 *
 * With `--check` nothing is written, and it ends with 1 when the file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const SOURCE = 'src/audio/mastering/kernel.wat';
const FILE = 'src/audio/mastering/kernel-wasm.ts';

const { parseWat } = await wabt();
const parsed = parseWat(SOURCE, readFileSync(SOURCE, 'utf8'), { simd: true });
parsed.validate();
const { buffer } = parsed.toBinary({});
const lines = Buffer.from(buffer)
  .toString('base64')
  .match(/.{1,110}/g)
  .map((line) => `  '${line}',`)
  .join('\n');
const text = `// Written by \`node tools/wasm.mjs\` from kernel.wat: change that file and run it again.

/** The WebAssembly module of kernel.wat, in base64. */
export const KERNEL_WASM = [
${lines}
].join('');
`;

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not what ${SOURCE} says. Run: node tools/wasm.mjs`);
  process.exitCode = 1;
}
