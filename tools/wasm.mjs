#!/usr/bin/env node
/**
 * Makes NAME-wasm.ts of each NAME.wat below, so that nothing has to be built or found beside the program.
 *
 * With `--check` nothing is written, and it ends with 1 when a file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import wabt from 'wabt';

const MODULES = [
  { source: 'src/audio/mastering/kernel.wat', name: 'KERNEL_WASM' },
  { source: 'src/audio/measure/block-sums.wat', name: 'BLOCK_SUMS_WASM' },
];

const { parseWat } = await wabt();
for (const { source, name } of MODULES) {
  const file = source.replace('.wat', '-wasm.ts');
  const text = moduleOf(source, name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what ${source} says. Run: node tools/wasm.mjs`);
    process.exitCode = 1;
  }
}

function moduleOf(source, name) {
  const parsed = parseWat(source, readFileSync(source, 'utf8'), { simd: true });
  parsed.validate();
  const { buffer } = parsed.toBinary({});
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,110}/g)
    .map((line) => `  '${line}',`)
    .join('\n');
  return `// Written by \`node tools/wasm.mjs\` from ${basename(source)}: change that file and run it again.

/** The WebAssembly module of ${basename(source)}, in base64. */
export const ${name} = [
${lines}
].join('');
`;
}
