/** Schemas of the responses of the HTTP API, from which its document is generated. Fields are added, never renamed. */
import * as z from 'zod';

const price = z.object({ amount: z.number(), currency: z.string() });

/** The states of src/watch/state-machine.ts. */
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

const paid = z.object({ amount: z.number(), calls: z.int() });

const failure = z.object({ code: z.string().describe('Stable: `text-refused`, …'), message: z.string() });

const spent = z
  .object({
    since: z.string().describe('When the first paid call was recorded'),
    isComplete: z.boolean().describe('False if the book was run before its calls were recorded'),
    sums: z
      .array(
        z.object({
          currency: z.string().nullable(),
          simulated: z.boolean().describe('A simulator spoke: nothing was billed'),
          amount: z.number(),
          calls: z.int(),
          unpriced: z.int().describe('Calls whose price is unknown; they are not in `amount`'),
          byReason: z.record(z.string(), paid),
        }),
      )
      .describe('One for each currency, real money first; never add them up'),
  })
  .nullable();

/** A book. */
export const Book = z
  .object({
    id: z.string().describe('Derived from the path; the same after restarts'),
    path: z.string().describe('Path of the manifest or archive in the watched folder'),
    title: z.string().nullable().describe('Null until the manifest could be read'),
    author: z.string().nullable(),
    urgent: z.boolean(),
    state: z.enum(BOOK_STATES),
    status: z.string().describe("The text of the status file, in the book's language"),
    statuses: z
      .object({ en: z.string(), zh: z.string() })
      .nullable()
      .describe(
        'The same in each language; null for a book that another watcher works on, and while there is nothing to say',
      ),
    missing: z.array(z.string()).describe('Files that the manifest names and that are missing'),
    errors: z
      .string()
      .nullable()
      .describe("All errors of a rejected book, with line, caret and fix, in the book's language"),
    errorTexts: z.object({ en: z.string(), zh: z.string() }).nullable().describe('The same in each language'),
    failures: z
      .array(
        failure.extend({
          number: z.string().nullable().describe('The line, such as `3:37`'),
          chapter: z.int().nullable(),
        }),
      )
      .describe('What failed, at most 20, while the state is `needs-you`'),
    failed: z.int().describe('How many failed'),
    price: price.nullable().describe('Price of what is still to be made, at the last plan; null when nothing is left'),
    spent: spent.describe(
      'What all runs of the book had paid when it was last planned or run; null if nothing is recorded',
    ),
    granted: price
      .extend({ by: z.enum(['approval', 'budget']) })
      .nullable()
      .describe('What may be spent on this version of the book, by an approval or a budget; null without a limit'),
    progress: z
      .object({ segmentsDone: z.int(), segmentsTotal: z.int(), secondsLeft: z.number().nullable() })
      .nullable(),
    chapters: z.int().nullable().describe('Number of chapters of the finished book'),
    folder: z
      .string()
      .nullable()
      .describe('Folder of the finished book: relative to the watched folder, absolute, or an address on S3'),
  })
  .meta({ id: 'Book' });

/** A book, and what it cost. */
export const BookDetails = Book.extend({
  spent: spent.describe('What all runs of the book paid; null if nothing is recorded'),
}).meta({ id: 'BookDetails' });

/** A page of books. */
export const BookList = z
  .object({
    books: z.array(Book),
    next: z.string().nullable().describe('Pass it as `after` to get the next page; null on the last page'),
  })
  .meta({ id: 'BookList' });

/** A submission. */
export const Submission = z
  .object({
    id: z.string(),
    path: z.string(),
    repeated: z.boolean().describe('The same bytes were submitted under this name before; nothing was changed'),
  })
  .meta({ id: 'Submission' });

/** A cancelled book. */
export const Cancellation = z
  .object({
    id: z.string(),
    path: z.string(),
    renamedTo: z.string().describe('New path of the unchanged file; renaming it back submits the book again'),
  })
  .meta({ id: 'Cancellation' });

/** An approval of a price. */
export const Approval = z.object({ id: z.string(), path: z.string(), price }).meta({ id: 'Approval' });

/** A book that is tried again. */
export const Retry = z.object({ id: z.string(), path: z.string() }).meta({ id: 'Retry' });

/** The files of a finished book. */
export const FileList = z
  .object({ files: z.array(z.object({ name: z.string(), bytes: z.int(), type: z.string() })) })
  .meta({ id: 'FileList' });

/** The status of the queue. */
export const QueueStatus = z
  .object({
    counts: z.record(z.string(), z.int()).describe('Number of books by state'),
    hold: z
      .enum(['pause-file', 'quiet-hours', 'budget', 'outage'])
      .nullable()
      .describe('Why the queue is paused; null while it is not'),
    cause: failure.nullable().describe('What every book would meet now, with `outage`; otherwise null'),
    today: z.object({
      day: z.string(),
      spent: z.number().describe('With what is reserved'),
      reserved: z.number().describe('Reserved for runs and not spent'),
      limit: z.number().nullable(),
    }),
  })
  // The published name of the schema stays.
  .meta({ id: 'Line' });

/** The process is running. */
export const Health = z.object({ ok: z.literal(true) }).meta({ id: 'Health' });

/** A problem as in RFC 9457. */
export const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable, for programs: `not-found`, `name-taken`, …'),
    detail: z.string().describe('For people'),
  })
  .meta({ id: 'Problem' });

/** A review file that was stored. */
export const StoredReview = z
  .object({
    id: z.string(),
    path: z.string().describe('Path of the review file in the watched folder'),
    etag: z.string().describe('Its `ETag`, for the next `If-Match`'),
  })
  .meta({ id: 'StoredReview' });

const place = z.object({ line: z.int(), column: z.int() });

/** What is wrong with a book, and whether it could be run. */
export const Validation = z
  .object({
    ok: z.boolean().describe('It has no errors'),
    diagnostics: z.array(
      z.object({
        code: z.string().describe('Stable: `unknown-character`, …'),
        severity: z.enum(['error', 'warning']),
        message: z.string(),
        fix: z.string().optional(),
        file: z.string().describe('The manifest, or a file in the archive'),
        start: place.optional(),
        end: place.optional(),
        number: z.string().optional().describe('The line that it concerns, such as `3:37`'),
      }),
    ),
  })
  .meta({ id: 'Validation' });
