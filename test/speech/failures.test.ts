import { expect, test } from 'vitest';
import { MODELS } from '../../src/models.ts';
import { closeFailure, failureOf } from '../../src/speech/dashscope/failures.ts';
import { type RefusalContext, readRefusal } from '../../src/speech/dashscope/refusal.ts';

const enrol: RefusalContext = { doing: 'enrol', apiKey: 'sk-secret', model: 'qwen-tts-vc-realtime-2025-08-20' };
const speak: RefusalContext = { ...enrol, doing: 'speak' };

// Every row that the error-code page documents for enrolment: status, code, message → meaning, retry, words of advice.
test.each([
  [
    400,
    'Audio.PreprocessError',
    'No segments meet minimum duration requirement',
    'sample-refused',
    'never',
    /Record .* again/,
  ],
  [400, 'Audio.DecoderError', 'Decoder audio file failed.', 'sample-refused', 'never', /WAV/],
  [400, 'Audio.AudioRateError', 'File sample rate unsupported.', 'sample-refused', 'never', /24 kHz/],
  [
    400,
    'Audio.DurationLimitError',
    'Audio duration exceeds maximum allowed limit.',
    'sample-refused',
    'never',
    /10 to 20 s/,
  ],
  [400, 'BadRequest.InputDownloadFailed', 'Failed to download the input file.', 'sample-refused', 'never', /public/],
  [400, 'BadRequest.VoiceNotFound', "Voice 'x' not found.", 'voice-not-found', 'never', /Enroll it again/],
  [400, 'VoiceNotFound', 'gone', 'voice-not-found', 'never', /Enroll it again/],
  [
    400,
    'Throttling.AllocationQuota',
    'Maximum voice storage limit exceeded, please delete existing voices.',
    'voice-quota-full',
    'never',
    /Delete unused voices/,
  ],
  [
    429,
    'Throttling.AllocationQuota',
    'Maximum voice-clone voice limit exceeded.',
    'voice-quota-full',
    'never',
    /Delete unused voices/,
  ],
  [
    429,
    'Throttling.AllocationQuota',
    'Allocated quota exceeded, please increase your quota limit.',
    'throttled',
    { afterMs: 1_500 },
    /waits/,
  ],
  [403, 'Throttling.AllocationQuota', 'Free allocated quota exceeded.', 'account-blocked', 'never', /Top up/],
  [
    403,
    'AllocationQuota.FreeTierOnly',
    'The free tier of the model has been exhausted.',
    'account-blocked',
    'never',
    /Top up/,
  ],
  [
    400,
    'BadRequest.EmptyInput',
    'Required input parameter missing from request.',
    'service-refused',
    'never',
    /malformed/,
  ],
  [400, 'InvalidParameter', 'preferred_name', 'service-refused', 'never', /malformed/],
  [
    400,
    'DataInspectionFailed',
    'Input data may contain inappropriate content.',
    'sample-refused',
    'never',
    /content filter/,
  ],
  [
    400,
    'Arrearage',
    'Access denied, please make sure your account is in good standing.',
    'account-blocked',
    'never',
    /Top up/,
  ],
  [401, 'InvalidApiKey', 'Invalid API-key provided.', 'key-refused', 'never', /region/],
  [401, 'InvalidApiKey', 'No API-key provided.', 'key-refused', 'never', /region/],
  [401, '', 'invalid access token or token expired', 'key-refused', 'never', /region/],
  [403, 'Model.AccessDenied', 'Model access denied.', 'account-blocked', 'never', /console/],
  [403, 'Endpoint.AccessDenied', 'Endpoint access denied.', 'model-unknown', 'never', /retired/],
  [
    404,
    'ModelNotFound',
    'Model not exist.',
    'model-unknown',
    'never',
    /Models whose end is not announced: qwen-audio-3\.1-tts-flash, /,
  ],
  [
    429,
    'Throttling.RateQuota',
    'Requests rate limit exceeded, please try again later.',
    'throttled',
    { afterMs: 1_500 },
    /waits/,
  ],
  [429, 'Throttling.BurstRate', 'Request rate increased too quickly.', 'throttled', { afterMs: 10_000 }, /waits/],
  [429, 'PrepaidBillOverdue', 'The prepaid bill is overdue.', 'account-blocked', 'never', /Top up/],
  [500, 'InternalError.Algo', 'An internal error has occured.', 'service-failed', 'backoff', /A retry usually helps/],
  [
    500,
    'RequestTimeOut',
    'Request timed out, please try again later.',
    'service-failed',
    'backoff',
    /A retry usually helps/,
  ],
  [
    503,
    'ModelServingError',
    'Too many requests. Your requests are being throttled due to system capacity limits.',
    'throttled',
    { afterMs: 15_000 },
    /capacity/,
  ],
  [
    503,
    'ModelUnavailable',
    'Model is unavailable, please try again later.',
    'service-failed',
    { afterMs: 10_000 },
    /capacity/,
  ],
  [400, undefined, undefined, 'service-refused', 'backoff', /no reason/],
  [302, undefined, undefined, 'service-refused', 'never', /redirect/],
  [502, undefined, undefined, 'service-failed', 'backoff', /A retry usually helps/],
])('HTTP %i %s: %s', (status, code, message, meaning, retry, advice) => {
  const error = failureOf({ status, ...(code && { code }), ...(message && { message }) }, enrol);
  expect({ code: error.code, retry: error.retry }).toEqual({ code: meaning, retry });
  expect(error.message).toMatch(advice);
});

test.each([
  ['sk-ws-1234', /host of its workspace: set DASHSCOPE_WORKSPACE_ID/],
  ['sk-sp-1234', /subscription, which clones no voices/],
  ['sk-1234', /region of the host/],
])('a refused key %s: what its kind says, and never the key', (apiKey, advice) => {
  const { message } = failureOf({ status: 401, code: 'InvalidApiKey' }, { ...enrol, apiKey });
  expect(message).toMatch(advice);
  expect(message).not.toContain(apiKey);
});

test('an address without the service ends a run, as every further text would get the same', () => {
  const speaking = failureOf({ status: 404 }, { ...enrol, doing: 'speak' });
  expect(speaking).toMatchObject({ code: 'service-unreachable', retry: 'never' });
  expect(speaking.message).toContain('DASHSCOPE_INFERENCE_URL');
  // Of a voice, it may only mean that there is none.
  expect(failureOf({ status: 404 }, enrol)).toMatchObject({ code: 'service-refused', retry: 'never' });
});

test.each([
  ['invalid_value', "The requested voice 'xxx' is not supported.", 'voice-not-found', 'never'],
  ['CLIENT_ERROR', '[qwen-tts:]Engine return error code: 411', 'voice-not-found', 'never'],
  ['invalid_value', 'Session update error: session already started or finished or failed.', 'session-lost', 'backoff'],
  ['x', 'request timeout after 23 seconds.', 'session-lost', 'backoff'],
  ['session_expired', '', 'session-lost', 'backoff'],
  ['invalid_value', 'Error committing input text buffer: buffer is empty.', 'session-lost', 'backoff'],
  ['DataInspectionFailed', 'Input data may contain inappropriate content.', 'text-refused', 'never'],
  ['AccessDenied', 'Model not activated', 'account-blocked', 'never'],
  ['server_error', 'Internal service error: null', 'service-failed', 'backoff'],
  ['limit_requests', 'You have exceeded your request limit.', 'throttled', { afterMs: 5_000 }],
  ['invalid_value', 'Something about volume.', 'service-refused', 'never'],
  ['never_heard_of', 'Something new.', 'service-refused', 'backoff'],
])('error event %s: %s', (code, message, meaning, retry) => {
  expect(failureOf({ code, message }, speak)).toMatchObject({ code: meaning, retry });
});

test.each([
  [1007, 'Access denied, please make sure your account is in good standing.', 'account-blocked', 'never'],
  [1007, 'Model not found (example)!', 'model-unknown', 'never'],
  [1008, 'Requests rate limit exceeded, please try again later.', 'throttled', { afterMs: 5_000 }],
  [1007, 'The sky is the wrong colour.', 'service-refused', 'backoff'],
  [1007, '', 'session-lost', 'backoff'],
  [1011, 'Internal server error', 'service-failed', 'backoff'],
  [1006, '', 'session-lost', 'backoff'],
  [1000, '', 'session-lost', 'backoff'],
  // A reason may be the code alone, or begin with it.
  [1007, 'InvalidApiKey', 'key-refused', 'never'],
  [1007, 'Throttling.BurstRate', 'throttled', { afterMs: 10_000 }],
  [1007, 'ModelNotFound: Model can not be found.', 'model-unknown', 'never'],
  [1007, 'AccessDenied.Unpurchased', 'account-blocked', 'never'],
  [1007, 'InvalidParameter: request timeout after 23 seconds.', 'session-lost', 'backoff'],
  [1007, 'Input data may contain inappropriate content.', 'text-refused', 'never'],
])('close %i "%s"', (closeCode, reason, meaning, retry) => {
  expect(closeFailure(closeCode, reason, speak)).toMatchObject({ code: meaning, retry });
});

test('an unknown or retired model says when it ended, and names models whose end is not announced', () => {
  const { message } = failureOf(
    { status: 403, code: 'Endpoint.AccessDenied', message: 'Endpoint access denied.' },
    speak,
  );
  expect(message).toMatch(
    new RegExp(`model ${speak.model} (very likely )?ended on ${MODELS[String(speak.model)]?.life?.retires}`),
  );
  expect(message).toContain('pipeline migrate BOOK --model MODEL');
  for (const { id, life } of Object.values(MODELS))
    if (id !== speak.model) expect(message.includes(id), id).toBe(life === undefined);
});

test('a body is read in both shapes, and a strange one leaves the status', () => {
  const said = { code: 'invalid_api_key', message: 'Incorrect API key provided.' };
  expect(readRefusal(401, JSON.stringify({ ...said, request_id: 'r-1' }))).toEqual({
    status: 401,
    ...said,
    requestId: 'r-1',
  });
  expect(readRefusal(401, JSON.stringify({ error: { ...said, type: 'x', param: null }, request_id: 'r-1' }))).toEqual({
    status: 401,
    ...said,
    requestId: 'r-1',
  });
  for (const body of ['', '{}', '[]', 'null', '"no"', '<html>', '{"error":null}', '{"error":"no"}', '{"code":7}']) {
    expect(readRefusal(502, body)).toEqual({ status: 502 });
  }
});

test('a refusal in plain words is read, a page is not', () => {
  for (const body of ['Too many requests here.\n', '"Too many requests here."', '{"error":"Too many requests here."}'])
    expect(readRefusal(503, body)).toEqual({ status: 503, message: 'Too many requests here.' });
  for (const body of ['{"code":"Throttling","mess', '<html> Too many requests', `a ${'b'.repeat(500)}`])
    expect(readRefusal(503, body)).toEqual({ status: 503 });
});

// The rate-limit page, and gateways before the service: whatever says it, and whatever code stands beside it.
test.each([
  'You exceeded your current requests list.',
  'too many concurrent requests',
  'Server is busy',
  'System is busy, try later',
  'concurrency quota exceeded',
  '请求过于频繁，请稍后重试',
  '当前并发数超过限制',
  '触发限流',
  'You have reached the maximum number of requests per minute',
  'Max concurrent sessions reached',
  'RESOURCE_EXHAUSTED',
  '429',
  'TooManyRequests',
  'rate_limit_exceeded',
  'Model is at capacity',
  'The request was rejected because of too many tasks',
  'Please try again in 20s',
  'user concurrent over limit',
  'flow control',
  'Allocated quota exceeded, please increase your quota limit.',
  'Request rate increased too quickly, please slow down your requests to ensure system stability.',
  'You exceeded your current quota, please check your plan and billing details.',
  'Requests rate limit exceeded, please try again later.',
  'You have exceeded your current request limit.',
  'Number of requests exceeds the rate',
  'Concurrency limit reached',
  'QPS limit exceeded',
  'limit_requests',
])('"%s" is a throttle in every form', (message) => {
  const forms = [
    failureOf({ message }, speak),
    failureOf({ code: 'invalid_value', message }, speak),
    failureOf({ code: 'CLIENT_ERROR', message }, speak),
    failureOf({ code: 'InvalidParameter', message }, enrol),
    failureOf({ status: 400, message }, speak),
    failureOf({ status: 500, code: 'InternalError', message }, speak),
    ...[1000, 1007, 1011].map((code) => closeFailure(code, message, speak)),
  ];
  for (const { code, retry } of forms) {
    expect(code).toBe('throttled');
    expect(retry).toEqual({ afterMs: expect.any(Number) });
  }
});

test.each([
  ['Free allocated quota exceeded.', 'account-blocked'],
  ['Text request limit violated, expected 1.', 'service-refused'],
  ['The text exceeds the limit of 20000 characters.', 'service-refused'],
  ['Audio duration exceeds maximum allowed limit.', 'service-refused'],
])('"%s" is none', (message, code) => {
  expect(failureOf({ code: 'InvalidParameter', message }, speak).code).toBe(code);
});

test('a Retry-After is obeyed, within five minutes', () => {
  const refusal = { status: 429, code: 'Throttling.RateQuota', message: 'Slow.' };
  expect(failureOf({ ...refusal, retryAfterMs: 9_000 }, speak).retry).toEqual({ afterMs: 9_000 });
  expect(failureOf({ ...refusal, retryAfterMs: 9_000_000 }, speak).retry).toEqual({ afterMs: 300_000 });
  expect(failureOf({ ...refusal, retryAfterMs: 1 }, speak).retry).toEqual({ afterMs: 5_000 });
});

test('the words of the service stand in the message on one line and without control characters', () => {
  const { message } = failureOf(
    { status: 400, code: 'InvalidParameter', message: 'a\n\u001b[31mb', requestId: 'r-1' },
    enrol,
  );
  expect(message).toContain('(HTTP 400, "InvalidParameter: a [31mb", request r-1)');
});

test.each([
  ['qwen-audio-3.1-tts-flash', 'an error of its address'],
  ['qwen3-tts-vc-realtime-2026-01-15', 'qwen-audio-3.1-tts-flash'],
])('"url error" for %s', (model, advice) => {
  const { retires = '9' } = MODELS[model]?.life ?? {};
  const isOver = retires <= new Date().toISOString();
  const error = failureOf({ code: 'InvalidParameter', message: 'url error, please check url' }, { ...speak, model });
  expect(error).toMatchObject({ code: 'model-unknown', retry: 'never' });
  expect(error.message).toContain('pipeline doctor');
  expect(error.message).toContain(isOver ? advice : 'an error of its address');
});
