/** The test server for S3 in a process of its own, so that its work is not counted as the client's: `s3-process.ts [latency in ms]`. */
import { startS3Server } from './s3-server.ts';

const server = await startS3Server({ latencyMs: Number(process.argv[2] ?? 0) });
console.log(JSON.stringify(server.env));
