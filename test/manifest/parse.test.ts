import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/manifest/parse.ts';
import { parsePronunciationFile } from '../../src/manifest/pronunciation/pronunciation-file.ts';
import { sourceOffset } from '../../src/manifest/yaml/offsets.ts';
import { codes, manifestWith, printed, read } from './read.ts';

it('reads a manifest and fills in the defaults', () => {
  const { manifest, diagnostics } = read(manifestWith());
  expect(diagnostics).toEqual([]);
  expect(manifest).toMatchObject({
    title: 'T',
    language: 'en',
    model: 'qwen-audio-3.1-tts-flash',
    formats: ['mp3', 'm4a', 'm4b'],
    mastering: 'acx',
    characters: [{ name: 'narrator', aliases: [], source: { kind: 'sample', ref: { path: 'a.wav' } } }],
    chapters: [{ number: 1, title: 'One', source: { kind: 'file', ref: { path: '1.txt' } } }],
  });
});

it('reads every field', () => {
  const { manifest, diagnostics } = read(`
book:
  title: 灯塔
  author: A. Writer
  language: zh
  cover: cover.png
model: qwen3-tts-vc-realtime-2026-01-15
characters:
  旁白: {sample: https://example.org/a.wav, transcript: 你好, aliases: [Narrator]}
  tom: {voice: qwen-tts-vc-tom-voice-20250812105009984-838b}
chapters:
  - title: 一
    text: 你好。
output: {formats: [m4a], mastering: none}
`);
  expect(diagnostics).toEqual([]);
  expect(manifest).toMatchObject({
    title: '灯塔',
    author: 'A. Writer',
    language: 'zh',
    cover: { path: 'cover.png', at: { start: { line: 6, column: 10 }, end: { line: 6, column: 19 } } },
    model: 'qwen3-tts-vc-realtime-2026-01-15',
    characters: [
      {
        source: { kind: 'sample', ref: { url: 'https://example.org/a.wav' }, transcript: '你好' },
        aliases: ['Narrator'],
      },
      { name: 'tom', source: { kind: 'voice', voiceId: 'qwen-tts-vc-tom-voice-20250812105009984-838b' } },
    ],
    chapters: [{ source: { kind: 'text', text: '你好。' } }],
    formats: ['m4a'],
    mastering: 'none',
  });
});

it('reports all mistakes together, each with its place and fix', () => {
  const text = `book:
  title: The Tin Lighthouse
  autor: A. Writer
  language: english
  cover: ../cover.png
model: qwen-tts-vc-realtime-2025-08-21
characters:
  narrator:
    sample: voices/narrator.wav
    voice: qwen-tts-vc-a-voice-20250812105009984-838b
  mara:
    sampel: voices/mara.mp3
    aliases: [Mara Quill, Narrator]
  tom: {voice: Cherry}
  "a[b]": {sample: http://x/y.wav}
chapters:
  - title: Arrival
    file: /etc/passwd
  - title: arrival
    text: ""
  - title: 1984
    text: x
  - file: a.txt
  - title: x
    speed: 1.O
output:
  formats: mp3
  mastering: acxx
`;
  expect(printed(text)).toMatchInlineSnapshot(`
    "book.yaml:3:3 error: There is no field "autor" in "book".
        3 |   autor: A. Writer
          |   ^^^^^
       fix: Did you mean "author"? The fields here are: title, author, narrator, year, genre, language, cover, pronunciations, pronunciationFile, varyRepeats, subtitle, series, description, publisher, isbn, rights, date.
    book.yaml:4:13 error: The model does not speak "english".
        4 |   language: english
          |             ^^^^^^^
       fix: Write "en".
    book.yaml:5:10 error: This path leads out of the manifest's folder.
        5 |   cover: ../cover.png
          |          ^^^^^^^^^^^^
       fix: Move the file into the manifest's folder and write its path relative to it.
    book.yaml:6:8 error: There is no model "qwen-tts-vc-realtime-2025-08-21".
        6 | model: qwen-tts-vc-realtime-2025-08-21
          |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       fix: Did you mean "qwen-tts-vc-realtime-2025-08-20"? Choose one of: qwen-tts-vc-realtime-2025-08-20, qwen3-tts-vc-realtime-2025-11-27, qwen3-tts-vc-realtime-2026-01-15, qwen-audio-3.1-tts-flash, qwen-audio-3.0-tts-flash, qwen-audio-3.0-tts-plus, cosyvoice-v3.5-plus, cosyvoice-v3.5-flash, cosyvoice-v3-plus, cosyvoice-v3-flash.
    book.yaml:10:5 error: "narrator" has both a sample and a voice.
       10 |     voice: qwen-tts-vc-a-voice-20250812105009984-838b
          |     ^^^^^
       fix: Keep one of the two.
    book.yaml:12:5 error: There is no field "sampel" in "mara".
       12 |     sampel: voices/mara.mp3
          |     ^^^^^^
       fix: Did you mean "sample"? The fields here are: sample, transcript, voice, model, aliases, pronunciations, consent.
    book.yaml:13:27 error: "narrator" also has the name "Narrator".
       13 |     aliases: [Mara Quill, Narrator]
          |                           ^^^^^^^^
       fix: Give each character its own names; upper and lower case count as the same.
    book.yaml:14:16 error: "Cherry" is a stock voice; the model only speaks with cloned voices.
       14 |   tom: {voice: Cherry}
          |                ^^^^^^
       fix: Write the ID from the enrollment (qwen-tts-vc-…), or name a recording with "sample:" instead.
    book.yaml:15:3 error: The name "a[b]" contains a bracket or a backslash, which is not allowed in tags.
       15 |   "a[b]": {sample: http://x/y.wav}
          |   ^^^^^^
       fix: Choose another name; letters of any script, digits and spaces are allowed.
    book.yaml:15:20 error: A sample can only be downloaded over https.
       15 |   "a[b]": {sample: http://x/y.wav}
          |                    ^^^^^^^^^^^^^^
       fix: Write an https address, or a path relative to the manifest.
    book.yaml:18:11 error: This path is absolute; it must be inside the manifest's folder.
       18 |     file: /etc/passwd
          |           ^^^^^^^^^^^
       fix: Move the file into the manifest's folder and write its path relative to it.
    book.yaml:19:12 error: Chapter 1 also has this title.
       19 |   - title: arrival
          |            ^^^^^^^
       fix: Give each chapter its own title, for example with its number.
    book.yaml:20:5 error: The text of the chapter "arrival" is empty.
       20 |     text: ""
          |     ^^^^
       fix: Write its text, or remove the chapter.
    book.yaml:21:12 error: "title" must be text, but this is the number 1984.
       21 |   - title: 1984
          |            ^^^^
       fix: Put it in quotes: "1984".
    book.yaml:23:5 error: Chapter 4 has no "title".
       23 |   - file: a.txt
          |     ^^^^
       fix: Add "title: …".
    book.yaml:24:5 error: The chapter "x" has no text.
       24 |   - title: x
          |     ^^^^^
       fix: Add "file: chapters/….txt", or "text: |" with the text indented below it.
    book.yaml:25:5 error: There is no field "speed" in "chapters".
       25 |     speed: 1.O
          |     ^^^^^
       fix: The fields here are: title, file, text, lines, head, number.
    book.yaml:27:12 error: "formats" must be a list, but this is text.
       27 |   formats: mp3
          |            ^^^
       fix: Write it as a list: [mp3].
    book.yaml:28:14 error: There is no mastering profile "acxx".
       28 |   mastering: acxx
          |              ^^^^
       fix: Did you mean "acx"? Choose one of: acx, podcast, broadcast, none.

    19 errors"
  `);
});

it.each([
  ['a tab', 'book:\n\ttitle: x\n'],
  ['a colon in a value', 'book:\n  title: The: Lighthouse\n'],
  ['an open quote', 'book:\n  title: "abc\n  author: b\n'],
  ['a text that is not indented', 'book:\n  text: |\n   a\n  b\n'],
  ['a field without a space', 'book:x\nmodel: a\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
  ['a tag', 'book: !!js/function x\n'],
  ['an unknown reference', 'book: *x\n'],
])('says what is wrong with YAML that has %s', (_what, text) => {
  expect({ text: printed(text) }).toMatchSnapshot();
});

it.each([
  ['empty', '', 'empty-manifest'],
  ['only comments', '# nothing\n', 'empty-manifest'],
  ['a list', '[1, 2]', 'wrong-type'],
  ['a duplicate field', manifestWith({ book: '{title: x, title: y}' }), 'duplicate-key'],
  ['no characters', manifestWith({ characters: '{}' }), 'no-characters'],
  ['no chapters', manifestWith({ chapters: '[]' }), 'empty-value'],
  ['a field without a value', manifestWith({ book: '\n  title:' }), 'missing-value'],
  ['no title', manifestWith({ book: '{author: A}' }), 'missing-field'],
  ['a title of 301 letters', manifestWith({ book: `{title: ${'x'.repeat(301)}}` }), 'too-long'],
  ['no voice', manifestWith({ characters: '{narrator: {transcript: x}}' }), 'no-voice'],
  ['a voice of another family', manifestWith({ characters: '{narrator: {voice: cosyvoice-v2-x-1}}' }), 'foreign-voice'],
  [
    'a language the model lacks',
    manifestWith({ book: '{title: T, language: id}', rest: 'model: qwen3-tts-vc-realtime-2025-11-27' }),
    'unknown-language',
  ],
  ['an unknown engine', manifestWith({ rest: 'engine: dashscope-inference' }), 'unknown-engine'],
  ['an unknown format', manifestWith({ rest: 'output: {formats: [ogg]}' }), 'unknown-format'],
  ['an unknown profile', manifestWith({ rest: 'output: {mastering: loud}' }), 'unknown-mastering'],
  ['a chapter with two texts', manifestWith({ chapters: '[{title: A, file: a, text: b}]' }), 'two-texts'],
  ['a chapter without text', manifestWith({ chapters: '[{title: A}]' }), 'no-text'],
  ['a path with a backslash', manifestWith({ chapters: '[{title: A, file: a\\b.txt}]' }), 'bad-path'],
  ['a Windows path', manifestWith({ chapters: "[{title: A, file: 'c:/b.txt'}]" }), 'path-outside'],
  ['a path that climbs out later', manifestWith({ chapters: '[{title: A, file: a/../../b.txt}]' }), 'path-outside'],
  ['a NUL in a path', manifestWith({ chapters: '[{title: A, file: "a\\0b"}]' }), 'bad-path'],
  ['a protocol in a path', manifestWith({ book: '{title: T, cover: "concat:a|b"}' }), 'bad-path'],
  [
    'a password in an address',
    manifestWith({ characters: '{narrator: {sample: "https://u:p@h/a.wav"}}' }),
    'bad-address',
  ],
  ['a reserved name', manifestWith({ characters: '{narrator: {sample: a}, Pause: {sample: b}}' }), 'bad-name'],
  [
    'an alias that is taken',
    manifestWith({ characters: '{a: {sample: a}, b: {sample: b, aliases: [Ａ]}}' }),
    'name-taken',
  ],
])('refuses a manifest with %s', (_what, text, code) => {
  expect(codes(text)).toEqual([code]);
  expect(read(text).manifest).toBeUndefined();
});

it('says which words a comment hides, and leaves comments alone', () => {
  const text = manifestWith({
    book: '\n  title: The Lamp #2\n  author: A. Writer # the first\n  genre: "a #b" #c\n  year: 2001 #d',
    chapters:
      '\n  - title: One\n    lines:\n      - narrator: Give me #5 now\n      - |\n        He is #1.\n  - title: Two #\n    text: B',
  });
  const { diagnostics } = read(text);
  expect(diagnostics.map(({ code, severity, start, message }) => [code, severity, start?.line, message])).toEqual([
    ['hidden-words', 'warning', 2, '“#2” is a comment here, because a # with a space before it begins one.'],
    ['hidden-words', 'warning', 10, '“#5 now” is a comment here, because a # with a space before it begins one.'],
  ]);
  expect(read(manifestWith({ book: '\n  title: #1 Bestseller\n  author: A' })).diagnostics).toMatchObject([
    { code: 'hidden-words' },
    { code: 'missing-value' },
  ]);
});

it('tells what looks like a space, a misplaced character and another language from a misspelt word', () => {
  const wrong = [
    manifestWith({ book: '\n  title: T\n\u00a0\u00a0author: A' }),
    manifestWith({ book: '\n  title: T\n  \u200bauthor: A' }),
    manifestWith({ rest: 'mara:\n  sample: b.wav' }),
    manifestWith({ book: '{title: T, language: he}' }),
    manifestWith({ book: '{title: T, language: ger}' }),
    manifestWith({ chapters: String.raw`[{title: One, file: 'C:\books\1.txt'}]` }),
    'The lamp went out.\n',
  ].map((text) =>
    read(text)
      .diagnostics.map(({ message, fix }) => `${message} ${fix}`)
      .join(),
  );
  expect(wrong).toEqual([
    'The name of this field has a character that looks like a space and is none (U+00A0). Write "author", and indent it with plain spaces.',
    'The name of this field has a character that looks like a space and is none (U+200B). Write "author", and indent it with plain spaces.',
    'There is no field "mara" in a manifest. A character is written below "characters:", indented like the others.',
    'The model does not speak "he". Choose one of: zh, en, ja, ko, ru, fr, de, pt, th, id, vi, es, it, ms, fil, ar.',
    'The model does not speak "ger". Write "de".',
    "This path contains a backslash. Move the file into the manifest's folder and write its path relative to it.",
    'A manifest must be a group of fields, but this is text. A manifest has "book:", "characters:" and "chapters:"; `pipeline import` makes one from a manuscript.',
  ]);
});

it('says of a word list that is none what it should be', () => {
  const { diagnostics } = parsePronunciationFile({ file: 'words.yaml', text: '- Ukridge\n' });
  expect(diagnostics).toMatchObject([
    { file: 'words.yaml', message: 'This file must be a list of words, each with its pronunciation behind a colon.' },
  ]);
});

it('allows other folders when the operator does', () => {
  const bytes = new TextEncoder().encode(manifestWith({ chapters: '[{title: A, file: ../b.txt}]' }));
  expect(codes(bytes)).toEqual(['path-outside']);
  expect(parseManifest({ file: 'book.yaml', bytes, pathsMayLeave: true }).diagnostics).toEqual([]);
});

it.each([
  ['a literal block', 'text: |-\n      Ä 😀\n\n        [mara] Who?\n'],
  ['a literal block with CRLF', 'text: |\r\n      Ä 😀\r\n\r\n      [mara] Who?\r\n'],
  ['a folded block', 'text: >\n      Ä 😀\n      b\n\n      [mara] Who?\n'],
  ['double quotes', 'text: "\\u00c4 \\U0001F600\\n\\n\\\n      [mara] \\x57ho?"\n'],
  ['single quotes', "text: 'it''s Ä 😀\n\n\n      [mara] Who?'\n"],
  ['plain text', 'text: Ä 😀\n\n\n      [mara] Who?\n'],
])('knows where text inside the manifest stands: %s', (_what, field) => {
  const { manifest, text = '' } = read(manifestWith({ chapters: `\n  - title: A\n    ${field}` }));
  const source = manifest?.chapters[0]?.source;
  if (source?.kind !== 'text') throw new Error('no text');
  for (const word of ['mara', ']', 'ho?']) {
    expect(sourceOffset(source.offsets, source.text.indexOf(word)), word).toBe(text.indexOf(word));
  }
});

describe('output', () => {
  const output = (text: string) => read(`${manifestWith()}output:\n${text}`);

  it('takes numbers for a profile, subtitles and extras', () => {
    const { manifest, diagnostics } = output(
      '  custom: { loudness: -18, rms: [-18, -23], minutes: 60, high-pass: 80 }\n  subtitles: [srt, srt]\n  subtitles-per: word\n  also: [cue]\n',
    );
    expect(diagnostics).toEqual([]);
    expect(manifest).toMatchObject({
      custom: { loudnessLufs: -18, rmsDbfs: { least: -23, most: -18 }, durationSeconds: 3600, highPassHz: 80 },
      subtitles: ['srt'],
      captionUnit: 'word',
      extras: ['cue'],
    });
  });

  it.each([
    ['  custom: { loudness: 3 }\n', '"loudness" is 3; it must be at most -9.'],
    ['  custom: { loudness: loud }\n', '"loudness" must be a number, but this is text.'],
    ['  custom: { lodness: -18 }\n', 'There is no field "lodness" in "custom".'],
    ['  subtitles: [sbv]\n', 'There is no subtitle format "sbv".'],
    ['  subtitles-per: letter\n', 'There is no subtitle unit "letter".'],
    ['  also: [labels, mp4]\n', 'There is no extra "mp4".'],
    ['  formats: [ogg]\n', 'There is no format "ogg".'],
  ])('says what is wrong with %j', (text, message) => {
    expect(output(text).diagnostics.map((diagnostic) => diagnostic.message)).toEqual([message]);
  });
});
