/** Who may use the API, and what everybody else is told. */
import { denialReason } from '../auth/authorize.ts';
import { ProblemError } from './problem.ts';

/** Throws a `Refusal` unless the request may go on; src/auth/authorize.ts says who may. */
export function authorizeRequest(headers: Headers, { token }: { token: string | undefined }): void {
  const of = (name: string): string | undefined => headers.get(name) ?? undefined;
  const credentials = { host: of('host'), origin: of('origin'), authorization: of('authorization') };
  switch (denialReason(credentials, token)) {
    case 'foreign-page':
      throw new ProblemError(403, 'Pages of other sites may not ask here. Ask from a program.');
    case 'no-token':
      throw new ProblemError(401, 'Send the token: "Authorization: Bearer …" with what PIPELINE_API_TOKEN holds.', {
        'www-authenticate': 'Bearer',
      });
    case 'foreign-name':
      throw new ProblemError(403, 'Ask by the name localhost or 127.0.0.1, or set PIPELINE_API_TOKEN.');
    case undefined:
  }
}
