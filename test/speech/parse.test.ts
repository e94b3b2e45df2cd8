import { expect, test } from 'vitest';
import { parseServerEvent } from '../../src/speech/dashscope-realtime/parse-events.ts';

const parse = (event: unknown) => parseServerEvent(Buffer.from(JSON.stringify(event)));
const brokenProtocol = expect.objectContaining({ code: 'protocol-violation', retry: 'backoff' });

test('audio comes out as bytes', () => {
  const audio = Buffer.from([1, 2, 3, 4]);
  const message = parse({ type: 'response.audio.delta', response_id: 'resp_1', delta: audio.toString('base64') });
  expect(message).toEqual({ type: 'audio', responseId: 'resp_1', audio });
});

test('an event that the documents do not know is ignored', () => {
  expect(parse({ type: 'rate_limits.updated', limits: [] })).toEqual({ type: 'ignored' });
});

test.each([
  ['the shape of today', { code: 'invalid_value', message: 'No.' }, { code: 'invalid_value', message: 'No.' }],
  [
    'the shape of 2025',
    { type: 'invalid_request_error', code: 'invalid_value', message: 'No.', param: null, event_id: 'e' },
    { code: 'invalid_value', message: 'No.' },
  ],
  ['a type in place of a code', { type: 'server_error', message: 'Oh.' }, { code: 'server_error', message: 'Oh.' }],
  ['nothing at all', {}, {}],
])('an error event with %s is read', (_name, error, refusal) => {
  expect(parse({ type: 'error', error })).toEqual({ type: 'error', refusal });
});

test.each([
  ['characters', { characters: 25 }, { characters: 25 }],
  [
    'tokens',
    { total_tokens: 67, input_tokens: 3, output_tokens: 64, output_tokens_details: { audio_tokens: 64 } },
    { total_tokens: 67, input_tokens: 3, output_tokens: 64 },
  ],
  ['nothing readable', { characters: 'many' }, undefined],
  ['a fraction', { characters: 40.5 }, { characters: 41 }],
  ['digits in a string', { characters: '40' }, { characters: 40 }],
  ['a figure that no text can have', { characters: 1e18 }, undefined],
  ['a negative figure', { characters: -3 }, undefined],
  ['tokens that make no sense', { input_tokens: 3, output_tokens: -64, total_tokens: 1 }, undefined],
  [
    'tokens with a fraction, and no sum',
    { input_tokens: 3, output_tokens: 63.2 },
    { total_tokens: 67, input_tokens: 3, output_tokens: 64 },
  ],
  ['no usage', undefined, undefined],
])('usage in %s is read', (_name, usage, expected) => {
  const message = parse({ type: 'response.done', response: { id: 'resp_1', status: 'completed', usage } });
  expect(message).toEqual({ type: 'response.done', responseId: 'resp_1', status: 'completed', usage: expected });
});

test.each([
  ['half a JSON text', '{"type":"response.au'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no type', '{"event_id":"e"}'],
  ['audio without data', '{"type":"response.audio.delta"}'],
  ['audio that is not base64', '{"type":"response.audio.delta","delta":"AAA!AAA#"}'],
  ['a response without an id', '{"type":"response.created","response":{}}'],
  ['a response.done of an unheard-of status', '{"type":"response.done","response":{"id":"r","status":"fine"}}'],
  ['a session without an id', '{"type":"session.created","session":{}}'],
])('%s is a protocol violation', (_name, frame) => {
  expect(() => parseServerEvent(Buffer.from(frame))).toThrow(brokenProtocol);
});
