/** The model is written into a manifest's text, and nothing else changes. */
import { expect, it } from 'vitest';
import { withModel } from '../../src/manifest/edit/edit-model.ts';

const MODEL = 'qwen-audio-3.1-tts-flash';
const REST = `book: {title: T}
characters:
  narrator: {sample: n.wav} # reads
  mara:
    # by her sister
    sample: m.wav
chapters: [{title: One, text: "Hi."}]
`;

it.each([
  ['a value and its comment', `# head\nmodel: old # why\n${REST}`, `# head\nmodel: ${MODEL} # why\n${REST}`],
  ['a quoted value', `"model":   'old'\n${REST}`, `"model":   '${MODEL}'\n${REST}`],
  ['an empty value', `model:\n${REST}`, `model: ${MODEL}\n${REST}`],
  ['a field at the end, without a line end', `${REST}model: old`, `${REST}model: ${MODEL}`],
  ['a value on the next line', `model:\n  old\n${REST}`, `model:\n  ${MODEL}\n${REST}`],
  ['a missing field, below the heading', `# head\n\n${REST}`, `# head\n\nmodel: ${MODEL}\n${REST}`],
  ['Windows line ends', `model: old\r\nbook: {title: T}\r\n`, `model: ${MODEL}\r\nbook: {title: T}\r\n`],
  ['a missing field with Windows line ends', `book: {title: T}\r\n`, `model: ${MODEL}\r\nbook: {title: T}\r\n`],
  ['JSON', '{"book": {"title": "T"}}', `{"model": "${MODEL}", "book": {"title": "T"}}`],
  ['a document mark', `---\n${REST}`, `---\nmodel: ${MODEL}\n${REST}`],
])('for the book: %s', (_, before, after) => {
  expect(withModel(before, { model: MODEL })).toBe(after);
});

it.each([
  ['a group of lines', 'mara', REST.replace('    sample: m', `    model: ${MODEL}\n    sample: m`)],
  ['brackets', 'narrator', REST.replace('{sample: n', `{model: ${MODEL}, sample: n`)],
])('for a character with %s', (_, character, after) => {
  expect(withModel(REST, { model: MODEL, character })).toBe(after);
  const again = withModel(after, { model: 'another', character });
  expect(again).toBe(after.replace(MODEL, 'another'));
});

it.each([
  ['an anchor that others use', `x-model: &m old\nmodel: *m\n${REST}`],
  ['a shared value', `model: &m old\n${REST}extra: *m\n`],
  ['a block of text', `model: >-\n  old\n${REST}`],
  ['a list', `model: [old]\n${REST}`],
  ['no group', '- a\n'],
  ['broken YAML', 'book: [\n'],
])('leaves %s to a person', (_, text) => {
  expect(withModel(text, { model: MODEL })).toBeUndefined();
});

it('leaves a character to a person whose fields are shared with another', () => {
  const shared = 'characters:\n  narrator: &n {sample: n.wav}\n  mara: *n\n';
  for (const character of ['narrator', 'mara', 'nobody']) {
    expect(withModel(shared, { model: MODEL, character })).toBeUndefined();
  }
});
