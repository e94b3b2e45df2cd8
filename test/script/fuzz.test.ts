/**
 * Thousands of inputs that nobody would write: whatever the bytes are, the answer is a value, every character of an
 * accepted text is accounted for, and nothing hangs.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readManuscript } from '../../src/import/read.ts';
import { lineIndex } from '../../src/manifest/yaml/position.ts';
import { billedUnits } from '../../src/models.ts';
import { cutSegments } from '../../src/script/cut/cut-segments.ts';
import { castBook } from '../../src/script/speakers/cast.ts';
import { proveCoverage } from '../../src/script/text/coverage.ts';
import { readScript } from '../../src/script/text/read.ts';
import { docx, epub } from '../import/epub.ts';
import { read } from '../manifest/read.ts';
import { CHARACTERS } from './script.ts';

const HOSTILE = [
  ...[
    '[',
    ']',
    '[mara]',
    '[marra]',
    '[?] ',
    '[pause 1s]',
    '[pause',
    '[scene]',
    '【',
    '】',
    '\\[',
    '\\',
    '“',
    '”',
    '"',
    '«',
    '»',
    '「',
    '」',
  ],
  ...[
    '\n',
    '\n\n',
    '\r\n\r\n',
    '\r',
    '\t',
    '\u00a0',
    '\u3000',
    '\u2028',
    ' ',
    '***',
    '---',
    '# ',
    '> ',
    '- ',
    '```\n',
    '![a](b)',
    '[a](b)',
    '*',
    '_',
    '<b>',
    '<!--',
    '-->',
  ],
  ...[
    '\u202e',
    'שלום עולם.',
    'مرحبا، كيف؟',
    '\u0001',
    '\u0002',
    '\u0000',
    '\ud800',
    '\udc00',
    '👨‍👩‍👧',
    'e\u0301',
    'é',
    '你好。',
    '“你好”他说。',
    'とても。',
    '안녕.',
  ],
  ...[
    'Mr. ',
    'Dr. J. R. ',
    '3.14',
    '1,000',
    'The lamp. ',
    '…',
    '...',
    '?!',
    'mara: ',
    'MARA: x',
    'a'.repeat(700),
    '。'.repeat(300),
    '\u0301'.repeat(40),
  ],
];
const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
/** Any but the surrogates. fast-check's own unit `binary` takes two seconds to list them all. */
const codePoint = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES })
  .map((n) => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES));
const text = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...HOSTILE) },
      { weight: 1, arbitrary: fc.array(codePoint, { maxLength: 6 }).map((units) => units.join('')) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

it('reads 3,000 hostile texts, plain and as Markdown', () => {
  fc.assert(
    fc.property(text, fc.boolean(), fc.integer({ min: 20, max: 500 }), (source, markdown, maxUnits) => {
      const lines = lineIndex(source);
      const locate = (offset: number) => lines.position(offset);
      const script = readScript({
        file: 'a',
        text: source,
        markdown,
        locate,
        characters: CHARACTERS,
        narrator: 'narrator',
      });
      const segments = cutSegments(script.lines, { maxUnits, units: billedUnits });
      for (const segment of segments) expect(segment.text).toMatch(/[\p{L}\p{N}]/u);
      if (script.diagnostics.some(({ severity }) => severity === 'error')) return;
      const proof = proveCoverage({ text: source, segments, exclusions: script.exclusions });
      expect(proof, JSON.stringify(source)).toHaveProperty('coverage');
    }),
    { numRuns: 3000, seed: 4 },
  );
});

it('casts 500 hostile texts without losing a letter', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (paragraphs) => {
      const cast = castBook([paragraphs]);
      const letters = (parts: readonly string[]): string => parts.join('').replace(/\s+/g, '');
      expect(letters(cast.chapters.flat(2).map((part) => part.text))).toBe(letters(paragraphs));
    }),
    { numRuns: 500, seed: 4 },
  );
});

const BOOKS = [
  epub({
    documents: { '1.xhtml': '<h1>A</h1><p>One.</p>', '2.xhtml': '<p>Two.</p>' },
    contents: '<li><a href="1.xhtml">A</a></li>',
  }),
  docx('<w:p><w:r><w:t>One.</w:t></w:r></w:p>'),
];

it('reads 1,500 damaged books', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom(...BOOKS), damage, fc.nat(), (book, changes, cut) => {
      const bytes = Uint8Array.from(cut % 3 === 0 ? book.subarray(0, cut % book.length) : book);
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      const reading = readManuscript({ name: 'a.epub', bytes });
      expect('book' in reading || reading.problem.message.length > 0).toBe(true);
    }),
    { numRuns: 1500, seed: 4 },
  );
});

it('reads 600 books and manuscripts of hostile text', () => {
  const wrap = fc.constantFrom<(inner: string) => { name: string; bytes: Uint8Array }>(
    (inner) => ({ name: 'a.epub', bytes: epub({ documents: { '1.xhtml': inner }, contents: inner }) }),
    (inner) => ({ name: 'a.docx', bytes: docx(`<w:p><w:r><w:t>${inner}</w:t></w:r></w:p>${inner}`) }),
    (inner) => ({ name: 'a.md', bytes: new TextEncoder().encode(inner) }),
    (inner) => ({ name: 'a.txt', bytes: new TextEncoder().encode(inner) }),
  );
  fc.assert(
    fc.property(wrap, text, (make, inner) => {
      const reading = readManuscript(make(inner));
      if ('book' in reading) for (const { blocks } of reading.book.chapters) expect(blocks.length).toBeGreaterThan(0);
    }),
    { numRuns: 600, seed: 4 },
  );
});

it('reads 1,000 hostile manifests', () => {
  const yaml = fc.constantFrom(
    'book:',
    '  title: T',
    'characters:',
    '  narrator: {sample: a.wav}',
    'chapters:',
    '- title: A',
    '  text: |',
    '  lines:',
    '  - mara: hi',
    '  - x: y',
    '    z: w',
    'pauses: {scene: 9e9}',
    'pauses: {head: x}',
    '  pronunciations: {a: b, "[": c}',
    '{',
    '}',
    '&a',
    '*a',
    '---',
    '\t',
    '"',
    "'",
    '| ',
    '- ',
    ': ',
    '\n',
    'book: {varyRepeats: 1}',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(yaml, text), { maxLength: 25 }), fc.constantFrom('\n', ' '), (parts, between) => {
      const { manifest, diagnostics } = read(parts.join(between));
      expect(manifest !== undefined || diagnostics.length > 0).toBe(true);
    }),
    { numRuns: 1000, seed: 4 },
  );
});
