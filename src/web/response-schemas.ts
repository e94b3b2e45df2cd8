/** The shapes of what the HTTP API answers; its document is made from them. Fields are added, never renamed. */
import { z } from 'zod';

const price = z.object({ amount: z.number(), currency: z.string() });

/** States as in src/watch/state-machine.ts. */
export const BOOK_STATES = [
  'seen',
  'settling',
  'waiting-files',
  'queued',
  'waiting-approval',
  'paused',
  'elsewhere',
  'speaking',
  'delivering',
  'delivered',
  'rejected',
  'needs-you',
  'cancelled',
] as const;

/** A book. */
export const Book = z
  .object({
    id: z.string().describe('The same for one path, over restarts'),
    path: z.string().describe('Path of the manifest or archive in the watched folder'),
    title: z.string().nullable().describe('Null while the manifest could not be read'),
    author: z.string().nullable(),
    urgent: z.boolean(),
    state: z.enum(BOOK_STATES),
    status: z.string().describe("What the status file says, in the book's language"),
    missing: z.array(z.string()).describe('Files that the manifest names and that are not there'),
    errors: z.string().nullable().describe('Every mistake of a rejected book, with line, caret and fix'),
    price: price.nullable().describe('Of what is still to be made, at the last plan; null when nothing is'),
    progress: z
      .object({ segmentsDone: z.int(), segmentsTotal: z.int(), secondsLeft: z.number().nullable() })
      .nullable(),
    chapters: z.int().nullable().describe('Chapters of the finished book'),
    folder: z.string().nullable().describe('Where the finished book is: below the watched folder, absolute, or on S3'),
  })
  .meta({ id: 'Book' });

/** A page of books. */
export const BookList = z
  .object({
    books: z.array(Book),
    next: z.string().nullable().describe('Give it as `after` to get the next page; null on the last one'),
  })
  .meta({ id: 'BookList' });

/** What was submitted. */
export const Submission = z
  .object({
    id: z.string(),
    path: z.string(),
    repeated: z.boolean().describe('The same bytes were there under this name already; nothing was done'),
  })
  .meta({ id: 'Submission' });

/** A book that was withdrawn. */
export const Cancellation = z
  .object({
    id: z.string(),
    path: z.string(),
    renamedTo: z.string().describe('Where the file is now, as it was; renaming it back puts the book in again'),
  })
  .meta({ id: 'Cancellation' });

/** A yes to a price. */
export const Approval = z.object({ id: z.string(), path: z.string(), price }).meta({ id: 'Approval' });

/** The files of a finished book. */
export const FileList = z
  .object({ files: z.array(z.object({ name: z.string(), bytes: z.int(), type: z.string() })) })
  .meta({ id: 'FileList' });

/** How the line is. */
export const QueueStatus = z
  .object({
    counts: z.record(z.string(), z.int()).describe('Books by state'),
    hold: z
      .enum(['pause-file', 'quiet-hours', 'budget', 'outage'])
      .nullable()
      .describe('Why nothing is begun just now'),
    today: z.object({ day: z.string(), spent: z.number(), limit: z.number().nullable() }),
  })
  .meta({ id: 'Line' });

/** The process lives. */
export const Health = z.object({ ok: z.literal(true) }).meta({ id: 'Health' });

/** A refusal, after RFC 9457. */
export const Problem = z
  .object({ type: z.literal('about:blank'), title: z.string(), status: z.int(), detail: z.string() })
  .meta({ id: 'Problem' });
