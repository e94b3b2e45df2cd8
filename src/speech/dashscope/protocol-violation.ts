/** The error for a response that breaks the protocol. */
import { PipelineError } from '../../errors.ts';

/** The error for an event or frame that violates the protocol. A new session may help. */
export function protocolViolation(what: string): PipelineError {
  return new PipelineError({ code: 'protocol-violation', message: `The service sent ${what}.`, retry: 'backoff' });
}
