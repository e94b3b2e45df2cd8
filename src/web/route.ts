/** What a route of the HTTP API is. */
import type { z } from 'zod';

/** A parameter of a route. */
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description: string;
  schema: object;
}

/** One route. */
export interface Route {
  method: 'get' | 'post' | 'put';
  /** With `{name}` for parameters. */
  path: string;
  summary: string;
  /** Needs no token, even when the other routes do. */
  open?: boolean;
  parameters: readonly Parameter[];
  /** Accepted media types with their descriptions. */
  takes?: Readonly<Record<string, string>>;
  /** Responses by status code. Problems that every route may return are not repeated. */
  answers: Readonly<Record<number, Answer>>;
}

/** A response. */
export interface Answer {
  description: string;
  type?: string | readonly string[];
  /** Undefined for problems and for responses that are not JSON. */
  schema?: z.ZodType;
}
