/** A record on disk: JSON with a digest of its own content, so that a damaged or edited record counts as missing. */
import { hash } from 'node:crypto';

/** The text before and after the value in a record that we wrote ourselves. */
const HEAD = /^\{"digest":"([0-9a-f]{16})","value":/;
const TAIL = '}\n';

/** The bytes of a record's file. */
export function sealRecord(value: object): string {
  const json = JSON.stringify(value);
  return `{"digest":"${digestOf(json)}","value":${json}${TAIL}`;
}

/** The sealed value; undefined when the text is incomplete or was changed. */
export function unsealRecord(text: string): unknown {
  try {
    const head = HEAD.exec(text);
    if (head !== null && text.endsWith(TAIL)) {
      const json = text.slice(head[0].length, -TAIL.length);
      // The digest is of the text itself, so the value need not be serialized again for the comparison.
      if (digestOf(json) === head[1]) return JSON.parse(json);
    }
    // Written with other spaces, by another tool.
    const sealed: unknown = JSON.parse(text);
    if (typeof sealed !== 'object' || sealed === null || !('digest' in sealed) || !('value' in sealed))
      return undefined;
    return sealed.digest === digestOf(JSON.stringify(sealed.value)) ? sealed.value : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(json: string): string {
  return hash('sha256', json).slice(0, 16);
}
