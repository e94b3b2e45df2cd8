/** docs/reference/ is generated from the program: `npm run docs`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { pipelineProgram } from '../src/cli/program.ts';
import { ALL_SETTINGS } from '../src/config/settings.ts';
import { manifestJsonSchema } from '../src/manifest/json-schema.ts';
import { parseManifest } from '../src/manifest/parse.ts';
import { visible } from '../tools/reference/commands.ts';
import { DOCUMENTS } from '../tools/reference/documents.ts';
import { eventsDocument, read, typeOf } from '../tools/reference/events.ts';
import type { Schema } from '../tools/reference/json-schema.ts';
import { EXAMPLE } from '../tools/reference/manifest.ts';

it.each(Object.entries(DOCUMENTS))('%s is up to date', (path, write) => {
  expect(readFileSync(path, 'utf8') === write(), `${path} is out of date. Run: npm run docs`).toBe(true);
});

it('the example of a manifest has no errors', () => {
  const { diagnostics } = parseManifest({ file: 'book.yaml', bytes: Buffer.from(EXAMPLE) });
  expect(diagnostics).toEqual([]);
});

it('docs/reference/ has every setting that src/config/ reads, and no other', () => {
  const reads = readdirSync('src/config')
    .filter((name) => name !== 'settings.ts')
    .flatMap((name) => [
      ...readFileSync(join('src/config', name), 'utf8').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g),
    ])
    .map(([, name]) => name);
  // Node itself reads one, and one is set for the AWS SDK.
  const read = new Set([...reads, 'NO_COLOR'].filter((name) => !name?.startsWith('AWS_SDK_')));
  expect(ALL_SETTINGS.map(({ name }) => name).sort()).toEqual([...read].sort());
});

it('the README quotes messages as the program words them', () => {
  const rows = readFileSync('README.md', 'utf8').match(/^\| .*`.*? \|/gm) ?? [];
  const quoted = rows.flatMap((row) => [...row.matchAll(/`(?=[A-Z…])([^`]+)`/g)].map(([, message]) => message!));
  const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join('src', name), 'utf8'))
    .join('\n');
  const parts = quoted.flatMap((message) => message.split('…').map((part) => part.trim()));
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.filter((part) => !source.includes(part))).toEqual([]);
});

it('every command that does something has --json', () => {
  const ends = (command: Command, path = ''): [string, Command][] => {
    const below = visible(command).flatMap((each) => ends(each, `${path} ${each.name()}`.trim()));
    return below.length === 0 ? [[path, command]] : below;
  };
  const without = ends(pipelineProgram()).filter(([, { options }]) => !options.some(({ long }) => long === '--json'));
  // A server whose protocol is JSON anyway, and a script for a shell.
  expect(without.map(([path]) => path)).toEqual(['mcp', 'completion']);
});

it('every command, argument and flag has a description', () => {
  const all = (command: Command): Command[] => [command, ...visible(command).flatMap(all)];
  for (const command of all(pipelineProgram())) {
    expect(command.description(), command.name()).not.toBe('');
    for (const { description, flags } of command.options)
      expect(description, `${command.name()} ${flags}`).not.toBe('');
    for (const argument of command.registeredArguments)
      expect(argument.description, `${command.name()} ${argument.name()}`).not.toBe('');
  }
});

it('every field of the manifest and every event has a description', () => {
  expect(undescribed(manifestJsonSchema() as Schema, 'manifest')).toEqual([]);
  const events = ['event', 'inbox-event'].flatMap((name) => read(name).anyOf ?? []);
  expect(events.filter((event) => !event.properties?.['type']?.description).map(typeOf)).toEqual([]);
  expect(eventsDocument().match(/^.*\| {2}\|$/gm) ?? []).toEqual([]);
});

function undescribed(schema: Schema, path: string): string[] {
  const { properties = {}, items, additionalProperties, anyOf = [] } = schema;
  const inner = [items, typeof additionalProperties === 'object' ? additionalProperties : undefined, ...anyOf];
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...(field.description === undefined ? [`${path}.${name}`] : []),
      ...undescribed(field, `${path}.${name}`),
    ]),
    ...inner.flatMap((one) => (one === undefined ? [] : undescribed(one, path))),
  ];
}
