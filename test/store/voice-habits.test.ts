import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskStore } from '../../src/store/disk.ts';
import type { Store } from '../../src/store/store.ts';
import { openVoiceHabits } from '../../src/store/voice-habits.ts';

const VOICE = { voiceId: 'v', model: 'm', languageType: 'English' };
const HABIT = {
  pace: 1,
  speechDbfs: -20,
  heard: { soundingPace: 0.8, startDb: -60, endsDb: [-60, -60, -60, -60] as const },
};
const keyOf = (i: number) => `${i.toString(16).padStart(8, '0')}${'ab'.repeat(28)}`;

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'habits-'));
  store = await openDiskStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('openVoiceHabits', () => {
  it('knows on another machine what one has learned', async () => {
    const one = openVoiceHabits(store);
    for (let i = 0; i < 8; i++) await one.learn(VOICE, keyOf(i), HABIT);
    const other = openVoiceHabits(store);
    expect(await other.of(VOICE, keyOf(99))).toMatchObject({ pace: 1, soundingPace: 0.8, startDb: -60 });
    expect(await other.of({ ...VOICE, voiceId: 'w' }, keyOf(99))).toBeUndefined();
  });

  it('judges no take by what that take has shown', async () => {
    const habits = openVoiceHabits(store);
    for (let i = 0; i < 8; i++) await habits.learn(VOICE, keyOf(i), HABIT);
    expect(await habits.of(VOICE, keyOf(3))).toBeUndefined();
  });

  it('stays small, and names no take', async () => {
    const habits = openVoiceHabits(store);
    await Promise.all(Array.from({ length: 200 }, (_, i) => habits.learn(VOICE, keyOf(i), HABIT)));
    const keys = await store.listRecords('voice-habit');
    expect(keys.length).toBeLessThanOrEqual(8);
    for (const key of keys) {
      const text = JSON.stringify(await store.readRecord('voice-habit', key));
      expect(text.length).toBeLessThan(2_000);
      expect(text).not.toMatch(/[0-9a-f]{64}/);
    }
  });

  it('learns nothing from a damaged record, and does not fail', async () => {
    const habits = openVoiceHabits(store);
    for (let i = 0; i < 8; i++) await habits.learn(VOICE, keyOf(i), HABIT);
    for (const key of await store.listRecords('voice-habit'))
      await store.writeRecord('voice-habit', key, { takes: { a: 1 } });
    expect(await openVoiceHabits(store).of(VOICE, keyOf(99))).toBeUndefined();
  });
});
