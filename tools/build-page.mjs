/**
 * Builds the studio's page, `src/studio/page/`, with Vite. Part of `tools/build.mjs`.
 *
 * Names of files carry a digest of their content, so that a browser may keep them; only that of `index.html` does not.
 */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const SOURCE = 'src/studio/page';
const BUILT = 'dist/src/studio/page';
/** What the first view may weigh, compressed, in bytes. */
const MOST_BYTES = 120 * 1024;

/** The page for a reviewer, which is one script and one style in a file that `src/studio/handing-out/handout-page.ts` puts together. */
const HANDOUT = 'dist/src/studio/handout';

/** Builds both pages; returns the paths of its files and the packages' files that are in it. */
export async function buildPages() {
  const [page, handout] = [await buildPage(), await buildHandout()];
  return { files: [...page.files, ...handout.files], inputs: [...page.inputs, ...handout.inputs] };
}

async function buildPage() {
  const { output } = await build({
    configFile: false,
    root: SOURCE,
    base: '/',
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: resolve(BUILT),
      // Files of earlier builds go last: see `tools/build.mjs`.
      emptyOutDir: false,
      target: 'es2023',
      // Nothing may be part of a style sheet or a script that its address does not name.
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        checks: { pluginTimings: false },
        output: {
          entryFileNames: 'assets/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
        },
      },
    },
  });
  const files = output.map(({ fileName }) => join(BUILT, fileName));
  const weight = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  if (weight > MOST_BYTES)
    throw new Error(`The first view of the studio's page weighs ${weight} bytes compressed, more than ${MOST_BYTES}.`);
  return { files, inputs: inputsOf(output) };
}

async function buildHandout() {
  const { output } = await build({
    configFile: false,
    root: SOURCE,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: resolve(HANDOUT),
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: false,
      reportCompressedSize: false,
      cssCodeSplit: false,
      rolldownOptions: {
        checks: { pluginTimings: false },
        input: resolve(SOURCE, 'handout/main.tsx'),
        output: { format: 'iife', entryFileNames: 'handout.js', assetFileNames: 'handout[extname]' },
      },
    },
  });
  return { files: output.map(({ fileName }) => join(HANDOUT, fileName)), inputs: inputsOf(output) };
}

function inputsOf(output) {
  const modules = output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  return modules.map((id) => relative('.', id));
}
