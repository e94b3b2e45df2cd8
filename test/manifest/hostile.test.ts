import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codes, manifestWith, printed, read } from './read.ts';

it('refuses a manifest of 50 MB by its size alone', () => {
  const bytes = Buffer.alloc(50 * 1024 * 1024, 'a: [');
  expect(printed(bytes)).toMatchInlineSnapshot(`
    "book.yaml error: This manifest has 50.0 MB; the maximum is 4 MB.
       fix: Move the texts into chapter files and name them with "file: …".

    1 error"
  `);
});

it.each([
  ['UTF-16', Buffer.from('\ufeffbook:', 'utf16le'), 'This file is UTF-16, not UTF-8.'],
  [
    'UTF-16 without a mark',
    Buffer.from('book:', 'utf16le').swap16(),
    'This file is UTF-16 without a byte order mark, not UTF-8.',
  ],
  [
    'a picture',
    Buffer.from('\u0089PNG\r\n\u001a\n\0\0\0\rIHDR', 'latin1'),
    'This is not a text file: byte 8 is a NUL (line 3).',
  ],
  [
    'Latin-1',
    Buffer.from('book:\n  title: Caf\u00e9\n', 'latin1'),
    'This file is not UTF-8: byte 18 is 0xE9 (line 2).',
  ],
  [
    'half a character at the end',
    Buffer.from('a: 😀').subarray(0, 6),
    'This file is not UTF-8: byte 3 is 0xF0 (line 1).',
  ],
])('says that it is %s', (_what, bytes, message) => {
  expect(read(bytes).diagnostics.map((diagnostic) => diagnostic.message)).toEqual([message]);
});

it('accepts a byte order mark and counts columns without it', () => {
  expect(read(`\ufeff${manifestWith()}`).diagnostics).toEqual([]);
  expect(read('\ufeffbok: 1').diagnostics[0]?.start).toEqual({ line: 1, column: 1 });
});

const aliases = Array.from(
  { length: 30 },
  (_, i) =>
    `a${i}: &a${i} [${Array(10)
      .fill(i === 0 ? 'x' : `*a${i - 1}`)
      .join(', ')}]`,
);

it.each([
  ['an alias bomb', aliases.join('\n'), 'alias-bomb'],
  ['many references', `a: &a x\nb: [${Array(40_000).fill('*a').join(',')}]`, 'alias-bomb'],
  ['deep brackets', '['.repeat(500_000), 'too-deep'],
  ['deep braces', '{a: '.repeat(100_000), 'too-deep'],
  ['deep lists', '- '.repeat(100_000), 'too-deep'],
  ['deep indentation', Array.from({ length: 1500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'too-deep'],
  ['a million commas', `[${','.repeat(1_000_000)}]`, 'too-complex'],
  ['a hundred thousand fields', Array.from({ length: 100_000 }, (_, i) => `a${i}: 1`).join('\n'), 'too-complex'],
])('ends soon on %s', (_what, text, code) => {
  expect(codes(text)).toContain(code);
});

it('bounds characters and chapters', () => {
  const characters = Array.from({ length: 201 }, (_, i) => `  c${i}: {sample: a.wav}`).join('\n');
  expect(codes(manifestWith({ characters: `\n${characters}` }))).toEqual(['too-many']);
  const chapters = Array.from({ length: 2001 }, (_, i) => `  - {title: t${i}, file: a}`).join('\n');
  expect(codes(manifestWith({ chapters: `\n${chapters}` }))).toEqual(['too-many']);
});

it('keeps names that mean something to JavaScript as names', () => {
  const { manifest, diagnostics } = read(
    manifestWith({ characters: '{__proto__: {sample: a}, constructor: {sample: b}, narrator: {sample: c}}' }),
  );
  expect(diagnostics).toEqual([]);
  expect(manifest?.characters.map(({ name }) => name)).toEqual(['__proto__', 'constructor', 'narrator']);
});

it('never throws, and points into the text', () => {
  const fragment = fc.constantFrom(
    ...'book characters chapters title file text sample voice aliases output formats'.split(' '),
    ...[
      ': ',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '|',
      '>',
      '&a ',
      '*a',
      '!x ',
      '#',
      '\t',
      '\0',
      '\r',
      '😀',
      'null',
      '1',
    ],
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), (parts) => {
      const { diagnostics, manifest, text } = read(parts.join(''));
      expect(manifest === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      for (const { start } of diagnostics)
        expect(start?.line ?? 1).toBeLessThanOrEqual((text ?? '').split(/\r\n|\n|\r/).length);
    }),
    { numRuns: 1500, seed: 2 },
  );
});
