/** A misspelt field is one error, which names the right field. */
import { describe, expect, it } from 'vitest';
import { fieldsAt, nearestField } from '../../src/manifest/fields/known-fields.ts';
import { parseManifest } from '../../src/manifest/parse.ts';

const RIGHT = `book: {title: A, author: B, language: en}
characters:
  narrator: {voice: qwen-tts-vc-a-voice-20250812105009984-838b, aliases: [Narr]}
  bob: {sample: bob.wav, consent: {by: Bob, on: 2026-03-01}}
chapters:
  - {title: One, text: "[Narr] Hello."}
output: {formats: [mp3], mastering: acx}
pauses: {head: 0.5}
credits: {opening: Hello, closing: Bye}
`;
const errorsOf = (text: string): string[] =>
  parseManifest({ file: 'b.yaml', bytes: Buffer.from(text) }).diagnostics.map(
    ({ start, message, fix }) => `${start?.line}:${start?.column} ${message} ${fix?.split('?')[0]}`,
  );

describe('a misspelt field', () => {
  it.each([
    ['title: A', 'titel: A', 'titel', 'title'],
    ['language', 'lang', 'lang', 'language'],
    ['aliases', 'alias', 'alias', 'aliases'],
    ['voice:', 'voices:', 'voices', 'voice'],
    ['voice:', 'voice_id:', 'voice_id', 'voice'],
    ['sample', 'sampleFile', 'sampleFile', 'sample'],
    ['chapters:', 'chapter:', 'chapter', 'chapters'],
    ['characters:', 'character:', 'character', 'characters'],
    ['{title: One', '{Title: One', 'Title', 'title'],
    ['text:', 'txt:', 'txt', 'text'],
    ['formats', 'format', 'format', 'formats'],
    ['book:', 'books:', 'books', 'book'],
    ['by:', 'byy:', 'byy', 'by'],
    ['aliases', 'alais', 'alais', 'aliases'],
    ['aliases', 'nicknames', 'nicknames', 'aliases'],
    ['aliases', 'also_known_as', 'also_known_as', 'aliases'],
    ['characters:', 'cast:', 'cast', 'characters'],
    ['characters:', 'voices:', 'voices', 'characters'],
    ['characters:', 'speekers:', 'speekers', 'characters'],
    ['book:', 'metadata:', 'metadata', 'book'],
    ['sample', 'recording', 'recording', 'sample'],
    ['{title: One', '{name: One', 'name', 'title'],
    ['text:', 'content:', 'content', 'text'],
  ])('%s as %s is one error, at its place', (right, wrong, name, meant) => {
    expect(errorsOf(RIGHT)).toEqual([]);
    const text = RIGHT.replace(right, wrong);
    const before = text.slice(0, text.indexOf(wrong) + wrong.indexOf(name)).split('\n');
    const [first, ...more] = errorsOf(text);
    expect(more).toEqual([]);
    expect(first).toMatch(new RegExp(`^${before.length}:${before.at(-1)!.length + 1} There is no field "${name}" in `));
    expect(first).toMatch(new RegExp(` Did you mean "${meant}"$`));
  });

  it.each([
    ['credits: {', 'pronunciations: {Ukridge: YOO}\ncredits: {', 'Write it below "book:".'],
    ['credits: {', 'formats: [mp3]\ncredits: {', 'Write it below "output:".'],
    ['credits: {', 'aliases: [Bob]\ncredits: {', 'Write it below the name of a character.'],
    ['{title: A', '{model: m, title: A', 'Write it at the left margin: it concerns the whole manifest.'],
    ['{title: A', '{text: Hello, title: A', 'Write it in a chapter.'],
  ])('%s as %s: a field in the wrong group is told its place', (right, wrong, fix) => {
    expect(errorsOf(RIGHT.replace(right, wrong)).join('\n')).toContain(fix);
  });

  it('does not move the place of an error in its value', () => {
    const line = '  bob: {sample: bob.wav, alias: [Narrator]}';
    const [first, second] = errorsOf(RIGHT.replace(/ {2}bob: .*/, line));
    expect(first).toContain(`4:${line.indexOf('alias') + 1} There is no field "alias"`);
    expect(second).toContain(`4:${line.indexOf('Narrator') + 1} `);
  });

  it('with a wrong value says nothing else about its group', () => {
    const errors = errorsOf(RIGHT.replace('aliases: [Narr]', 'alias: 7').replace('[Narr] ', ''));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('Did you mean "aliases"');
  });

  it('is found by its beginning, its end, case, hyphens and underscores; another word is not', () => {
    for (const path of [[], ['book'], ['characters', 'a'], ['chapters', 0], ['output']]) {
      const known = fieldsAt(path);
      for (const field of known) {
        expect(nearestField(field.toUpperCase(), known)).toBe(field);
        expect(
          nearestField(
            field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
            known,
          ),
        ).toBe(field);
      }
    }
    for (const other of ['speed', 'comment', 'notes', 'version'])
      expect(nearestField(other, fieldsAt(['chapters', 0]))).toBeUndefined();
  });

  it('is looked up in bounded time, however many there are', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `  aliasse${index}: 1`).join('\n');
    const from = process.cpuUsage();
    errorsOf(RIGHT.replace('book: {', `characterss:\n${many}\nbook: {`).replace('chapters:', `x:\n${many}\nchapters:`));
    const { user } = process.cpuUsage(from);
    expect(user / 1e6).toBeLessThan(8);
  });
});
