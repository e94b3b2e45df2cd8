/** S3 errors with their way out: which store, what is wrong, what to do. No message contains credentials. */
import { PipelineError, systemCode } from '../../errors.ts';

/** The context of a failure. */
export interface S3ErrorContext {
  /** `s3://bucket/prefix`. */
  location: string;
  bucket: string;
  /** The attempted operation, such as `PutObject`. */
  operation: string;
}

/** Status and name of an error response; undefined for any other error. */
export function errorResponseOf(error: unknown): { status: number; name: string } | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode === undefined ? undefined : { status: httpStatusCode, name: error.name };
}

/** The `PipelineError` for an error of the SDK; our own errors and bugs of the program are returned unchanged. */
export function toS3Error(error: unknown, where: S3ErrorContext): unknown {
  if (error instanceof PipelineError || !(error instanceof Error)) return error;
  const { location } = where;
  const answer = errorResponseOf(error);
  const fail = (message: string): PipelineError =>
    new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
  const known = answer === undefined ? undefined : REFUSALS[answer.name]?.(where, error);
  if (known !== undefined) return fail(known);
  if (answer?.status === 403) {
    return fail(
      `${location} refuses ${where.operation} with the current credentials (${answer.name}). They need s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload on it; docs/reference/store.md has a policy to copy.`,
    );
  }
  if (answer?.status === 301 || answer?.status === 307) return fail(wrongRegion(where, error));
  if (answer?.status === 507 || answer?.name === 'QuotaExceeded') {
    return new PipelineError({
      code: 'disk-full',
      message: `${location} is full (${answer.name}). Everything made so far is kept. Free some space or raise the quota, and run again.`,
      retry: 'never',
      cause: error,
    });
  }
  if (answer !== undefined && answer.status < 500 && answer.status !== 429 && answer.status !== 408) {
    return fail(
      `${location} refuses ${where.operation}: ${answer.name}. docs/reference/store.md lists servers that are known to work.`,
    );
  }
  if (/CredentialsProviderError|TokenProviderError/.test(error.name)) {
    return fail(
      `There are no credentials for ${location}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role.`,
    );
  }
  if (/Region is missing/.test(error.message)) return fail(`The region of ${location} is unknown. Set AWS_REGION.`);
  if (answer === undefined && !isNetworkError(error)) return error;
  return unreachable(where, error);
}

/** The server is unreachable or temporarily failing. */
function unreachable({ location }: S3ErrorContext, error: Error): PipelineError {
  const answer = errorResponseOf(error);
  const why = answer === undefined ? (systemCode(error) ?? error.name) : `${answer.status} ${answer.name}`;
  return new PipelineError({
    code: 'store-unreachable',
    message: `The store ${location} does not respond properly (${why}), after several attempts. Everything made so far is kept. Check the network and AWS_ENDPOINT_URL, then run again.`,
    retry: 'backoff',
    cause: error,
  });
}

/** Whether the connection failed, and not our request. */
export function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = systemCode(error);
  if (code !== undefined && NETWORK_CODES.has(code)) return true;
  // An error that covers every address that was tried.
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
  `${location} does not accept the current credentials (${error.name}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; temporary credentials may have expired.`;

/** Error responses by the server's own names (API reference of Amazon S3, "Error responses"). */
const REFUSALS: Readonly<Record<string, (where: S3ErrorContext, error: Error) => string>> = {
  NoSuchBucket: ({ bucket, location }) =>
    `There is no bucket "${bucket}" for ${location}. Create it, or check the name and AWS_ENDPOINT_URL.`,
  InvalidAccessKeyId: CREDENTIALS_WRONG,
  SignatureDoesNotMatch: CREDENTIALS_WRONG,
  ExpiredToken: CREDENTIALS_WRONG,
  ExpiredTokenException: CREDENTIALS_WRONG,
  InvalidToken: CREDENTIALS_WRONG,
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  RequestTimeTooSkewed: ({ location }) =>
    `The clock of this machine differs by more than 15 minutes from that of ${location}. Set the clock.`,
  SecondLevelDomainForbidden: ({ location }) =>
    `${location} requires the bucket in the host name. Set PIPELINE_S3_PATH_STYLE=0.`,
};

function wrongRegion({ location, bucket }: S3ErrorContext, error: Error): string {
  const region = 'Region' in error && typeof error.Region === 'string' ? error.Region : undefined;
  return `The bucket "${bucket}" of ${location} is in another region. Set AWS_REGION${region === undefined ? ' to it' : `=${region}`}.`;
}
