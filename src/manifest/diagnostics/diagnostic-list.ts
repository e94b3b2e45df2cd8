/** A bounded list of diagnostics: an author's input can have millions of errors, and nobody reads more than some. Pure. */

import type { Position } from '../yaml/position.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Most errors of one book that are listed, and most warnings. */
export const MOST_DIAGNOSTICS = 500;

/** A list that keeps the first `MOST_DIAGNOSTICS` errors and as many warnings, and says when there were more. */
export class DiagnosticList {
  /** In the order in which they were added. */
  readonly all: Diagnostic[] = [];
  readonly #places = new Map<string, Diagnostic['severity']>();
  readonly #count: Record<Diagnostic['severity'], number> = { error: 0, warning: 0 };

  /** There is at least one error. */
  get hasErrors(): boolean {
    return this.#count.error > 0;
  }

  /** No more errors are listed: whatever is found now changes nothing. */
  get isFull(): boolean {
    return this.#count.error > MOST_DIAGNOSTICS;
  }

  add(...diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const count = ++this.#count[diagnostic.severity];
      if (count > MOST_DIAGNOSTICS + 1) continue;
      if (count > MOST_DIAGNOSTICS) this.all.push(tooMany(diagnostic));
      else {
        this.all.push(diagnostic);
        if (diagnostic.start) this.#places.set(placeKey(diagnostic.file, diagnostic.start), diagnostic.severity);
      }
    }
  }

  /** Whether a listed diagnostic begins at this place that is at least as severe. */
  hasAt({ file, start, severity }: { file: string; start: Position } & Pick<Diagnostic, 'severity'>): boolean {
    const listed = this.#places.get(placeKey(file, start));
    return listed === 'error' || (listed !== undefined && severity === 'warning');
  }
}

function placeKey(file: string, { line, column }: Position): string {
  return `${line}:${column}:${file}`;
}

function tooMany({ file, severity }: Diagnostic): Diagnostic {
  const message = `There are more than ${MOST_DIAGNOSTICS} ${severity}s; only the first ${MOST_DIAGNOSTICS} are shown.`;
  return { code: `too-many-${severity}s`, severity, file, message, fix: 'Fix these first, then check again.' };
}
