/**
 * Prints the rooms of the program (the folders of src/, its few loose files, and jobs/), which room imports which, on how
 * many floors they stand, and every circle of files or rooms. Type imports count. Exits with 1 when there is a circle.
 *
 *     node tools/rooms.mjs           rooms, lowest floor first
 *     node tools/rooms.mjs --files   also the files of each room, with their lines
 *     node tools/rooms.mjs --json    the same for programs
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';

// An `import` would look through its nine megabytes for names first, which takes half a second.
const ts = createRequire(import.meta.url)('typescript');

/** All source files, by their paths from the root. */
function sourceFiles() {
  return ['src', 'jobs'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(root, name))
      .sort(),
  );
}

/** The room that a file is in: `src/watch/claim.ts` → `watch`, `src/errors.ts` → `errors`, `jobs/bind.ts` → `jobs`. */
function roomOf(file) {
  const [root, first = '', ...rest] = file.split('/');
  if (root === 'jobs') return 'jobs';
  // Everybody may count samples; nobody else may know the rest of audio/.
  if (file === 'src/audio/pcm.ts') return 'audio/pcm';
  return rest.length === 0 ? first.replace(/\.ts$/, '') : first;
}

/** The files of ours that a file imports. */
function importsOf(file) {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.') && /\.tsx?$/.test(name))
    .map((name) => normalize(join(dirname(file), name)));
}

/** Groups of nodes that reach each other (Tarjan), each node once; what is imported comes first. */
function components(nodes, next) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const open = new Set();
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    open.add(node);
    for (const other of next(node)) {
      if (!index.has(other)) {
        visit(other);
        low.set(node, Math.min(low.get(node), low.get(other)));
      } else if (open.has(other)) low.set(node, Math.min(low.get(node), index.get(other)));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    for (const member of group) open.delete(member);
    found.push(group);
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}

/** Circles of files that import each other. */
function circlesOf(files) {
  const imports = new Map(files.map((file) => [file, importsOf(file)]));
  return components(files, (file) => imports.get(file) ?? []).filter((group) => group.length > 1);
}

/** Room → the rooms that it imports. */
function arrowsOf(files) {
  const arrows = new Map();
  for (const file of files) {
    const room = roomOf(file);
    const to = arrows.get(room) ?? new Set();
    for (const other of importsOf(file).map(roomOf)) if (other !== room) to.add(other);
    arrows.set(room, to);
  }
  return arrows;
}

function floorsOf(arrows) {
  const floors = new Map();
  for (const group of components([...arrows.keys()], (room) => arrows.get(room))) {
    const below = group.flatMap((room) => [...arrows.get(room)]).filter((room) => !group.includes(room));
    const floor = Math.max(-1, ...below.map((room) => floors.get(room))) + 1;
    for (const room of group) floors.set(room, floor);
  }
  return floors;
}

function survey() {
  const files = sourceFiles();
  const arrows = arrowsOf(files);
  const floors = floorsOf(arrows);
  const rooms = [...arrows.keys()]
    .sort((a, b) => floors.get(a) - floors.get(b) || (a < b ? -1 : 1))
    .map((name) => ({
      name,
      floor: floors.get(name),
      imports: [...arrows.get(name)].sort(),
      files: files
        .filter((file) => roomOf(file) === name)
        .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 })),
    }));
  const roomCircles = components([...arrows.keys()], (room) => arrows.get(room)).filter((group) => group.length > 1);
  return {
    rooms,
    arrows: rooms.reduce((sum, { imports }) => sum + imports.length, 0),
    floors: Math.max(...floors.values()) + 1,
    circles: [...circlesOf(files), ...roomCircles],
  };
}

function print({ rooms, arrows, floors, circles }, withFiles) {
  for (const { name, floor, imports, files } of rooms) {
    console.log(`${floor}  ${name} (${files.length}) → ${imports.join(' ') || '–'}`);
    if (withFiles) for (const { path, lines } of files) console.log(`     ${path}  ${lines}`);
  }
  console.log(`\n${rooms.length} rooms, ${arrows} arrows, ${floors} floors`);
  for (const circle of circles) console.log(`circle: ${circle.join(' ↔ ')}`);
  if (circles.length === 0) console.log('no circles');
}

const found = survey();
if (process.argv.includes('--json')) console.log(JSON.stringify(found));
else print(found, process.argv.includes('--files'));
if (found.circles.length > 0) process.exitCode = 1;
