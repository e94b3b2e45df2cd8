/** OpenTelemetry traces, loaded only when they are wanted. */
import type { Config } from '../config/config.ts';
import type { Tracing } from '../observe/tracing.ts';
import { withPackages } from './optional-packages.ts';
import { VERSION } from './version.ts';

/** Starts to send traces when the environment names an endpoint; see src/observe/tracing.ts. */
export async function openTraces(config: Config): Promise<Tracing | undefined> {
  if (!config.tracing) return undefined;
  // The packages are loaded when tracing starts.
  return withPackages('traces', async () => (await import('../observe/tracing.ts')).startTracing({ version: VERSION }));
}
