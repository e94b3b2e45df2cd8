/**
 * What works on the books of a watched folder, and with what: voices, limits, workers. The routes, their schemas, and what the
 * API is given for them.
 */

import { z } from 'zod';
import { SOUND_TYPES } from '../book/media-type.ts';
import { PipelineError } from '../errors.ts';
import { ProblemError } from './problem.ts';
import type { Route } from './route.ts';

const voice = z.object({
  id: z.string().describe('For its sample; not the ID of the service'),
  voice: z.string().describe('The ID of the service'),
  model: z.string(),
  characters: z.array(z.string()),
  simulated: z.boolean(),
  enrolledAt: z.string(),
  lastUsedOn: z.string().nullable().describe('Day of its last take in this store; null when there is none'),
  hasSample: z.boolean().describe('The recording that it was cloned from is in the store'),
});

/** The voices of the store. */
export const VoiceList = z
  .object({
    voices: z.array(voice).describe('The one that was used last comes first'),
    left: z.int().describe('How many more there are'),
  })
  .meta({ id: 'VoiceList' });

/** The limits of the account. */
export const LimitList = z
  .object({
    limits: z.array(
      z.object({
        limit: z.enum(['sessions', 'callsPerMinute', 'tokensPerMinute', 'voices']),
        model: z.string().nullable().describe('Null for a limit of the whole account'),
        used: z.number().describe('Now, by all machines that share a Redis; without one, by this one'),
        most: z.number().nullable().describe('Null: none is known'),
      }),
    ),
  })
  .meta({ id: 'LimitList' });

const step = z.object({
  kind: z.enum(['enroll', 'synthesize', 'master', 'bind']),
  book: z.string().nullable(),
  number: z.string().nullable().describe('The line, such as `3:37`'),
  chapter: z.int().nullable(),
  seconds: z.number(),
});

/** The processes that work. */
export const WorkerList = z
  .object({
    shared: z.boolean().describe('Machines share a Redis; false: this machine alone works'),
    workers: z.array(
      z.object({
        worker: z.string(),
        machine: z.string(),
        pid: z.int(),
        kinds: z.array(z.string()),
        sessions: z.int(),
        steps: z.array(step),
      }),
    ),
  })
  .meta({ id: 'WorkerList' });

/** Where the API gets them from. */
export interface Resources {
  voices(): Promise<z.output<typeof VoiceList>>;
  /** The recording that a voice was cloned from; undefined when it is not in the store. */
  sample(id: string): Promise<{ bytes: Uint8Array; mediaType: string } | undefined>;
  limits(): Promise<z.output<typeof LimitList>>;
  workers(): Promise<z.output<typeof WorkerList>>;
}

/** The routes by operation ID; names stay. */
export const RESOURCES_ROUTES = {
  voices: {
    method: 'get',
    path: '/v1/voices',
    summary: 'List the voices of the store with their last use',
    parameters: [],
    answers: { 200: { description: 'The voices', schema: VoiceList } },
  },
  sample: {
    method: 'get',
    path: '/v1/voices/{id}/sample',
    summary: 'Get the recording that a voice was cloned from',
    parameters: [
      {
        name: 'id',
        in: 'path',
        description: '`id` of the voice',
        schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      },
    ],
    answers: {
      // What the document has promised stays in it.
      200: { description: 'The recording, as the author gave it', type: [...SOUND_TYPES, 'application/octet-stream'] },
      404: { description: 'It is not in the store' },
    },
  },
  limits: {
    method: 'get',
    path: '/v1/limits',
    summary: 'Get the limits of the account and how much of them is used now',
    parameters: [],
    answers: { 200: { description: 'The limits', schema: LimitList } },
  },
  workers: {
    method: 'get',
    path: '/v1/workers',
    summary: 'List the processes that work, and what they carry out',
    parameters: [],
    answers: { 200: { description: 'The processes', schema: WorkerList } },
  },
} as const satisfies Record<string, Route>;

/** What a handler asks the resources for; a store or a queue that is away is a problem of the moment. */
export async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PipelineError) throw new ProblemError(503, error.message, {}, error.code);
    throw error;
  }
}

/** Of a watcher without any. */
export const NO_RESOURCES: Resources = {
  voices: async () => ({ voices: [], left: 0 }),
  sample: async () => undefined,
  limits: async () => ({ limits: [] }),
  workers: async () => ({ shared: false, workers: [] }),
};

/** The response with a sample: sound and nothing else, whatever the file says. */
export function sampleResponse({ bytes, mediaType }: { bytes: Uint8Array; mediaType: string }): Response {
  const type = /^audio\/[\w.+-]+$/.test(mediaType) ? mediaType : 'audio/wav';
  return new Response(Buffer.from(bytes), {
    headers: {
      'content-type': type,
      'content-length': String(bytes.byteLength),
      'cache-control': 'private, max-age=3600',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  });
}
