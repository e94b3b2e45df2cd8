/** A record as it is written: JSON with a digest of its own content, so that a damaged or edited one counts as missing. */
import { createHash } from 'node:crypto';

/** The bytes of a record's file. */
export function sealRecord(value: object): string {
  return `${JSON.stringify({ digest: digestOf(value), value })}\n`;
}

/** What was sealed, or undefined when the text is not whole or not what it was. */
export function openRecord(text: string): unknown {
  try {
    const sealed: unknown = JSON.parse(text);
    if (typeof sealed !== 'object' || sealed === null || !('digest' in sealed) || !('value' in sealed))
      return undefined;
    return sealed.digest === digestOf(sealed.value) ? sealed.value : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
