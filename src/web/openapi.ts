/** The OpenAPI 3.1 document, generated from the table of routes. A test compares it with the copy in docs/openapi.json. */
import * as z from 'zod';
import { Problem } from './response-schemas.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';

/** Problems that every route may return. */
const COMMON_PROBLEMS: Readonly<Record<number, string>> = {
  400: 'A parameter is invalid',
  401: 'The token is missing or wrong',
  403: 'The request comes from a page of another site, or uses a foreign host name',
  500: 'Unexpected error of the program',
};

/** The complete document. Pure. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, route] of Object.entries<Route>(ROUTES)) {
    const path = paths[route.path] ?? {};
    path[route.method] = operationOf(operationId, route);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Narration pipeline: the watched folder',
      version: '1',
      description:
        'Submit books and follow their progress over HTTP. The watched folder remains the source of truth: see docs/how-to/watched-folder.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // It is served by the program itself, so the address is that of the document.
    servers: [{ url: '/', description: 'The address of `pipeline watch --http-port`' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: schemasByName(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(operationId: string, route: Route): object {
  const content = Object.entries(route.takes ?? {}).map(([type, description]) => [
    type,
    { schema: { type: 'string', format: 'binary', description } },
  ]);
  return {
    operationId,
    summary: route.summary,
    ...(route.open && { security: [] }),
    parameters: route.parameters.map((parameter) => ({ ...parameter, required: parameter.in === 'path' })),
    ...(route.takes && { requestBody: { required: true, content: Object.fromEntries(content) } }),
    responses: responsesOf(route),
  };
}

function responsesOf(route: Route): object {
  const responses: Record<string, object> = {};
  const problem = (description: string): object => ({
    description,
    content: { 'application/problem+json': { schema: schemaOf(Problem) } },
  });
  for (const [status, description] of Object.entries(COMMON_PROBLEMS)) responses[status] = problem(description);
  for (const [status, { description, schema, type }] of Object.entries(route.answers)) {
    if (schema !== undefined)
      responses[status] = { description, content: { 'application/json': { schema: schemaOf(schema) } } };
    else if (type !== undefined) responses[status] = { description, content: contentOf(type) };
    else responses[status] = problem(description);
  }
  return responses;
}

/** Of each type: bytes, or text. */
function contentOf(types: string | readonly string[]): object {
  return Object.fromEntries([types].flat().map((type) => [type, {}]));
}

/** A reference to a schema that has a name, otherwise the schema itself. */
function schemaOf(schema: z.ZodType): object {
  const { id } = z.globalRegistry.get(schema) ?? {};
  if (typeof id !== 'string') throw new Error('Internal error: a schema of the API has no name.');
  return { $ref: refTo(id) };
}

function refTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** Every schema of the API by name. OpenAPI 3.1 uses plain JSON Schema; `$schema` and `$id` are not repeated for each one. */
function schemasByName(): Record<string, object> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { uri: refTo });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}
