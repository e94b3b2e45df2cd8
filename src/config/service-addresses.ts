/** Where the service is: one place for each of its protocols, from the settings that name it. */
import { ConfigError, nonEmpty, url } from './values.ts';

/** Addresses of the service, without a slash at the end. */
export interface ServiceAddresses {
  /** Base URL of the HTTP API that the first family uses. */
  httpBaseUrl: string;
  /** WebSocket endpoint of the first family, without the `model` query. */
  realtimeUrl: string;
  /** WebSocket endpoint of the successor family. */
  inferenceUrl: string;
  /** Base URL of the HTTP API that the successor family uses for its voices. */
  inferenceHttpUrl: string;
}

/** Regions whose addresses are known; the speech documents give only these. */
const REGIONS = {
  'cn-beijing': {
    names: ['beijing'],
    http: 'https://dashscope.aliyuncs.com/api/v1',
    realtime: 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime',
    inference: 'wss://dashscope.aliyuncs.com/api-ws/v1/inference',
  },
  'ap-southeast-1': {
    names: ['singapore'],
    http: 'https://dashscope-intl.aliyuncs.com/api/v1',
    realtime: 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime',
    inference: 'wss://dashscope-intl.aliyuncs.com/api-ws/v1/inference',
  },
} as const;
type Region = keyof typeof REGIONS;

const DEFAULT_REGION: Region = 'cn-beijing';
const SOCKET = ['ws:', 'wss:'];

/**
 * Reads the addresses. The successor's socket is, in this order: `DASHSCOPE_INFERENCE_URL`; the host of
 * `DASHSCOPE_REALTIME_URL`; the host of `DASHSCOPE_WORKSPACE_ID` in `DASHSCOPE_REGION`; the region's common host. Throws
 * `ConfigError`.
 */
export function serviceAddresses(env: NodeJS.ProcessEnv): ServiceAddresses {
  const region = regionOf(env);
  const common = REGIONS[region];
  const workspace = workspaceOf(env);
  const ofWorkspace = workspace === undefined ? undefined : `${workspace}.${region}.maas.aliyuncs.com`;
  const realtimeUrl = url('DASHSCOPE_REALTIME_URL', env, common.realtime, SOCKET);
  const httpBaseUrl = url('DASHSCOPE_HTTP_BASE_URL', env, common.http, ['http:', 'https:']);
  const namesRealtime = nonEmpty(env['DASHSCOPE_REALTIME_URL']) !== undefined;
  const namesHttp = nonEmpty(env['DASHSCOPE_HTTP_BASE_URL']) !== undefined;
  const inference = ofWorkspace === undefined ? common.inference : `wss://${ofWorkspace}/api-ws/v1/inference`;
  const inferenceHttp = ofWorkspace === undefined ? common.http : `https://${ofWorkspace}/api/v1`;
  return {
    httpBaseUrl,
    realtimeUrl,
    inferenceUrl: url('DASHSCOPE_INFERENCE_URL', env, namesRealtime ? besideRealtime(realtimeUrl) : inference, SOCKET),
    inferenceHttpUrl: namesHttp ? httpBaseUrl : inferenceHttp,
  };
}

/** `…/realtime` → `…/inference` on the same host; any other path is kept as it is in front. */
function besideRealtime(realtimeUrl: string): string {
  return realtimeUrl.replace(/\/realtime$/, '').concat('/inference');
}

function regionOf(env: NodeJS.ProcessEnv): Region {
  const text = nonEmpty(env['DASHSCOPE_REGION'])?.toLowerCase();
  if (text === undefined) return DEFAULT_REGION;
  const found = Object.entries(REGIONS).find(
    ([id, { names }]) => id === text || (names as readonly string[]).includes(text),
  );
  if (found === undefined) {
    throw new ConfigError(
      `DASHSCOPE_REGION must be one of ${Object.keys(REGIONS).join(', ')}, not "${text}". For another region, set DASHSCOPE_INFERENCE_URL and DASHSCOPE_HTTP_BASE_URL.`,
    );
  }
  return found[0] as Region;
}

function workspaceOf(env: NodeJS.ProcessEnv): string | undefined {
  const workspace = nonEmpty(env['DASHSCOPE_WORKSPACE_ID']);
  if (workspace !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(workspace))
    throw new ConfigError('DASHSCOPE_WORKSPACE_ID must have letters, digits and hyphens only, such as ws-1a2b3c.');
  return workspace;
}
