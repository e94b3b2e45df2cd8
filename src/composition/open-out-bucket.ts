/** The place for finished books when it is on S3. */
import { type Config, silenceSdkNotice } from '../config/config.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { withPackages } from './optional-packages.ts';

/** The bucket and prefix that `--out` names; undefined when it names a folder. Sends nothing. `stop`: as of `Bucket`. */
export async function openOutBucket({ s3Out }: Pick<Config, 's3Out'>, stop?: AbortSignal): Promise<Bucket | undefined> {
  if (s3Out === undefined) return undefined;
  silenceSdkNotice();
  // The SDK takes a tenth of a second to load, so it is loaded only where it is used.
  const { Bucket } = await withPackages('s3', () => import('../store/s3/bucket.ts'));
  return new Bucket(s3Out, { stop });
}
