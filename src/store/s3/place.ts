/** Where a store on S3 is. */
export interface S3Place {
  bucket: string;
  /** What all names begin with: empty, or ending with a slash. */
  prefix: string;
  /** Address of a compatible server; undefined for Amazon, or what the shared configuration says. */
  endpoint?: string | undefined;
  /** Undefined leaves it to the shared configuration. */
  region?: string | undefined;
  /** `https://server/bucket/name` instead of `https://bucket.server/name`. */
  pathStyle: boolean;
}

/** The place as it is given on the command line. */
export function addressOf({ bucket, prefix }: S3Place): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix.replace(/\/$/, '')}`}`;
}
