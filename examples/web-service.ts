/**
 * One book in a web service: `POST /` speaks the book and answers with its events, one JSON document a line, while they
 * happen. A client that hangs up ends the run; what was spoken is kept, so that the next request goes on from there.
 *
 *     npx tsx examples/web-service.ts manifests/hello.yaml
 *     curl -N -X POST http://127.0.0.1:8080/
 */
import { createServer } from 'node:http';
import { ManifestError, openPipeline } from 'narration-pipeline';

const [manifest = 'manifests/hello.yaml', port = '8080'] = process.argv.slice(2);
const pipeline = openPipeline({ simulate: true });

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end();
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const run = pipeline.run(manifest, { signal: gone.signal, lock: false });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for await (const event of run) response.write(`${JSON.stringify(event)}\n`);
  // The failure is told after the events, which have been sent already.
  await run.finished.catch((error: unknown) => {
    const diagnostics = error instanceof ManifestError ? error.diagnostics : [];
    response.write(`${JSON.stringify({ type: 'error', message: String(error), diagnostics })}\n`);
  });
  response.end();
});

server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}/`);
});
