/** Places on S3, as flags name them. */
import { createHash } from 'node:crypto';
import { ConfigError, flag, nonEmpty, url } from './values.ts';

/** A place on S3 or a compatible server. Holds no credentials: the SDK finds them as every AWS tool does. */
export interface S3Place {
  bucket: string;
  /** Prefix of all names: empty, or ending with a slash. */
  prefix: string;
  /** Undefined: Amazon's own, or that of the shared AWS configuration. */
  endpoint: string | undefined;
  /** Undefined: that of the shared AWS configuration. */
  region: string | undefined;
  pathStyle: boolean;
}

/** Names of buckets (Amazon S3 user guide, "General purpose bucket naming rules"). */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Characters that every server and tool accepts in a name. */
const PREFIX = /^[\w.=+-]+(\/[\w.=+-]+)*$/;
/** A name on S3 has at most 1,024 bytes, and ours need up to 250 behind the prefix. */
const MOST_PREFIX_LETTERS = 500;

/** The place that a flag names; undefined for a folder. Throws `ConfigError`. */
export function s3Place(option: string, place: string | undefined, env: NodeJS.ProcessEnv): S3Place | undefined {
  if (place === undefined || !/^[a-z][a-z0-9+.-]+:\/\//i.test(place)) return undefined;
  const parts = /^s3:\/\/([^/]+)(?:\/(.*?)\/*)?$/.exec(place);
  if (parts === null) throw new ConfigError(`${option} must be a folder or s3://bucket/prefix, not "${place}".`);
  const [, bucket = '', prefix = ''] = parts;
  if (!BUCKET.test(bucket)) {
    throw new ConfigError(
      `${option}: "${bucket}" cannot be the name of a bucket. A name has 3 to 63 lower-case letters, digits, periods and hyphens. To use another server than Amazon's, set AWS_ENDPOINT_URL.`,
    );
  }
  if (
    prefix !== '' &&
    (!PREFIX.test(prefix) || /(^|\/)\.\.?(\/|$)/.test(prefix) || prefix.length > MOST_PREFIX_LETTERS)
  ) {
    throw new ConfigError(
      `${option}: the prefix "${prefix.slice(0, 80)}" must consist of letters, digits and . _ - = + with single slashes between names, at most ${MOST_PREFIX_LETTERS} characters in all.`,
    );
  }
  const endpoint = s3Endpoint(env);
  const region = nonEmpty(env['AWS_REGION']) ?? nonEmpty(env['AWS_DEFAULT_REGION']);
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    // Other servers need a region in the signature, but accept any.
    region: region ?? (endpoint === undefined ? undefined : 'us-east-1'),
    pathStyle: flag('PIPELINE_S3_PATH_STYLE', env) ?? (endpoint !== undefined && !wantsHostStyle(endpoint)),
  };
}

function s3Endpoint(env: NodeJS.ProcessEnv): string | undefined {
  const name = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].find((one) => nonEmpty(env[one]) !== undefined);
  return name === undefined ? undefined : url(name, env, 'https://s3.example.com', ['http:', 'https:']);
}

/** Amazon, and Alibaba Cloud OSS, which refuses the bucket in the path (OSS, "Use Amazon S3 SDKs to access OSS"). */
function wantsHostStyle(endpoint: string): boolean {
  return /\.(amazonaws\.com(\.cn)?|aliyuncs\.com)$/.test(new URL(endpoint).hostname);
}

/** A folder name for each place, valid whatever characters the place has. */
export function folderNameOf({ endpoint = '', bucket, prefix }: S3Place): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([endpoint, bucket, prefix]))
    .digest('hex');
  return `${bucket}-${hash.slice(0, 12)}`;
}

/** The same URL for a place, however the user wrote it: a book is identified by where it is delivered. */
export function addressOf({ bucket, prefix }: S3Place): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`;
}
