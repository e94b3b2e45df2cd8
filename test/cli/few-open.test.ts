/** A few things are open at once; none that has work under way is closed for another one. */
import { expect, it } from 'vitest';
import { fewOpen } from '../../src/cli/watch/few-open.ts';

function opened(most: number) {
  const busy = new Set<string>();
  const log: string[] = [];
  const few = fewOpen({
    most,
    open: async (name) => {
      log.push(`open ${name}`);
      if (name === 'broken') throw new Error('broken');
      return { name, isBusy: () => busy.has(name), close: async () => void log.push(`close ${name}`) };
    },
    onFault: (error) => log.push(String(error)),
  });
  return { few, busy, log };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

it('closes what was asked for longest ago, and opens it again when it is asked for', async () => {
  const { few, log } = opened(2);
  for (const name of ['a', 'b', 'a', 'c', 'b']) {
    await few.get(name);
    await settled();
  }
  expect(log).toEqual(['open a', 'open b', 'open c', 'close b', 'open b', 'close a']);
  await few.close();
  expect(log.slice(-2).sort()).toEqual(['close b', 'close c']);
});

it('closes nothing that is busy, and makes up for it later', async () => {
  const { few, busy, log } = opened(1);
  busy.add('a');
  for (const name of ['a', 'b']) await few.get(name);
  await settled();
  expect(log).toEqual(['open a', 'open b']);
  busy.delete('a');
  await few.get('c');
  await settled();
  expect(log.slice(2)).toEqual(['open c', 'close a', 'close b']);
});

it('opens again what could not be opened', async () => {
  const { few, log } = opened(1);
  await expect(few.get('broken')).rejects.toThrow('broken');
  await expect(few.get('broken')).rejects.toThrow('broken');
  expect(log).toEqual(['open broken', 'open broken']);
});
