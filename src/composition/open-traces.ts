/** OpenTelemetry traces, loaded only when they are wanted. */
import type { Config } from '../config/config.ts';
import type { Tracing } from '../observe/tracing.ts';
import { VERSION } from './version.ts';

/** Starts to send traces when the environment names an endpoint; see src/observe/tracing.ts. */
export async function openTraces(config: Config): Promise<Tracing | undefined> {
  if (!config.tracing) return undefined;
  const { startTracing } = await import('../observe/tracing.ts');
  return startTracing({ version: VERSION });
}
