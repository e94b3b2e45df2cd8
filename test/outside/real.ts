/** What a real watcher leaves: names of files in its folder and its store, the fields in them, and what a endpoint is sent. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { kindOfName } from '../../src/watch/file-names.ts';
import { makeRig, SAMPLES } from '../cli/rig.ts';
import { SECRET, startEndpoint } from '../web/webhook-endpoint.ts';
import { pathsIn, withoutChance } from './values.ts';

const BOOK = `
book: { title: Told, author: Anna, language: en }
model: qwen-tts-vc-realtime-2025-08-20
characters: { narrator: { sample: mara.mp3 } }
chapters:
  - { title: One, text: Hello there. }
output: { formats: [mp3, m4b], subtitles: [srt, vtt, lrc], also: [cue, labels, epub], lines: wav }
`;
const CHINESE = BOOK.replace('language: en', 'language: zh')
  .replace('Told', 'Rejected')
  .replace('narrator:', 'nobody:');

/** A name that a person or another program may use in a watched folder. */
const NAMES = [
  'a.yaml a.yml a.zip a.yaml.approved a.yaml.approved.txt a.yaml.cancelled a.yaml.status.txt a.yaml.rejected.txt PAUSE pause.txt',
  'a.part .hidden ~$a.yaml a.crdownload Thumbs.db',
].flatMap((line) => line.split(' '));
NAMES.push('PIPELINE STOPPED - read me.txt');

/** Longest wait for webhooks, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Names and words of a watched folder, by what they mean. */
export function readWatchedNames(): string[] {
  const kinds = NAMES.map((name) => `${name} is ${kindOfName(name, { atRoot: true })}`);
  return kinds;
}

/** What a watcher wrote and sent for one good and one bad book. */
export async function readRealWatcher(): Promise<Record<string, string[]>> {
  const [rig, endpoint] = [await makeRig(), await startEndpoint()];
  try {
    await cp(SAMPLES, rig.path('inbox', 'urgent'), { recursive: true });
    await rig.write('inbox/bad.yaml', CHINESE);
    await rig.write('inbox/urgent/good.yaml', BOOK);
    const args = [
      'watch',
      'inbox',
      '--simulate',
      '--json',
      '--http-port',
      '0',
      '--library',
      'library',
      '--store',
      'store',
    ];
    const watcher = rig.start([...args, '--webhook', endpoint.url], {
      PIPELINE_WEBHOOK_SECRET: SECRET,
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
    });
    const url = /http:\/\/[\d.:]+/.exec(await watcher.line('The HTTP API is at'))?.[0];
    await watcher.line('"inbox.delivered"');
    await watcher.line('"inbox.rejected"');
    const headers = new Set<string>();
    for (const path of ['/v1/books', '/v1/events', '/healthz', '/nowhere']) {
      const answer = await fetch(`${url}${path}`, { method: 'HEAD' });
      for (const [name, value] of answer.headers) {
        if (!/^(date|connection|keep-alive|content-length|transfer-encoding)$/.test(name))
          headers.add(`${path} ${name}: ${value}`);
      }
    }
    // Accepted, rejected, delivered, and what was spent.
    const untilMs = performance.now() + PATIENCE_MS;
    while (endpoint.received.length < 4 && performance.now() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const whileOn = (await namesBelow(rig.folder)).filter((name) => name.includes('/watchers/'));
    watcher.child.kill('SIGTERM');
    const { stdout } = await watcher.done;
    const files = await namesBelow(rig.folder);
    return {
      'headers of answers': [...headers],
      'events of a watcher': stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .flatMap((line) => pathsOf(JSON.parse(line))),
      webhooks: endpoint.received.flatMap(({ headers: sent, body }) => [
        ...Object.keys(sent).filter((name) => /^(webhook-|content-type|user-agent)/.test(name)),
        `user-agent: ${sent['user-agent']}`,
        body.type,
        ...pathsIn(body).map((path) => `${body.type} ${path}`),
      ]),
      'files of a watcher': [...whileOn, ...files],
      'fields in files': await fieldsBelow(rig.folder),
    };
  } finally {
    await rig.destroy();
    await endpoint.close();
  }
}

function pathsOf(event: { type: string }): string[] {
  return pathsIn(event).map((path) => `${event.type}.${path}`);
}

/** Folders end with a slash. */
async function namesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.map(
    (entry) => `${shown(relative(root, join(entry.parentPath, entry.name)))}${entry.isFile() ? '' : '/'}`,
  );
}

/** Without digests, days, and the name of this machine; the two letters before a digest are the folder it is in. */
function shown(path: string): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '_');
  return withoutChance(path)
    .replaceAll(host, '<host>')
    .replace(/\/[0-9a-f]{2}(\/<sha256>|$)/, '/<ab>$1')
    .replace(/\/to\/(told-)[0-9a-f]{6}/, '/<ab>/$1<id6>')
    .replace(/\/to$/, '/<ab>')
    .replace(/local-[0-9a-f]{12}/, '<account>');
}

/** Fields of each JSON file, by the file's own format or the folder it is in. */
async function fieldsBelow(root: string): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(json|lock)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const name = shown(relative(root, path));
    const value = JSON.parse(await readFile(path, 'utf8')) as unknown;
    for (const field of pathsIn(value)) found.add(`${name}: ${field}`);
    for (const [field, said] of Object.entries(value as object)) {
      if (/^(format|version|file)$/.test(field) && typeof said !== 'object') found.add(`${name}: ${field}=${said}`);
    }
  }
  return [...found];
}
