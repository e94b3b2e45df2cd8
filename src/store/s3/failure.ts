/** Failures of S3 in words that help: which store, what is wrong, what to do. No credential is ever part of a message. */
import { PipelineError, systemCode } from '../../errors.ts';

/** What is known of the place when something fails. */
export interface S3ErrorContext {
  /** `s3://bucket/prefix`. */
  location: string;
  bucket: string;
  /** What was tried, such as `PutObject`. */
  operation: string;
}

/** The status and name of an answer that refused; undefined for anything else. */
export function answerOf(error: unknown): { status: number; name: string } | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode === undefined ? undefined : { status: httpStatusCode, name: error.name };
}

/** A failure of the SDK as a `PipelineError`; our own errors are passed on as they are, and so are faults of the program. */
export function toS3Error(error: unknown, where: S3ErrorContext): unknown {
  if (error instanceof PipelineError || !(error instanceof Error)) return error;
  const { location } = where;
  const answer = answerOf(error);
  const fail = (message: string): PipelineError =>
    new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
  const known = answer === undefined ? undefined : REFUSALS[answer.name]?.(where, error);
  if (known !== undefined) return fail(known);
  if (answer?.status === 403) {
    return fail(
      `${location} refuses ${where.operation} with the credentials at hand (${answer.name}). They need s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload on it; docs/store.md has a policy to copy.`,
    );
  }
  if (answer?.status === 301 || answer?.status === 307) return fail(wrongRegion(where, error));
  if (answer?.status === 507 || answer?.name === 'QuotaExceeded') {
    return new PipelineError({
      code: 'disk-full',
      message: `${location} takes nothing more (${answer.name}). What was made is kept: free some space or raise the quota, and run again.`,
      retry: 'never',
      cause: error,
    });
  }
  if (answer !== undefined && answer.status < 500 && answer.status !== 429 && answer.status !== 408) {
    return fail(
      `${location} refuses ${where.operation}: ${answer.name}. See docs/store.md for servers that are known to work.`,
    );
  }
  if (/CredentialsProviderError|TokenProviderError/.test(error.name)) {
    return fail(
      `There are no credentials for ${location}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role.`,
    );
  }
  if (/Region is missing/.test(error.message)) return fail(`The region of ${location} is not known. Set AWS_REGION.`);
  if (answer === undefined && !isNetworkError(error)) return error;
  return unreachable(where, error);
}

/** The server can not be reached, or is not itself at the moment. */
function unreachable({ location }: S3ErrorContext, error: Error): PipelineError {
  const answer = answerOf(error);
  const why = answer === undefined ? (systemCode(error) ?? error.name) : `${answer.status} ${answer.name}`;
  return new PipelineError({
    code: 'store-unreachable',
    message: `The store ${location} does not answer as it should (${why}), though it was asked several times. Check the network and AWS_ENDPOINT_URL; what was made is kept, run again.`,
    retry: 'backoff',
    cause: error,
  });
}

/** The connection, and nothing that we did. */
export function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = systemCode(error);
  if (code !== undefined && NETWORK_CODES.has(code)) return true;
  // A name that holds for every address that was tried.
  if (error instanceof AggregateError) return error.errors.every(isNetworkError);
  return /TimeoutError|ConnectionError|aborted|socket hang up|premature close|terminated/i.test(
    `${error.name} ${error.message}`,
  );
}

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EPROTO',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

const CREDENTIALS_WRONG = ({ location }: S3ErrorContext, error: Error): string =>
  `${location} does not accept the credentials at hand (${error.name}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; a temporary one may have run out.`;

/** Refusals by the server's own names (API reference of Amazon S3, "Error responses"). */
const REFUSALS: Readonly<Record<string, (where: S3ErrorContext, error: Error) => string>> = {
  NoSuchBucket: ({ bucket, location }) =>
    `There is no bucket "${bucket}" for ${location}. Make it, or check the name and AWS_ENDPOINT_URL.`,
  InvalidAccessKeyId: CREDENTIALS_WRONG,
  SignatureDoesNotMatch: CREDENTIALS_WRONG,
  ExpiredToken: CREDENTIALS_WRONG,
  ExpiredTokenException: CREDENTIALS_WRONG,
  InvalidToken: CREDENTIALS_WRONG,
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  RequestTimeTooSkewed: ({ location }) =>
    `This machine's clock is more than a quarter of an hour off from that of ${location}. Set the clock.`,
  SecondLevelDomainForbidden: ({ location }) =>
    `${location} wants the bucket in the host name. Set PIPELINE_S3_PATH_STYLE=0.`,
};

function wrongRegion({ location, bucket }: S3ErrorContext, error: Error): string {
  const region = 'Region' in error && typeof error.Region === 'string' ? error.Region : undefined;
  return `The bucket "${bucket}" of ${location} is in another region. Set AWS_REGION${region === undefined ? ' to it' : `=${region}`}.`;
}
