import { describe, expect, it } from 'vitest';
import { accountOf, queuePrefix } from '../src/account.ts';

const REAL = {
  httpBaseUrl: 'https://dashscope.aliyuncs.com/api/v1',
  realtimeUrl: 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime',
};

describe('account', () => {
  it("is the real service only when every address is the service's own", () => {
    const inferenceUrl = 'ws://127.0.0.1:9/api-ws/v1/inference';
    expect(accountOf({ ...REAL, apiKey: 'k', inferenceUrl }).realm).toBe('local');
    expect(accountOf({ ...REAL, apiKey: 'k', inferenceUrl: 'wss://ws-1.cn-beijing.maas.aliyuncs.com/x' }).realm).toBe(
      'dashscope',
    );
    expect(accountOf({ ...REAL, apiKey: 'k' }).realm).toBe('dashscope');
    expect(accountOf({ ...REAL, apiKey: 'k', realtimeUrl: 'ws://127.0.0.1:9/x' }).realm).toBe('local');
    expect(accountOf({ ...REAL, apiKey: 'k', httpBaseUrl: 'http://simulator:8080/api/v1' }).realm).toBe('local');
    expect(accountOf({ ...REAL, apiKey: 'k', httpBaseUrl: 'https://aliyuncs.com.evil.example/api/v1' }).realm).toBe(
      'local',
    );
  });

  it('holds nothing of the key, and differs by key and region', () => {
    const one = accountOf({ ...REAL, apiKey: 'sk-very-secret' });
    expect(one.id).not.toContain('secret');
    expect(accountOf({ ...REAL, apiKey: 'another' }).id).not.toBe(one.id);
    expect(
      accountOf({
        ...REAL,
        apiKey: 'sk-very-secret',
        httpBaseUrl: REAL.httpBaseUrl.replace('dashscope', 'dashscope-intl'),
      }).id,
    ).not.toBe(one.id);
  });

  it('gives each store, and each simulating process, queues of its own', () => {
    const account = accountOf({ ...REAL, apiKey: 'k' });
    const names = [{ storeId: 'a' }, { storeId: 'b' }, { storeId: 'a', only: 'p' }].map((of) =>
      queuePrefix({ account, ...of }),
    );
    expect(new Set(names).size).toBe(3);
  });
});
