/**
 * Makes the program in `dist/`, bundled: a start reads two files where the sources are hundreds. `program.script` is the whole
 * program as one script, of which V8's compiled code can be kept between starts on every Node (src/cli/compiled-code.ts);
 * `main.js` starts it. The library is modules. Types are checked by `npm run types`.
 *
 *     node tools/build.mjs
 *
 * The packages of bundled.mjs are bundled too. All others stay in `node_modules/`: they bring files of their own, or few
 * commands need them.
 */
import { chmodSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { buildPages } from './build-page.mjs';
import { BUNDLED } from './bundled.mjs';
import { removeAllBut } from './remove-all-but.mjs';

const PROGRAM = 'dist/src/cli/main.js';
const SCRIPT = 'dist/src/cli/program.script';
/** The start of the program, the library, and what both start as a thread. */
const ENTRIES = {
  'src/cli/main': 'src/cli/built-main.ts',
  'src/library/index': 'src/library/index.ts',
  'src/book/threads/reading-worker': 'src/book/threads/reading-worker.ts',
  'src/book/threads/manuscript-worker': 'src/book/threads/manuscript-worker.ts',
  'src/audio/listening/listen-worker': 'src/audio/listening/listen-worker.ts',
};
const LICENSES = 'dist/licenses.txt';

const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const outside = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter(
  (name) => !BUNDLED.includes(name),
);

// The page is built by another program at the same time.
const pageBuild = buildPages();
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Node 20 does not know the scripts of the newest Unicode, and esbuild would therefore make each of these expressions again
  // whenever it is used. We use none of those scripts.
  supported: { 'regexp-unicode-property-escapes': true },
  // BullMQ names its ES modules here alone; of CommonJS nothing can be left out.
  mainFields: ['module', 'main'],
  // The last are optional: parts of ws in machine code, and another client that BullMQ can use.
  external: [...outside, 'bufferutil', 'utf-8-validate', '@valkey/valkey-glide'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const split = {
  ...common,
  outdir: 'dist',
  chunkNames: 'src/chunks/[name]-[hash]',
  // What is imported with `import()` stays in a file of its own, and is read when it is asked for.
  splitting: true,
  format: 'esm',
};
const modulesBuild = build({
  ...split,
  entryPoints: ENTRIES,
  // Packages in CommonJS ask for Node's own modules with it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});
const scriptBuild = build({ ...split, entryPoints: ['src/cli/run-program.ts'], outbase: '.', write: false }).then(
  joined,
);
const [modules, script] = await Promise.all([modulesBuild, scriptBuild]);
// A program may start meanwhile.
writeFileSync(`${SCRIPT}.new`, asScript(script));
renameSync(`${SCRIPT}.new`, SCRIPT);
chmodSync(PROGRAM, 0o755);
const page = await pageBuild;
const inputs = [modules, script].flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync(LICENSES, licensesOf(packagesIn([...inputs, ...page.inputs])));
removeAllBut('dist', new Set([...Object.keys(modules.metafile.outputs), ...page.files, SCRIPT, LICENSES]));

/**
 * Joins the files of a bundle into one. It is done in two steps, because esbuild leaves out what nobody uses only where
 * `import()` is a file of its own.
 */
async function joined({ outputFiles, metafile }) {
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const files = {
    name: 'files of the first step',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path) }));
      onLoad({ filter: /\.js$/ }, ({ path }) => ({ contents: texts.get(path), resolveDir: dirname(path) }));
    },
  };
  const script = await build({
    ...common,
    entryPoints: ['./dist/src/cli/run-program.js'],
    plugins: [files],
    write: false,
    format: 'iife',
    globalName: 'program',
    // A quarter less to read at each start; names stay, for stack traces.
    minifyWhitespace: true,
    lineLimit: 140,
    define: { 'import.meta.url': 'programUrl' },
  });
  return { text: script.outputFiles[0].text, imports: Object.values(script.metafile.outputs)[0].imports, metafile };
}

/**
 * A bundle as the expression of a function: what it needs are the parameters, what run-program.ts exports is its result. It is
 * strict, as modules are, and ASCII, which is read and kept as one byte a letter: esbuild leaves other letters in comments and
 * regular expressions alone, where `\u` means the same.
 */
function asScript({ text: bundle, imports }) {
  let text = bundle.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  for (const { path, kind } of imports.filter(({ external }) => external)) {
    if (kind !== 'dynamic-import') continue;
    const call = `import(${JSON.stringify(path)})`;
    if (!text.includes(call)) throw new Error(`The bundle imports ${path} in another way than ${call}.`);
    text = text.replaceAll(call, `importPackage(${JSON.stringify(path)})`);
  }
  return `(function (require, programUrl, importPackage) {"use strict";\n${text}return program;\n})\n`;
}

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
