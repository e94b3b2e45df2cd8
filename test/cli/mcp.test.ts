/** `pipeline mcp` as an assistant uses it: the SDK's own client, the built program as a child process, the simulator inside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_FLAGS } from '../node-flags.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { BUNDLED_FFMPEG } from '../quick-environment.ts';
import { makeRig, type Rig, writeBook } from './rig.ts';

const PROGRAM = resolve('dist/src/cli/main.js');

let rig: Rig;
let client: Client;
/** A shared queue opens faster than one in the program. */
let redis: TestRedis | undefined;
/** What the person answers to the question about the sum. */
let yes = true;
const asked: string[] = [];

beforeAll(async () => {
  [rig, redis] = await Promise.all([makeRig(), startRedis()]);
  await writeBook(rig, { formats: 'mp3' });
  client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
    asked.push(params.message);
    return yes ? { action: 'accept', content: {} } : { action: 'decline' };
  });
  await client.connect(
    new StdioClientTransport({
      ...{ command: process.execPath, args: [...NODE_FLAGS, PROGRAM, 'mcp', '--simulate'], cwd: rig.folder },
      env: {
        ...environment(),
        ...(redis && { REDIS_URL: redis.url }),
        ...(BUNDLED_FFMPEG && { FFMPEG_PATH: BUNDLED_FFMPEG }),
      },
    }),
  );
}, 60_000);
afterAll(async () => {
  await client?.close();
  await rig?.destroy();
  await redis?.stop();
});

function environment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many kinds.
type Answer = { data: any; text: string; isError: boolean };

async function call(name: string, args: object, options: Parameters<Client['callTool']>[2] = {}): Promise<Answer> {
  const result = await client.callTool({ name, arguments: { ...args } }, undefined, options);
  const [content] = result.content as { text: string }[];
  return { data: result.structuredContent, text: content?.text ?? '', isError: result.isError === true };
}

describe('the MCP server', () => {
  it('has six tools, of which only two spend', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['check', 'plan', 'retake', 'run', 'status', 'suspects']);
    const spends = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name);
    expect(spends.sort()).toEqual(['retake', 'run']);
  });

  it('spends nothing without a plan that was shown and a sum that was agreed', async () => {
    expect((await call('check', { manifest: 'book.yaml' })).data).toMatchObject({ ok: true });
    expect(await call('plan', { manifest: 'none.yaml' })).toMatchObject({
      isError: true,
      data: { code: 'manifest-mistakes' },
    });

    const { data: planned } = await call('plan', { manifest: 'book.yaml' });
    expect(planned).toMatchObject({ tool: 'run', segments: { synthesize: 5 }, price: expect.stringMatching(/ CNY$/) });
    const { plan, price, sum } = planned;
    const refused = async (args: object, code: string, tool = 'run'): Promise<void> => {
      const { isError, data, text } = await call(tool, args);
      expect({ isError, code: data.code }).toEqual({ isError: true, code });
      expect(text).toContain('Nothing was sent.');
    };
    await refused({ plan: 'made-up', agreed: price }, 'no-plan');
    await refused({ plan, agreed: price }, 'other-plan', 'retake');
    await refused({ plan, agreed: '0.0001 CNY' }, 'sum-too-small');
    await refused({ plan, agreed: '5' }, 'wrong-sum');
    yes = false;
    await refused({ plan, agreed: sum }, 'declined');
    expect(asked).toEqual([
      `Narration pipeline: spend up to ${sum}? The price by the plan is ${price} (simulated: nothing is charged).`,
    ]);
    yes = true;
    expect((await call('status', {})).data).toMatchObject({ total: 0 });

    // The text has grown since the plan was shown.
    await rig.write(
      'two.txt',
      'The wind had turned.\n\n[mara] Listen!\n\nThey listened, and heard the bell of the light.',
    );
    await refused({ plan, agreed: '100 CNY' }, 'price-risen');
  }, 60_000);

  it('runs a planned book with progress, once; then tells its state, and speaks a line again', async () => {
    const { data: planned } = await call('plan', { manifest: 'book.yaml' });
    const agreement = { plan: planned.plan, agreed: planned.sum };
    const progress: number[] = [];
    const ran = await call('run', agreement, { onprogress: (one) => progress.push(one.progress) });
    expect(ran.text).toMatch(/^Delivered to .*5 segments spoken/);
    expect(ran.data).toMatchObject({ ok: true, simulated: true, failed: 0, segments: { synthesized: 5 } });
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect((await call('run', agreement)).data).toMatchObject({ code: 'no-plan' });

    expect((await call('status', { book: 'a small' })).data).toMatchObject({ total: 1, books: [{ status: 'done' }] });
    expect((await call('suspects', { manifest: 'book.yaml' })).data).toMatchObject({ lines: 5, notSpoken: 0 });

    const { data: offer } = await call('plan', { manifest: 'book.yaml', retake: { line: '1:2', takes: 2 } });
    expect(offer).toMatchObject({ tool: 'retake', line: '1:2', takes: [2, 3] });
    const { data: retaken } = await call('retake', { plan: offer.plan, agreed: offer.sum });
    expect(retaken).toMatchObject({
      line: '1:2',
      simulated: true,
      failures: [],
      takes: [{ number: 2 }, { number: 3 }],
    });
    expect(await call('plan', { manifest: 'book.yaml', retake: { line: '9:9' } })).toMatchObject({ isError: true });

    // Nothing is left to pay, so nobody is asked.
    const before = asked.length;
    const { data: again } = await call('plan', { manifest: 'book.yaml' });
    expect(again.price).toBe('0 CNY');
    const free = await call('run', { plan: again.plan, agreed: '0 CNY' });
    expect(free.data).toMatchObject({ ok: true, segments: { synthesized: 0, reused: 5 } });
    expect(asked.length).toBe(before);
  }, 120_000);

  it('stops a run that the client cancels, and goes on from there', async () => {
    await rig.write('two.txt', 'One more word.\n\n[mara] And another.');
    const { data: planned } = await call('plan', { manifest: 'book.yaml' });
    const stop = new AbortController();
    const cancelled = call('run', { plan: planned.plan, agreed: planned.sum }, { signal: stop.signal });
    setTimeout(() => stop.abort(), 300);
    await expect(cancelled).rejects.toThrow();
    const { data: rest } = await call('plan', { manifest: 'book.yaml' });
    const { data } = await call('run', { plan: rest.plan, agreed: rest.sum });
    expect(data).toMatchObject({ ok: true, segments: { failed: 0 } });
  }, 60_000);

  it('ends when the client closes stdin, and prints nothing but the protocol', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'mcp', '--simulate'], { cwd: rig.folder, env: environment() });
    let printed = '';
    child.stdout.on('data', (piece) => {
      printed += piece;
    });
    child.stdin.end(
      `${JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
      })}\n`,
    );
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(
      printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual([1]);
  }, 30_000);
});
