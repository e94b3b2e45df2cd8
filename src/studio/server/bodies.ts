/** Bodies of requests: read within bounds, and checked before anything else is done. */
import * as z from 'zod';
import { MOST_TAKES } from '../../manifest/fields/take-number.ts';
import { decisionSchema } from '../../review/schema.ts';
import { StudioProblem } from './problem.ts';

/** Largest JSON body: the words of a long line. */
const JSON_BYTES = 1024 * 1024;

const fields = decisionSchema.shape;
const words = z.string().max(1_000_000);
const nanos = z.number().int().nonnegative();
const id = z.string().max(200);
const name = z.string().min(1).max(200);
const by = z.string().trim().min(1).max(200);

const said = z.object({ at: z.int().nonnegative(), character: name, instead: name.optional() });

/** The bodies by what is asked for. */
export const BODIES = {
  price: z.object({ takes: z.int().min(1).max(MOST_TAKES).optional(), say: fields.say, direction: fields.direction }),
  retake: z.object({ takes: z.int().min(1).max(20), say: fields.say, direction: fields.direction, agreed: nanos }),
  choose: z.union([
    z.object({ back: z.literal(true), id: id.optional() }),
    z.object({ take: z.int().min(1).max(MOST_TAKES), say: fields.say, direction: fields.direction, id: id.optional() }),
  ]),
  decide: z.object({
    id,
    say: fields.say.nullable(),
    pause: fields.pause.nullable(),
    direction: fields.direction.nullable(),
    speaker: fields.speaker.nullable(),
    approved: z.boolean().nullish(),
    by: by.optional(),
  }),
  words: z.object({ id, words, of: z.string().max(200), preview: z.boolean(), by: by.optional() }),
  proposal: z.object({ name: z.string().min(1).max(1_000), of: z.string().max(200) }),
  comment: z.object({
    text: z.string().trim().min(1).max(10_000),
    about: z.string().trim().min(1).max(2_000).optional(),
    until: z.string().max(40).optional(),
    by: by.optional(),
    id: id.optional(),
  }),
  approve: z.object({
    approved: z.boolean(),
    by: by.optional(),
    anyway: z.boolean().optional(),
    heard: z.boolean().optional(),
  }),
  heard: z.object({
    lines: z
      .array(z.object({ id: id.min(1), of: z.string().regex(/^[0-9a-f]{16}$/) }))
      .min(1)
      .max(500),
  }),
  apply: z.object({ chapters: z.array(z.int().nonnegative()).min(1).max(100_000).optional(), agreed: nanos }),
  applyPrice: z.object({ chapters: z.array(z.int().nonnegative()).min(1).max(100_000).optional() }),
  word: z.object({ term: z.string().max(100), say: z.string().max(200) }),
  attribute: z.object({
    of: z.string().max(200),
    acts: z
      .array(z.object({ say: z.array(said).min(1).max(10_000) }))
      .min(1)
      .max(1_000),
    page: id.optional(),
  }),
  merge: z.object({ names: z.array(name).min(1).max(1_000), into: name }),
  undo: z.object({ of: z.string().max(100).optional() }),
} as const;

/** The body of a request. Throws a `StudioProblem` that says which field is wrong. */
export async function bodyOf<Name extends keyof typeof BODIES>(
  request: Request,
  name: Name,
): Promise<z.output<(typeof BODIES)[Name]>> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new StudioProblem(415, 'not-json', 'Send JSON as application/json.');
  const text = Buffer.from(await bytesOf(request, JSON_BYTES)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StudioProblem(400, 'not-json', 'The body is not JSON.');
  }
  const parsed = BODIES[name].safeParse(value);
  if (parsed.success) return parsed.data as z.output<(typeof BODIES)[Name]>;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  const message = issue?.message ?? 'something else';
  const wanted = /^[A-Z]/.test(message) ? message : `It must be ${message}.`;
  throw new StudioProblem(422, 'wrong-field', `${field === '' ? 'The request' : `"${field}"`} is wrong. ${wanted}`);
}

/** The bytes of a body, at most so many. Throws a `StudioProblem` for more. */
export async function bytesOf(request: Request, most: number): Promise<Uint8Array> {
  const tooLarge = (): StudioProblem =>
    new StudioProblem(413, 'too-large', `At most ${Math.round(most / 1024 / 1024)} MB can be sent.`, {
      values: { n: Math.round(most / 1024 / 1024) },
    });
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > most) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}
