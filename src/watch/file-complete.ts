/** Whether files that declare their length are complete. A half-copied recording would be cloned and paid for. */
import { open } from 'node:fs/promises';
import { isArchiveComplete } from './unpack-zip.ts';

/** Whether the file has as many bytes as it declares. True for file types that declare nothing. Never rejects. */
export async function isFileComplete(path: string): Promise<boolean> {
  if (/\.zip$/i.test(path)) return isArchiveComplete(path);
  return /\.wave?$/i.test(path) ? isWaveComplete(path) : true;
}

/** A RIFF file declares its length in bytes 4 to 7 (Microsoft, Multimedia Programming Interface, 1991). */
async function isWaveComplete(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
      if (bytesRead < 12) return false;
      if (buffer.toString('latin1', 0, 4) !== 'RIFF') return true;
      const declared = buffer.readUInt32LE(4);
      // Programs that do not know the length while they write leave all zeros or all ones.
      if (declared === 0 || declared >= 0xffffff00) return true;
      return (await file.stat()).size >= declared + 8 - PADDING_BYTES;
    } finally {
      await file.close();
    }
  } catch {
    return true;
  }
}

/** Many programs count a final padding byte that they do not write. */
const PADDING_BYTES = 1;
