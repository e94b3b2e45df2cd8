/** All routes of the HTTP API in one table, from which the server and the OpenAPI document are made. */

import { MEDIA_TYPES } from '../deliver/media-types.ts';
import { RESOURCES_ROUTES } from './resources.ts';
import {
  Approval,
  BOOK_STATES,
  BookDetails,
  BookList,
  Cancellation,
  FileList,
  Health,
  QueueStatus,
  Retry,
  StoredReview,
  Submission,
  Validation,
} from './response-schemas.ts';
import type { Answer, Parameter, Route } from './route.ts';

const id: Parameter = {
  name: 'id',
  in: 'path',
  description: '`id` of the book',
  schema: { type: 'string', pattern: '^[0-9a-f]{24}$' },
};
const onS3 = { description: 'The book was delivered to S3; its files are at `folder`' };
const inArchive: Answer = { description: 'The book is an archive: put the review file into it' };
const unknownBook: Answer = { description: 'No such book' };

/** All routes by operation ID. Operation IDs are published in the OpenAPI document: names stay. */
export const ROUTES = {
  submit: {
    method: 'post',
    path: '/v1/books',
    summary: 'Submit a book: a manifest, or a ZIP archive with a manifest and its files',
    parameters: [
      {
        name: 'name',
        in: 'query',
        description: 'Name of its folder below `api/` in the watched folder. Default: a generated name',
        schema: { type: 'string', minLength: 1, maxLength: 100 },
      },
      {
        name: 'urgent',
        in: 'query',
        description: 'Run it before all books that are not urgent',
        schema: { type: 'boolean', default: false },
      },
      {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          'Repeated requests with the same key and the same bytes are one submission, whatever `name` and `urgent` say. The last 10,000 keys are remembered',
        schema: { type: 'string', minLength: 1, maxLength: 255 },
      },
    ],
    takes: { 'application/yaml': 'A manifest that contains its texts', 'application/zip': 'An archive' },
    answers: {
      202: { description: 'Submitted', schema: Submission },
      200: { description: 'The same bytes were submitted before', schema: Submission },
      408: { description: 'The body arrives too slowly' },
      409: { description: 'The name is taken' },
      413: { description: 'The body is too large' },
      415: { description: 'The body is neither a manifest nor an archive' },
      422: { description: 'The key was used for another book, or the name is invalid' },
      503: { description: 'Too many books are being submitted' },
      507: { description: 'The disk is full or cannot be written' },
    },
  },
  validate: {
    method: 'post',
    path: '/v1/validate',
    summary: 'Check a book and get all errors and warnings at once; nothing is stored and nothing is spent',
    parameters: [],
    takes: { 'application/yaml': 'A manifest that contains its texts', 'application/zip': 'An archive' },
    answers: {
      200: { description: 'What was found', schema: Validation },
      408: { description: 'The body arrives too slowly' },
      413: { description: 'The body is too large' },
      415: { description: 'The body is neither a manifest nor an archive' },
      503: { description: 'Too many books are being checked' },
      507: { description: 'The disk is full or cannot be written' },
    },
  },
  list: {
    method: 'get',
    path: '/v1/books',
    summary: 'List the books in the folder by path',
    parameters: [
      {
        name: 'state',
        in: 'query',
        description: 'Return only books in this state',
        schema: { type: 'string', enum: BOOK_STATES },
      },
      {
        name: 'limit',
        in: 'query',
        description: 'Number of books per page',
        schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      },
      { name: 'after', in: 'query', description: '`next` of the previous page', schema: { type: 'string' } },
    ],
    answers: { 200: { description: 'A page of books', schema: BookList } },
  },
  book: {
    method: 'get',
    path: '/v1/books/{id}',
    summary: 'Get one book, and what it cost so far',
    parameters: [id],
    answers: { 200: { description: 'The book', schema: BookDetails }, 404: unknownBook },
  },
  cancel: {
    method: 'post',
    path: '/v1/books/{id}/cancel',
    summary: 'Cancel a book: its file is renamed, not deleted; delivered files stay',
    parameters: [id],
    answers: {
      202: { description: 'Cancelled; segments under way are finished', schema: Cancellation },
      404: unknownBook,
      507: { description: 'The folder cannot be written' },
    },
  },
  approve: {
    method: 'post',
    path: '/v1/books/{id}/approve',
    summary: 'Approve the price of a book that waits for approval',
    parameters: [id],
    answers: {
      202: { description: 'Approved; the book is queued', schema: Approval },
      404: unknownBook,
      409: { description: 'The book has no price yet, is being spoken, or has ended' },
      507: { description: 'The folder cannot be written' },
    },
  },
  retry: {
    method: 'post',
    path: '/v1/books/{id}/retry',
    summary:
      'Try a book again that failed, has errors, or waits for files or the service, without waiting for its time; texts that the service refused are sent again',
    parameters: [id],
    answers: {
      202: { description: 'It is tried again', schema: Retry },
      404: unknownBook,
      409: { description: 'The book waits for nothing that another try could bring' },
    },
  },
  review: {
    method: 'get',
    path: '/v1/books/{id}/review',
    summary: 'Download the review file of a book; its `ETag` is for `If-Match`',
    parameters: [id],
    answers: {
      200: { description: 'The review file', type: 'application/yaml' },
      404: { description: 'No such book, or it has no review file' },
      409: inArchive,
    },
  },
  putReview: {
    method: 'put',
    path: '/v1/books/{id}/review',
    summary: 'Put a review file beside the manifest of a book, which is made again with its decisions',
    parameters: [
      id,
      {
        name: 'If-Match',
        in: 'header',
        description: 'The `ETag` of the review file that this one replaces. Without it, only a first one is stored',
        schema: { type: 'string' },
      },
    ],
    takes: { 'application/yaml': 'A review file' },
    answers: {
      200: { description: 'Stored', schema: StoredReview },
      404: unknownBook,
      408: { description: 'The body arrives too slowly' },
      409: inArchive,
      412: { description: 'The review file has changed since: merge the two' },
      413: { description: 'The body is too large' },
      415: { description: 'The body is not a review file' },
      422: { description: 'The review file has errors' },
      507: { description: 'The disk is full or the folder cannot be written' },
    },
  },
  files: {
    method: 'get',
    path: '/v1/books/{id}/files',
    summary: 'List the files of a finished book',
    parameters: [id],
    answers: {
      200: { description: 'The files; empty before the book is delivered', schema: FileList },
      404: unknownBook,
      409: onS3,
    },
  },
  file: {
    method: 'get',
    path: '/v1/books/{id}/files/{name}',
    summary: 'Download a file or a range of it',
    parameters: [
      id,
      { name: 'name', in: 'path', description: '`name` of the file, with `/` as `%2F`', schema: { type: 'string' } },
      { name: 'Range', in: 'header', description: 'One range of bytes', schema: { type: 'string' } },
      {
        name: 'If-Range',
        in: 'header',
        description: 'Use the range only if the file has this ETag',
        schema: { type: 'string' },
      },
    ],
    answers: {
      200: { description: 'The complete file', type: MEDIA_TYPES },
      206: { description: 'The range', type: MEDIA_TYPES },
      404: { description: 'No such book or file' },
      409: onS3,
      416: { description: 'The file has no such range' },
    },
  },
  line: {
    method: 'get',
    path: '/v1/status',
    summary: 'Get the status of the queue',
    parameters: [],
    answers: {
      200: { description: 'Number of books by state, the pause reason and the spending of today', schema: QueueStatus },
    },
  },
  events: {
    method: 'get',
    path: '/v1/events',
    summary:
      'Stream the events as server-sent events; each `data` is a line of `pipeline watch --json` with the `id` of its book',
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'Resume after this event. If that is not possible, a `reset` event is sent: read the list again',
        schema: { type: 'string' },
      },
    ],
    answers: {
      200: { description: 'The events, until either side closes the connection', type: 'text/event-stream' },
      503: { description: 'Too many clients are listening' },
    },
  },
  document: {
    method: 'get',
    path: '/openapi.json',
    summary: 'Get this document',
    open: true,
    parameters: [],
    answers: { 200: { description: 'OpenAPI 3.1', type: 'application/json' } },
  },
  health: {
    method: 'get',
    path: '/healthz',
    summary: 'Check whether the process is running',
    open: true,
    parameters: [],
    answers: { 200: { description: 'The process is running', schema: Health } },
  },
  ...RESOURCES_ROUTES,
} as const satisfies Record<string, Route>;

/** Operation IDs. */
export type Operation = keyof typeof ROUTES;
