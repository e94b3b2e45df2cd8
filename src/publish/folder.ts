/** The folder of a book's delivery on S3, claimed by a mark before the first file, as on a disk. */
import { type ChosenFolder, chooseFolder, type FolderState, isInTheWay } from '../deliver/choose-folder.ts';
import { FOLDER_MARK, type FolderOwner, markText, ownerIn } from '../deliver/folder-owner.ts';
import { REPORT } from '../deliver/reports/report.ts';
import { PipelineError } from '../errors.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { errorResponseOf } from '../store/s3/failure.ts';

/** Claims the folder. Rejects with the errors of the bucket, and with `store-unwritable` when all names are in use. */
export async function claimPrefix(bucket: Bucket, owner: FolderOwner): Promise<ChosenFolder> {
  const chosen = await chooseFolder(
    {
      isListed: false,
      spellings: async (name) => [name],
      look: (name) => look(bucket, name),
      claim: (name) => claim(bucket, name, owner),
    },
    owner,
  );
  if (chosen !== undefined) return chosen;
  const message = `In ${bucket.location}, every folder name for the book "${owner.title}" is in use. Choose another place with --out.`;
  throw new PipelineError({ code: 'store-unwritable', message, retry: 'never' });
}

/** Removes the mark of a folder that has its report now. Rejects with the errors of the bucket. */
export async function removeMark(bucket: Bucket, name: string): Promise<void> {
  await bucket.delete(`${name}/${FOLDER_MARK}`);
}

async function look(bucket: Bucket, folder: string): Promise<FolderState> {
  for (const name of [REPORT, FOLDER_MARK]) {
    const found = await bucket.getText(`${folder}/${name}`);
    const owner = found === undefined ? undefined : ownerIn(found.text);
    if (owner !== undefined) return owner;
  }
  for await (const { name } of bucket.list(`${folder}/`)) {
    if (isInTheWay(name.split('/')[folder.split('/').length] ?? '')) return 'foreign';
  }
  return 'free';
}

async function claim(bucket: Bucket, folder: string, owner: FolderOwner): Promise<boolean> {
  const name = `${folder}/${FOLDER_MARK}`;
  const put = await bucket.putIf(name, markText(owner), { ifNoneMatch: '*' }).catch(async (error: unknown) => {
    // Without conditional writes the last of several simultaneous claims counts.
    if (!(error instanceof PipelineError) || errorResponseOf(error.cause)?.status !== 501) throw error;
    await bucket.put(name, markText(owner));
    return { done: true };
  });
  return put.done;
}
