#!/usr/bin/env node
/**
 * Checks the proof in a delivery folder (report.json, completeness.json) against the sources, the files and, if given, the
 * store. It shares no code with the pipeline: what it knows of the formats is written in docs/explanation/proof.md.
 *
 *     node tools/check-report.mjs FOLDER --manifest book.yaml [--store DIR] [--ffmpeg PATH]
 *
 * Exit code 0: every character of the text is said once, in order, by a take that lies where the map says. 1: something is
 * not so; each place is named. 2: it can not be checked.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseFragment } from 'parse5';

/** What encoders may add or take away at a file's end: one frame of MP3 or AAC at 22.05 kHz is 52 ms. */
const END_TOLERANCE_SECONDS = 0.1;
/** Least correlation of a take with the sound at its place. Measured: 0.97 and more for the right one, under 0.2 for others. */
const LEAST_LIKENESS = 0.6;
/** Samples that a decoder may be off. */
const MOST_LAG = 16;
const SHA256 = /^[0-9a-f]{64}$/;

class CanNotCheck extends Error {}

const troubles = [];
const found = (place, what) => troubles.push(`${place}: ${what}`);

async function main() {
  const options = { manifest: { type: 'string' }, store: { type: 'string' }, ffmpeg: { type: 'string' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1 || values.manifest === undefined)
    throw new CanNotCheck('usage: check-report.mjs FOLDER --manifest book.yaml [--store DIR] [--ffmpeg PATH]');
  const report = parseJson(join(folder, 'report.json'), await readText(join(folder, 'report.json')));
  const map = await readMap(folder, report);
  checkHead(report, map);
  const manifest = values.manifest;
  const context = { folder, manifest, store: values.store, ffmpeg: values.ffmpeg ?? 'ffmpeg', yaml: undefined };
  const lines = [];
  for (const chapter of list(map.chapters)) lines.push(await checkChapter(chapter, context));
  await checkBook(map, context);
  for (const line of lines) console.log(line);
  if (context.store === undefined) console.log('The takes themselves were not looked at: give --store for that.');
  for (const trouble of troubles) console.error(`✗ ${trouble}`);
  if (troubles.length > 0) {
    console.error(`The proof does not hold in ${troubles.length} place${troubles.length === 1 ? '' : 's'}.`);
    return 1;
  }
  console.log('The proof holds: every character of the text is accounted for once, in order.');
  return 0;
}

// The report and the map

async function readMap(folder, report) {
  const note = report.completeness;
  if (report.format !== 'narration-report' || typeof note?.file !== 'string' || /[/\\]/.test(note.file))
    throw new CanNotCheck('report.json names no completeness map; run the book again with this version.');
  const text = await readText(join(folder, note.file));
  if (sha256(text) !== note.digest)
    found('report.json', `${note.file} is not the file that the report was written with`);
  const map = parseJson(note.file, text);
  if (map.format !== 'narration-completeness' || map.version !== 1)
    throw new CanNotCheck(`${note.file} has a format that this checker does not know.`);
  return map;
}

function checkHead(report, map) {
  for (const field of ['title', 'author', 'simulated', 'complete'])
    if (report[field] !== map[field]) found('report.json', `"${field}" is not what the map says`);
  const titles = (chapters) => JSON.stringify(list(chapters).map(({ index, title }) => [index, title]));
  // The retail sample says again what its chapter says.
  const chapters = list(report.chapters).filter(({ role }) => role !== 'retail-sample');
  if (titles(chapters) !== titles(map.chapters)) found('report.json', 'its chapters are not those of the map');
  const inReport = new Set(chapters.flatMap(({ files }) => list(files)));
  const inMap = new Set(list(map.chapters).flatMap(({ files }) => list(files).map(({ name }) => name)));
  for (const name of inReport) if (!inMap.has(name)) found('report.json', `the map says nothing of "${name}"`);
  for (const name of inMap) if (!inReport.has(name)) found('completeness.json', `the report does not list "${name}"`);
}

// One chapter

async function checkChapter(chapter, context) {
  const place = `chapter ${chapter.index} “${chapter.title}”`;
  if (chapter.delivered !== true) {
    found(place, 'was not delivered');
    return `- ${place}: not delivered`;
  }
  const segments = list(chapter.segments);
  const before = troubles.length;
  segments.forEach((segment, at) => {
    if (segment.segment !== at + 1) found(`${place}, segment ${at + 1}`, `is numbered ${segment.segment}`);
  });
  const text = await sourceText(chapter, context, place);
  if (text !== undefined) checkText(chapter, text, place);
  checkPlaces(chapter, place);
  if (context.store !== undefined) await checkTakes(chapter, context, place);
  for (const file of list(chapter.files)) await checkFile(chapter, file, context, place);
  const sign = troubles.length === before ? '✓' : '✗';
  return `${sign} ${place}: ${text?.length ?? 0} characters, ${segments.length} segments; left out: ${leftOut(chapter)}`;
}

function leftOut({ ranges }) {
  const counts = new Map();
  for (const { unspoken, start, end } of list(ranges))
    if (unspoken !== undefined) counts.set(unspoken, (counts.get(unspoken) ?? 0) + end - start);
  return [...counts].map(([why, count]) => `${count} ${why}`).join(', ') || 'nothing';
}

// Text

/** The chapter's text, read again from its source; undefined when it is not the text of the map. */
async function sourceText({ index, source }, context, place) {
  if (source === null) return undefined;
  const { manifest } = context;
  if (typeof source?.file !== 'string') return void found(place, 'the map does not say where its text is');
  let text;
  if (source.kind === 'file') text = decoded(await readBytes(resolve(dirname(manifest), source.file)), source.file);
  else {
    context.yaml ??= (await import('yaml')).parse(decoded(await readBytes(manifest), manifest));
    text = textInManifest(context.yaml?.chapters?.[index - 1]);
  }
  if (text === undefined) return void found(place, `its text is not in ${source.file}`);
  if (sha256(text) === source.digest && text.length === source.characters) return text;
  return void found(place, `${source.file} is no longer the text that was spoken`);
}

/** `text:` as it stands; `lines:` with a [tag] before each paragraph of an item, and an empty line after each item. */
function textInManifest(chapter) {
  if (typeof chapter?.text === 'string') return chapter.text;
  if (!Array.isArray(chapter?.lines)) return undefined;
  return chapter.lines
    .flatMap((item) => {
      if (typeof item === 'string') return [[undefined, item, '']];
      const { audio, ...lines } = item;
      return Object.entries(lines).map(([name, said]) => [name, said, audio === undefined ? '' : `[audio: ${audio}] `]);
    })
    .map(([name, said, recording]) => {
      const parts = String(said).split(/((?:\r\n|\n|\r)(?:[^\S\n\r]*(?:\r\n|\n|\r))+)/);
      const tagged = parts.map((part) => (name !== undefined && part.trim() !== '' ? `[${name}] ${part}` : part));
      return recording + tagged.join('');
    })
    .map((said) => `${said}\n\n`)
    .join('');
}

function checkText({ ranges, segments, source }, text, place) {
  let at = 0;
  let last = 0;
  const said = list(segments).map(() => '');
  for (const { start, end, segment, unspoken } of list(ranges)) {
    const here = `${place}, characters ${start}–${end} (line ${lineOf(text, start)})`;
    if (!Number.isInteger(start) || !Number.isInteger(end) || end <= start || end > text.length) {
      found(here, 'is no range of the text');
      return;
    }
    if (start > at) found(here, `${quoted(text.slice(at, start))} before it is in no range`);
    if (start < at) found(here, `${quoted(text.slice(start, at))} is in two ranges`);
    at = end;
    const piece = text.slice(start, end);
    if ((segment === undefined) === (unspoken === undefined)) found(here, 'is neither spoken nor left out');
    else if (unspoken === 'entity') checkEntity({ text, start, piece, said, last, here });
    else if (unspoken !== undefined) checkUnspoken({ unspoken, piece, file: source.file, here });
    else if (said[segment - 1] === undefined) found(here, `segment ${segment} is not there`);
    else if (segment < last) found(here, `segment ${segment} comes after segment ${last}`);
    else {
      last = segment;
      said[segment - 1] += piece;
    }
  }
  if (at < text.length) found(`${place}, characters ${at}–${text.length}`, `${quoted(text.slice(at))} is in no range`);
  list(segments).forEach(({ segment, text: spoken, written = spoken }, index) => {
    if (letters(said[index]) !== letters(written))
      found(`${place}, segment ${segment}`, `says ${quoted(written)}; the text has ${quoted(said[index])}`);
  });
}

/** Of an HTML entity the sign is said: as many characters before the range as the sign has stand for it. */
function checkEntity({ text, start, piece, said, last, here }) {
  const at = text.lastIndexOf('&', start);
  const [entity] = /^&(?:#\d+|#[xX][\da-fA-F]+|[A-Za-z][A-Za-z\d]*);/.exec(text.slice(at, at + 12)) ?? [];
  const rest = text.slice(start, at + (entity ?? '').length);
  // Several in a row are one range.
  const behind = piece.slice(rest.length);
  if (at < 0 || entity === undefined || !piece.startsWith(rest) || !/^(?:&[#A-Za-z\d]+;)*$/.test(behind))
    return found(here, `${quoted(piece)} is left out as “entity”, which it is not`);
  for (const whole of [...(start === at ? [entity] : []), ...(behind.match(/&[^;]+;/g) ?? [])])
    if (/[^\s\u00ad\u200b-\u200f\u2060\ufeff]/.test(signOf(whole))) found(here, `${quoted(whole)} is left out`);
  if (start > at) said[last - 1] = String(said[last - 1] ?? '').slice(0, at - start) + signOf(entity);
}

/** By the parser of HTML, which knows all names. */
function signOf(entity) {
  return parseFragment(entity)
    .childNodes.map(({ value = '' }) => value)
    .join('');
}

/** Words must not hide as something that nobody speaks. */
function checkUnspoken({ unspoken, piece, file, here }) {
  const isMarkdown = /\.(?:md|markdown)$/i.test(file);
  const holds = {
    space: /^[\s\\]*$/,
    tag: /^[[【［][^\n\r]*[\]】］]$/,
    scene: /^(?:[^\p{L}\p{N}]*|[[【［]\s*(?:scene|场景|場景)\s*[\]】］])$/iu,
    unspoken: /^[^\p{L}\p{N}]*$/u,
  }[unspoken];
  const isMarkup = ['markup', 'code', 'image', 'note'].includes(unspoken);
  if (holds === undefined ? !(isMarkup && isMarkdown) : !holds.test(piece))
    found(here, `${quoted(piece)} is left out as “${unspoken}”, which it is not`);
}

/** Folding changes white space and the backslash of a plain bracket, and nothing else. */
function letters(text) {
  return text.replace(/\s+|\\(?=[[\]【】])/g, '');
}

// Sound

/** A chapter that is delivered in several parts has places counted from the start of each. */
function samplesOf({ parts, samples }, part) {
  return parts === undefined ? samples : list(parts).find((one) => one.part === part)?.samples;
}

function checkPlaces(chapter, place) {
  const { segments, samples, sampleRateHz, parts } = chapter;
  if (!(samples > 0) || !(sampleRateHz > 0)) found(place, 'the map does not say how long it is');
  let end = 0;
  let part = parts === undefined ? undefined : 1;
  for (const { segment, text, take, sound } of list(segments)) {
    const here = `${place}, segment ${segment}`;
    if (!SHA256.test(take?.key) || !SHA256.test(take?.digest)) found(here, `${quoted(text)} names no take`);
    if (!Number.isInteger(sound?.start) || !Number.isInteger(sound?.end) || sound.end <= sound.start) {
      found(here, `${quoted(text)} has no place in the sound`);
      continue;
    }
    if (sound.part !== part) {
      if (sound.part !== part + 1) found(here, `is in part ${sound.part}, behind part ${part}`);
      part = sound.part;
      end = 0;
    }
    if (sound.start < end) found(here, `begins at sample ${sound.start}, before the one before ends (${end})`);
    if (!(sound.end <= samplesOf(chapter, part)))
      found(here, `ends at sample ${sound.end}, behind the chapter's last (${samplesOf(chapter, part)})`);
    if (sound.from !== undefined && sound.from + sound.end - sound.start > take?.samples)
      found(here, `is longer than its take (${take.samples} samples)`);
    end = Math.max(end, sound.end);
  }
}

/** The takes in the store: their bytes, and what their records say they say. */
async function checkTakes({ segments }, { store }, place) {
  for (const { segment, text, take } of list(segments)) {
    const here = `${place}, segment ${segment}`;
    if (!SHA256.test(take?.key) || !SHA256.test(take?.digest)) continue;
    const path = blobPath(store, take.digest);
    const size = (await stat(path).catch(() => undefined))?.size;
    if (size === undefined) found(here, `the store has no take ${take.digest.slice(0, 12)}…`);
    else if (size !== take.samples * 2 || (await fileSha256(path)) !== take.digest)
      found(here, `its take in the store is no longer ${take.digest.slice(0, 12)}…`);
    const record = await takeRecord(store, take.key);
    if (record === undefined) found(here, 'the store has no record of its take');
    else {
      // A recording of the author's is heard whatever the text says.
      if (record.text !== text && take.pickup === undefined)
        found(here, `its take says ${quoted(record.text)} instead of ${quoted(text)}`);
      if (record.pickup !== take.pickup) found(here, 'its take was made from another recording');
      if (record.pcm?.digest !== take.digest) found(here, 'the store has another take of it now');
      else if (record.sessionId !== take.session || record.responseId !== take.response)
        found(here, 'its session or response is not that of the take');
    }
  }
}

async function takeRecord(store, key) {
  const path = join(store, 'records', 'take', key.slice(0, 2), `${key}.json`);
  if (!existsSync(path)) return undefined;
  return parseJson(path, await readText(path)).value;
}

/** A delivered file: its bytes, its length, and with the store each take at its place. */
async function checkFile(chapter, { name, digest, part }, { folder, store, ffmpeg }, place) {
  const here = `${place}, ${name}`;
  if (typeof name !== 'string' || /[/\\]/.test(name)) return found(here, 'is no name of a file');
  const path = join(folder, name);
  if (!existsSync(path)) return found(here, 'is not there');
  if ((await fileSha256(path)) !== digest) return found(here, 'has other bytes than the map says');
  const work = await mkdtemp(join(tmpdir(), 'check-report-'));
  try {
    const { sampleRateHz } = chapter;
    const samples = samplesOf(chapter, part);
    const pcm = join(work, 'chapter.s16');
    await decode({ ffmpeg, path, pcm, sampleRateHz });
    const decodedSamples = (await stat(pcm)).size / 2;
    if (!(Math.abs(decodedSamples - samples) <= END_TOLERANCE_SECONDS * sampleRateHz))
      found(here, `is ${decodedSamples / sampleRateHz} s long; the map says ${samples / sampleRateHz} s`);
    if (store !== undefined) await compareSound({ chapter, part, pcm, store, here });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function compareSound({ chapter, part, pcm, store, here }) {
  const sound = await open(pcm);
  try {
    for (const { segment, take, sound: at } of list(chapter.segments)) {
      if (
        at?.from === undefined ||
        at.part !== part ||
        !SHA256.test(take?.digest) ||
        !existsSync(blobPath(store, take.digest))
      )
        continue;
      const length = at.end - at.start;
      const file = await open(blobPath(store, take.digest));
      const spoken = await readSamples(file, at.from, length).finally(() => file.close());
      const heard = await readSamples(sound, at.start - MOST_LAG, length + 2 * MOST_LAG);
      const likeness = likenessOf(spoken, heard);
      if (likeness < LEAST_LIKENESS)
        found(`${here}, segment ${segment}`, `its take is not what is heard there (likeness ${likeness.toFixed(2)})`);
    }
  } finally {
    await sound.close();
  }
}

/** s16le samples of a file; what lies outside of it is silence. */
async function readSamples(file, from, count) {
  const bytes = Buffer.alloc(count * 2);
  const skip = Math.max(0, -from);
  if (skip < count) await file.read(bytes, skip * 2, (count - skip) * 2, (from + skip) * 2);
  return Int16Array.from({ length: count }, (_, at) => bytes.readInt16LE(at * 2));
}

/** Highest normalised correlation, −1 to 1, over the small shifts that decoders leave. Silence is like silence. */
function likenessOf(spoken, heard) {
  let best = -1;
  for (const lag of [0, ...Array.from({ length: MOST_LAG }, (_, at) => [at + 1, -at - 1]).flat()]) {
    best = Math.max(best, correlation(spoken, heard, MOST_LAG + lag));
    if (best > 0.95) break;
  }
  return best;
}

function correlation(a, b, offset) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const x = a[at];
    const y = b[at + offset];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 ? 1 : bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

async function checkBook({ book, chapters }, { folder }) {
  if (book === null) return;
  const path = join(folder, String(book?.name));
  if (/[/\\]/.test(book?.name ?? '/') || !existsSync(path)) return found('the book', `${book?.name} is not there`);
  if ((await fileSha256(path)) !== book.digest) found('the book', `${book.name} has other bytes than the map says`);
  let end = 0;
  // A chapter in several parts has a mark for each.
  const marks = list(chapters).flatMap(({ title, samples, sampleRateHz, parts }) =>
    parts === undefined
      ? [{ title, samples, sampleRateHz }]
      : list(parts).map((one) => ({
          title: `${title} (Part ${one.part} of ${parts.length})`,
          samples: one.samples,
          sampleRateHz,
        })),
  );
  list(book.chapters).forEach(({ title, startSeconds, endSeconds }, index) => {
    const chapter = marks[index];
    const here = `the book, chapter ${index + 1}`;
    if (title !== chapter?.title) found(here, `is “${title}”, not “${chapter?.title}”`);
    if (Math.abs(startSeconds - end) > END_TOLERANCE_SECONDS) found(here, 'does not begin where the one before ends');
    const seconds = chapter?.samples / chapter?.sampleRateHz;
    if (!(Math.abs(endSeconds - startSeconds - seconds) < END_TOLERANCE_SECONDS))
      found(here, 'is not as long as its file');
    end = endSeconds;
  });
  if (list(book.chapters).length !== marks.length) found('the book', 'does not have all chapters');
}

// Files

function decode({ ffmpeg, path, pcm, sampleRateHz }) {
  const format = ['-ac', '1', '-ar', String(sampleRateHz), '-f', 's16le', '-y', pcm];
  const args = ['-v', 'error', '-nostdin', '-i', path, '-map', '0:a:0', ...format];
  return new Promise((done, failed) => {
    const child = spawn(ffmpeg, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.on('error', () => failed(new CanNotCheck(`${ffmpeg} does not run; give --ffmpeg PATH.`)));
    child.on('close', (code) =>
      code === 0 ? done() : failed(new CanNotCheck(`${path} can not be decoded: ${said.trim()}`)),
    );
  });
}

function blobPath(store, digest) {
  return join(store, 'blobs', digest.slice(0, 2), digest);
}

async function readBytes(path) {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CanNotCheck(`${path} can not be read (${error.code}).`);
  }
}

async function readText(path) {
  return decoded(await readBytes(path), path);
}

function decoded(bytes, path) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CanNotCheck(`${path} is not UTF-8.`);
  }
}

function parseJson(path, text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new CanNotCheck(`${path} is not JSON.`);
}

function sha256(text) {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

async function fileSha256(path) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

function list(value) {
  return Array.isArray(value) ? value : [];
}

function lineOf(text, offset) {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}

function quoted(text) {
  const folded = String(text).trim().replace(/\s+/g, ' ');
  return `“${folded.length > 80 ? `${folded.slice(0, 80)}…` : folded}”`;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CanNotCheck) && error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error;
  console.error(`check-report: ${error.message}`);
  process.exitCode = 2;
}
