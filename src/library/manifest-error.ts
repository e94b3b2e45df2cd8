/** A book that cannot be run because its manifest or its files are wrong. */
import { shortEchoes } from '../errors.ts';
import { type Diagnostic, hasErrors, numberedMessage } from '../manifest/diagnostics/diagnostic.ts';

/** Says what is wrong, where, and how to mend it. Nothing was sent and nothing was made. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  /** All errors and warnings. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(manifest: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter((one) => hasErrors([one]));
    const first = errors[0] && `: ${numberedMessage(errors[0])}`;
    super(shortEchoes(`${manifest} has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}${first ?? ''}`));
    this.diagnostics = diagnostics;
  }
}
