/** Where finished books go when that is on S3. */
import { type Config, silenceSdkNotice } from '../../config.ts';
import type { Bucket } from '../../store/s3/bucket.ts';

/** The place that `--out` names on S3; undefined when it is a folder. Asks nobody. */
export async function openOut({ s3Out }: Pick<Config, 's3Out'>): Promise<Bucket | undefined> {
  if (s3Out === undefined) return undefined;
  silenceSdkNotice();
  // The SDK takes a tenth of a second to load; only those who use it wait for it.
  const { Bucket } = await import('../../store/s3/bucket.ts');
  return new Bucket(s3Out);
}
