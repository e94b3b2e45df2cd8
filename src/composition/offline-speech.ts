/** Replaces the service where nothing may be sent: `run --locked`. */
import { PipelineError } from '../errors.ts';
import type { Speech } from '../speech/join-engines.ts';

/** A client and a pool that refuse everything. A locked run has no step that calls them. */
export function offlineSpeech(): Speech {
  const refuse = async (): Promise<never> => {
    throw new PipelineError({
      code: 'lock-unmet',
      message: 'A run with --locked sends nothing, but one of its steps tried to call the service. Nothing was sent.',
      retry: 'never',
    });
  };
  return {
    enrolment: {
      create: refuse,
      list: refuse,
      listAll: refuse,
      findByName: refuse,
      delete: refuse,
      counts: () => ({ enroll: 0, list: 0, delete: 0 }),
    },
    sessions: {
      speak: refuse,
      stats: () => ({ open: 0, busy: 0, opened: 0, spoken: 0, commits: 0, throttled: 0 }),
      close: async () => undefined,
    },
  };
}
