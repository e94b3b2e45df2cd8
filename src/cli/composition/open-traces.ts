/** Traces, loaded only by those who asked for them. */
import type { Config } from '../../config.ts';
import type { Tracing } from '../../observe/tracing.ts';
import { VERSION } from '../command-line/version.ts';

/** Starts sending traces when the environment names where to; see src/observe/tracing.ts. */
export async function openTraces(config: Config): Promise<Tracing | undefined> {
  if (!config.tracing) return undefined;
  const { startTracing } = await import('../../observe/tracing.ts');
  return startTracing({ version: VERSION });
}
