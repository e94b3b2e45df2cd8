#!/usr/bin/env node
/**
 * The licences of everything that the program is delivered with, from package-lock.json, into docs/reference/licences.md.
 *
 * `node tools/licences.mjs` writes the file; with `--check` it ends with 1 when the file is not what it would write. Either
 * way it ends with 1 for a licence that is not on the list below: whoever adds one decides that, and why.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { BUNDLED } from './bundled.mjs';

/** Licences that ask for nothing but their own text. */
const FREE = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];
/** Programs that are started, not linked, and only when they are there; nobody has to install them. */
const PROGRAMS = /^(@ffmpeg-installer\/.+|ffmpeg-static)$/;
/** Where neither the lock file nor the field `license` of the package says it. */
const KNOWN = { async: 'MIT', 'parse-cache-control': 'BSD-3-Clause' };
const FILE = 'docs/reference/licences.md';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const inside = withDependencies([...BUNDLED, ...Object.keys(packages[''].peerDependencies ?? {})]);
const delivered = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && (dev !== true || inside.has(path)))
  .map(([path, { version, license, os }]) => {
    const name = path.replace(/^.*node_modules\//, '');
    return {
      name,
      version,
      licence: license ?? KNOWN[name] ?? ofParent(name) ?? 'unknown',
      isBinary: os !== undefined,
    };
  });

/** The paths of packages and of all that they need: the bundled ones, and the optional peers, which are in the image. */
function withDependencies(names) {
  const found = new Set();
  const add = (name, from) => {
    const path = installedFor(from, name);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies } = packages[path];
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, path);
  };
  for (const name of names) add(name, '');
  return found;
}

/** Where Node finds a package: in the folder of the one that asks, or further up. */
function installedFor(from, name) {
  for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (at === '') return undefined;
  }
}

/** A package of binaries for another platform, which is not in every registry, has the licence of what it is part of. */
function ofParent(name) {
  const parent = Object.values(packages).find(({ optionalDependencies }) => optionalDependencies?.[name] !== undefined);
  return parent?.license;
}

const refused = delivered.filter(({ name, licence }) => !FREE.includes(licence) && !PROGRAMS.test(name));
for (const { name, version, licence } of refused)
  console.error(`${name} ${version}: the licence "${licence}" is not on the list.`);

const byLicence = grouped(delivered);
const rows = [...byLicence].map(([licence, of]) => {
  const names = [...new Set(of.map(({ name }) => name))].sort();
  return `| ${licence.replace(/^https.*/, 'that of ffmpeg')} | ${names.length} | ${names.join(', ')} |`;
});

function grouped(of) {
  const groups = new Map();
  for (const one of of) groups.set(one.licence, [...(groups.get(one.licence) ?? []), one]);
  return groups;
}

const text = `# Licences

What the program is delivered with, by licence. Written by \`node tools/licences.mjs\` from package-lock.json; a licence that is not on
that tool's list fails the tests. The builds of ffmpeg (GPL, LGPL) are optional, are started as programs of their own and are not part
of this one; without them the ffmpeg of the machine is used.

| licence | packages | names |
| --- | --: | --- |
${rows.sort().join('\n')}
`;
const isCurrent = () => readFileSync(FILE, 'utf8') === text;
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (!isCurrent()) console.error(`${FILE} is not current: run node tools/licences.mjs`);
process.exitCode = refused.length > 0 || !isCurrent() ? 1 : 0;
