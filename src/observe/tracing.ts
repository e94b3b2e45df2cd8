/** OpenTelemetry traces of the queue, when an endpoint is configured. */
import type { Telemetry } from '../queue/telemetry.ts';

/** Traces that are under way to the endpoint. */
export interface Tracing {
  /** For the queue's objects. */
  telemetry: Telemetry;
  /** Sends what is left; waits a few seconds at most. */
  close(): Promise<void>;
}

/** Longest wait for the last spans, in milliseconds. */
const LAST_SPANS_MS = 3_000;

/**
 * Starts sending spans by OTLP over HTTP. The endpoint and its headers are read from the standard OTEL_* variables by the
 * exporter itself; an endpoint that does not answer costs nothing but the spans.
 */
export async function startTracing({ version }: { version: string }): Promise<Tracing> {
  const [{ BullMQOtel }, { OTLPTraceExporter }, sdk, { resourceFromAttributes, defaultResource }] = await Promise.all([
    import('bullmq-otel'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/resources'),
  ]);
  // A name given in OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES wins over ours.
  const resource = resourceFromAttributes({ 'service.name': 'narration-pipeline', 'service.version': version }).merge(
    defaultResource(),
  );
  const provider = new sdk.NodeTracerProvider({
    resource,
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return {
    telemetry: new BullMQOtel({ tracerName: 'narration-pipeline', meterName: 'narration-pipeline', version }),
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LAST_SPANS_MS);
      });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
