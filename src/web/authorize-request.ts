/** Authorization of the API, with the responses to denied requests. */
import { denialReason } from '../auth/authorize.ts';
import { ProblemError } from './problem.ts';

/** Throws a `ProblemError` unless the request is authorized by src/auth/authorize.ts. */
export function authorizeRequest(headers: Headers, { token }: { token: string | undefined }): void {
  const of = (name: string): string | undefined => headers.get(name) ?? undefined;
  const credentials = {
    host: of('host'),
    origin: of('origin'),
    authorization: of('authorization'),
    fetchSite: of('sec-fetch-site'),
  };
  switch (denialReason(credentials, token)) {
    case 'foreign-origin':
      throw new ProblemError(403, 'Requests from pages of other sites are denied. Send the request from a program.');
    case 'no-token':
      throw new ProblemError(
        401,
        'The token is missing or wrong. Send "Authorization: Bearer …" with the value of PIPELINE_API_TOKEN.',
        {
          'www-authenticate': 'Bearer',
        },
      );
    case 'foreign-host':
      throw new ProblemError(
        403,
        'The host name is not this machine. Use localhost or 127.0.0.1, or set PIPELINE_API_TOKEN.',
      );
    case undefined:
  }
}
