/** The kinds of bodies that are books. */
import { MANIFEST_BYTES } from '../manifest/parse.ts';
import { ProblemError } from './problem.ts';

/** Limit for archives, in bytes; their content is limited when they are unpacked. */
const ARCHIVE_BYTES = 1024 ** 3;

/** Accepted kinds of bodies, by media type. */
const KINDS: Readonly<Record<string, BodyKind>> = {
  ...Object.fromEntries(
    ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'].map((type) => [
      type,
      { file: 'book.yaml', mostBytes: MANIFEST_BYTES } as const,
    ]),
  ),
  ...Object.fromEntries(
    ['application/zip', 'application/x-zip-compressed'].map((type) => [
      type,
      { file: 'book.zip', mostBytes: ARCHIVE_BYTES } as const,
    ]),
  ),
};

/** What a body may be. */
export interface BodyKind {
  file: 'book.yaml' | 'book.zip';
  mostBytes: number;
}

/** A connection cannot be reused when the body was not read to its end. */
export const CLOSE = { connection: 'close' };

/** Throws a `ProblemError` for a body that is no book. */
export function kindOfBody(headers: Headers): BodyKind {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const kind = KINDS[type];
  if (kind !== undefined) return kind;
  throw new ProblemError(415, 'Send a manifest as application/yaml or an archive as application/zip.', CLOSE);
}
