/** A program of a test that runs in processes of its own, several times: bundled once, where tsx would read the sources at each start. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

/** Call it beside the tests. Returns the path of the program, which is there before the first test begins. */
export function bundledProgram(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  const program = join(folder, `${basename(source, '.ts')}.mjs`);
  beforeAll(async () => {
    await build({
      entryPoints: [source],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      mainFields: ['module', 'main'],
      // None of them is installed; the packages that can use them do without.
      external: ['@valkey/valkey-glide', 'pg-native', 'bufferutil', 'utf-8-validate'],
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return program;
}
