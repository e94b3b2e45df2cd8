import type { FieldPath } from '../yaml/places.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A problem and the path of the field it is in, before `parse.ts` looks up the line; `on` selects the field's name or its value. */
export interface Finding extends Pick<Diagnostic, 'code' | 'message' | 'fix'> {
  path: FieldPath;
  on: 'key' | 'value';
  severity?: 'warning';
}
