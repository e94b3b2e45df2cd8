/** Every route of the HTTP API in one table: the server and its document are both made from it. */
import type { z } from 'zod';
import {
  Approval,
  BOOK_STATES,
  Book,
  BookList,
  Cancellation,
  FileList,
  Health,
  QueueStatus,
  Submission,
} from './response-schemas.ts';

/** A parameter of a route. */
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  schema: object;
}

/** One route. */
export interface Route {
  method: 'get' | 'post';
  /** With `{name}` for what varies. */
  path: string;
  summary: string;
  /** Needs no token, even where the others do. */
  open?: boolean;
  parameters: readonly Parameter[];
  /** Media types that it takes. */
  takes?: Readonly<Record<string, string>>;
  /** By status. Refusals that every route may answer are not repeated. */
  answers: Readonly<Record<number, Answer>>;
}

/** What comes back. */
export interface Answer {
  description: string;
  type?: string;
  /** Undefined for what is not JSON, and for a refusal. */
  schema?: z.ZodType;
}

const id: Parameter = {
  name: 'id',
  in: 'path',
  description: '`id` of the book',
  schema: { type: 'string', pattern: '^[0-9a-f]{24}$' },
};
const onS3 = { description: 'It was delivered to S3: its files are at `folder`' };
const unknownBook: Answer = { description: 'No such book' };

/** All of them, by the names of their operations. */
export const ROUTES = {
  submit: {
    method: 'post',
    path: '/v1/books',
    summary: 'Put a book into the watched folder: a manifest, or a ZIP archive of one with its files',
    parameters: [
      {
        name: 'name',
        in: 'query',
        description: 'Name of its folder below `api/` in the watched folder. Default: one that is made up',
        schema: { type: 'string', minLength: 1, maxLength: 100 },
      },
      {
        name: 'urgent',
        in: 'query',
        description: 'Before all books that are not urgent',
        schema: { type: 'boolean', default: false },
      },
      {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          'Without a `name`: the same key and the same bytes are the same submission, however often they come',
        schema: { type: 'string', minLength: 1, maxLength: 255 },
      },
    ],
    takes: { 'application/yaml': 'A manifest with its texts inside', 'application/zip': 'An archive' },
    answers: {
      202: { description: 'It lies in the folder', schema: Submission },
      200: { description: 'It lay there already, byte for byte', schema: Submission },
      408: { description: 'It came too slowly' },
      409: { description: 'Something else has this name' },
      413: { description: 'Too long' },
      415: { description: 'Neither a manifest nor an archive' },
      422: { description: 'The key was used for something else, or the name can not be one' },
      503: { description: 'Too many are being put in at once' },
      507: { description: 'The disk is full, or can not be written' },
    },
  },
  list: {
    method: 'get',
    path: '/v1/books',
    summary: 'The books in the folder, by path',
    parameters: [
      {
        name: 'state',
        in: 'query',
        description: 'Only books in this state',
        schema: { type: 'string', enum: BOOK_STATES },
      },
      {
        name: 'limit',
        in: 'query',
        description: 'Books in one page',
        schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      },
      { name: 'after', in: 'query', description: '`next` of the page before', schema: { type: 'string' } },
    ],
    answers: { 200: { description: 'A page', schema: BookList } },
  },
  book: {
    method: 'get',
    path: '/v1/books/{id}',
    summary: 'One book',
    parameters: [id],
    answers: { 200: { description: 'The book', schema: Book }, 404: unknownBook },
  },
  cancel: {
    method: 'post',
    path: '/v1/books/{id}/cancel',
    summary: 'Withdraw a book: its file is renamed, not deleted; what was delivered stays',
    parameters: [id],
    answers: {
      202: { description: 'Withdrawn; segments under way end', schema: Cancellation },
      404: unknownBook,
      507: { description: 'The folder can not be written' },
    },
  },
  approve: {
    method: 'post',
    path: '/v1/books/{id}/approve',
    summary: 'Say yes to the price of a book that waits for it',
    parameters: [id],
    answers: {
      202: { description: 'It goes on', schema: Approval },
      404: unknownBook,
      409: { description: 'It does not wait for a yes' },
      507: { description: 'The folder can not be written' },
    },
  },
  files: {
    method: 'get',
    path: '/v1/books/{id}/files',
    summary: 'The files of a finished book',
    parameters: [id],
    answers: {
      200: { description: 'Empty before it is delivered', schema: FileList },
      404: unknownBook,
      409: onS3,
    },
  },
  file: {
    method: 'get',
    path: '/v1/books/{id}/files/{name}',
    summary: 'One of them, or a range of it',
    parameters: [
      id,
      { name: 'name', in: 'path', description: '`name` of the file, with `/` as `%2F`', schema: { type: 'string' } },
      { name: 'Range', in: 'header', description: 'One range of bytes', schema: { type: 'string' } },
      {
        name: 'If-Range',
        in: 'header',
        description: 'The range counts only while the file has this ETag',
        schema: { type: 'string' },
      },
    ],
    answers: {
      200: { description: 'All of it', type: 'application/octet-stream' },
      206: { description: 'The range', type: 'application/octet-stream' },
      404: { description: 'No such book or file' },
      409: onS3,
      416: { description: 'The file has no such range' },
    },
  },
  line: {
    method: 'get',
    path: '/v1/status',
    summary: 'How the line is',
    parameters: [],
    answers: { 200: { description: 'Counts, and why it stands', schema: QueueStatus } },
  },
  events: {
    method: 'get',
    path: '/v1/events',
    summary:
      'What happens, as server-sent events; each `data` is a line of `pipeline watch --json`, with the `id` of its book',
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'Go on after this event. When that can not be done, an event `reset` says so: read the list anew',
        schema: { type: 'string' },
      },
    ],
    answers: {
      200: { description: 'The events, until one side ends it', type: 'text/event-stream' },
      503: { description: 'Too many are listening' },
    },
  },
  document: {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    open: true,
    parameters: [],
    answers: { 200: { description: 'OpenAPI 3.1', type: 'application/json' } },
  },
  health: {
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process lives',
    open: true,
    parameters: [],
    answers: { 200: { description: 'It does', schema: Health } },
  },
} as const satisfies Record<string, Route>;

/** Names of the operations. */
export type Operation = keyof typeof ROUTES;
