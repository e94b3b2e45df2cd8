import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { manifestJsonSchema } from '../../src/manifest/json-schema.ts';

it('is the file in schema/; after a change: npx vitest run test/manifest/json-schema.test.ts -u', async () => {
  await expect(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/manifest.schema.json',
  );
});

it('explains every field', () => {
  const bare: string[] = [];
  const look = (schema: Record<string, unknown>, path: string): void => {
    const properties = (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
    for (const [name, field] of Object.entries(properties)) {
      if (typeof field['description'] !== 'string') bare.push(`${path}${name}`);
      look(field, `${path}${name}.`);
    }
    for (const inner of ['items', 'additionalProperties'])
      if (typeof schema[inner] === 'object') look(schema[inner] as Record<string, unknown>, path);
  };
  look(manifestJsonSchema() as Record<string, unknown>, '');
  expect(bare).toEqual([]);
});

it('is named by every example', () => {
  expect(readFileSync('manifests/hello.yaml', 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/schema\/manifest\.schema\.json\n/,
  );
});

it('knows the models and languages of the service, and leaves those of another server alone', () => {
  const isManifest = new Ajv2020({ strict: false }).compile(manifestJsonSchema());
  const hello = parse(readFileSync('manifests/hello.yaml', 'utf8'));
  const refused = (book: object): string | undefined =>
    isManifest({ ...hello, ...book }) ? undefined : isManifest.errors?.[0]?.instancePath;
  expect(refused({})).toBeUndefined();
  expect(refused({ model: 'qwen-audio-3.1-tts-flash' })).toBeUndefined();
  expect(refused({ model: 'qwen-audio' })).toBe('/model');
  expect(refused({ book: { ...hello.book, language: 'english' } })).toBe('/book/language');
  const own = { engine: 'openai-speech', model: 'anything/of-mine' };
  expect(refused({ ...own, book: { ...hello.book, language: 'cy' } })).toBeUndefined();
});
