/**
 * Makes the program in `dist/`, bundled: a start reads a few files where the sources are hundreds. Types are checked by
 * `npm run types`.
 *
 *     node tools/build.mjs
 *
 * The packages of bundled.mjs are bundled too. All others stay in `node_modules/`: they bring files of their own, or few
 * commands need them.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildPages } from './build-page.mjs';
import { BUNDLED } from './bundled.mjs';

const PROGRAM = 'dist/src/cli/main.js';
/** The program, and what it starts as a thread. */
const ENTRIES = [
  'src/cli/main.ts',
  'src/library/index.ts',
  'src/book/threads/reading-worker.ts',
  'src/book/threads/manuscript-worker.ts',
  'src/audio/listening/listen-worker.ts',
];
const LICENSES = 'dist/licenses.txt';

const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const outside = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter(
  (name) => !BUNDLED.includes(name),
);

// The page is built by another program at the same time.
const pageBuild = buildPages();
const { metafile } = await build({
  entryPoints: ENTRIES,
  outbase: '.',
  outdir: 'dist',
  chunkNames: 'src/chunks/[name]-[hash]',
  bundle: true,
  // What is imported with `import()` stays in a file of its own, and is read when it is asked for.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // BullMQ names its ES modules here alone; of CommonJS nothing can be left out.
  mainFields: ['module', 'main'],
  // The last are optional: parts of ws in machine code, and another client that BullMQ can use.
  external: [...outside, 'bufferutil', 'utf-8-validate', '@valkey/valkey-glide'],
  // Packages in CommonJS ask for Node's own modules with it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
chmodSync(PROGRAM, 0o755);
const page = await pageBuild;
writeFileSync(LICENSES, licensesOf(packagesIn([...Object.keys(metafile.inputs), ...page.inputs])));
removeAllBut(new Set([...Object.keys(metafile.outputs), ...page.files, LICENSES]));

/** The folders of the packages that files are from. */
function packagesIn(files) {
  const folders = files.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function licensesOf(folders) {
  const texts = folders.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} has no file with its license: leave it out of the bundle.`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** What earlier builds left. It goes last: a program that runs meanwhile keeps what is the same in this build. */
function removeAllBut(built) {
  for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !built.has(path)) rmSync(path);
  }
}
