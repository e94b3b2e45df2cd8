/** Location of a store on S3. */
export interface S3Place {
  bucket: string;
  /** Prefix of all names: empty, or ending with a slash. */
  prefix: string;
  /** URL of a compatible server; undefined for Amazon, or for the shared configuration. */
  endpoint?: string | undefined;
  /** Undefined uses the shared configuration. */
  region?: string | undefined;
  /** `https://server/bucket/name` instead of `https://bucket.server/name`. */
  pathStyle: boolean;
}

/** The location as it is given on the command line. */
export function addressOf({ bucket, prefix }: S3Place): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix.replace(/\/$/, '')}`}`;
}
