/** The field `disclosure`: marks that the law of one country asks for, besides those that every file gets. */
import * as z from 'zod';
import type { Finding } from '../diagnostics/finding.ts';

/** Countries with marks of their own. */
export const DISCLOSURES = ['cn'] as const;

/** What the label of GB 45438-2025 says besides what the program knows. */
export interface Disclosure {
  for: (typeof DISCLOSURES)[number];
  /** Name or code of who makes the recording. Absent: the publisher, otherwise the author. */
  producer?: string;
  /** Name or code of who distributes it. Absent: the producer. */
  propagator?: string;
}

const name = z.string().trim().min(1).max(200);

/** The fields of a group `disclosure`. */
export const disclosureFieldsSchema = z.strictObject({
  for: z.enum(DISCLOSURES).describe('cn: the label AIGC of the Chinese standard GB 45438-2025.'),
  producer: name.optional().describe('Name or code of who makes the recording. Default: publisher, or author.'),
  propagator: name.optional().describe('Name or code of who distributes it. Default: the producer.'),
});

/** The field `disclosure`. */
export const disclosureSchema = z.union([z.enum(DISCLOSURES), disclosureFieldsSchema]);

/** The checked field; undefined when it is absent or wrong. */
export function readDisclosure(raw: unknown): Disclosure | undefined {
  const asked = disclosureSchema.safeParse(raw).data;
  if (asked === undefined) return undefined;
  if (typeof asked === 'string') return { for: asked };
  const { producer, propagator } = asked;
  return {
    for: asked.for,
    ...(producer !== undefined && { producer }),
    ...(propagator !== undefined && { propagator }),
  };
}

/** The problem with a value that is neither a country nor a group. */
export function disclosureFinding(path: Finding['path']): Finding | undefined {
  if (path[0] !== 'disclosure') return undefined;
  const message = '"disclosure" must be cn, or a group of the fields for, producer and propagator.';
  const fix = 'Write "disclosure: cn", or remove the line: every file says without it that a machine speaks.';
  return { path, on: 'key', code: 'wrong-type', message, fix };
}
