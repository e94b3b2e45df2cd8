/** A file of the author's, known by its digest, that can be read again. */
import { createHash } from 'node:crypto';
import { PipelineError } from '../errors.ts';
import type { Asset } from '../plan/step.ts';
import { type FileRequest, readAuthorFile } from './edit/author-file.ts';

/** Where a file's bytes are: in a file, or in memory (what was downloaded). Plain data. */
export type AssetPlace = Pick<FileRequest, 'path' | 'shown' | 'inside' | 'maxBytes'> | { bytes: Uint8Array };

/** A sample, cover or pickup whose digest is known; its bytes are not kept in memory, except what was downloaded. */
export interface LoadedAsset {
  asset: Asset;
  /** Absent: it is in a store. */
  place?: AssetPlace;
  /** Reads its bytes again and checks the digest. Rejects with `input-unreadable` when the file is missing or has changed. */
  read(): Promise<Uint8Array>;
}

/** An asset whose bytes are in the given place. */
export function assetAt(asset: Asset, place: AssetPlace): LoadedAsset {
  return { asset, place, read: 'bytes' in place ? async () => place.bytes : () => readAgain(asset, place) };
}

async function readAgain(asset: Asset, place: Exclude<AssetPlace, { bytes: Uint8Array }>): Promise<Uint8Array> {
  // Later reads belong to the run, so no signal of the loading ends them.
  const again = await readAuthorFile(place);
  if ('problem' in again) throw changed(again.problem.message);
  if (createHash('sha256').update(again.bytes).digest('hex') !== asset.digest)
    throw changed(`"${place.shown}" has changed since the book was loaded; run again.`);
  return again.bytes;
}

function changed(message: string): PipelineError {
  return new PipelineError({ code: 'input-unreadable', message, retry: 'never' });
}
