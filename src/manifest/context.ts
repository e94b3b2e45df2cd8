import type { Finding } from './finding.ts';
import type { Places } from './places.ts';

/** How the readers of single fields report and look things up. */
export interface Context {
  /** The manifest's text. */
  text: string;
  places: Places;
  /** Paths may be absolute or climb out of the manifest's folder. */
  pathsMayLeave: boolean;
  note(finding: Finding): void;
}

/** The fields of a group; none when the value is something else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
