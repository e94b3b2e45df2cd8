import type { Places } from '../yaml/places.ts';
import type { Finding } from './finding.ts';

/** What the readers of single fields share: the text, the places in it, and where to report problems. */
export interface Context {
  /** The manifest's text. */
  text: string;
  places: Places;
  /** Paths may be absolute or lead out of the manifest's folder. */
  pathsMayLeave: boolean;
  /** Reports a problem. */
  note(finding: Finding): void;
}

/** The fields of a group; empty when the value is not a group. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
