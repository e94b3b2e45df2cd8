/** A real recogniser hears real recordings, over the wire: pocketsphinx, where it and the recordings of the bench are there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOwnRecogniser } from '../../src/hearing/own-recogniser.ts';
import type { Hearing } from '../../src/hearing/recogniser.ts';
import { compareWords } from '../../src/qc/words/compare-words.ts';
import { hasWideband, wideband } from '../bench/ears/wideband.ts';
import { hasPocketsphinx, startPocketsphinx } from './pocketsphinx-server.ts';

/** Seven seconds in all; the bench hears the rest. */
const TEXTS = {
  'conf-invalidpin': 'That pin is invalid for this conference.',
  'vm-calldiffnum': 'press 2 to enter a different number',
};
const NAMES = Object.keys(TEXTS) as (keyof typeof TEXTS)[];

const missing = [
  ...(hasPocketsphinx ? [] : ['pocketsphinx and pocketsphinx-en-us']),
  ...(hasWideband ? [] : ['the recordings (npm run bench ears downloads them)']),
];
describe.skipIf(missing.length > 0)(
  `with ${missing.length > 0 ? `${missing.join(', ')}, not here` : 'pocketsphinx'}`,
  () => {
    let server: Awaited<ReturnType<typeof startPocketsphinx>>;
    const heard = new Map<string, Hearing>();
    const hear = (samples: Int16Array): Promise<Hearing> =>
      createOwnRecogniser({ url: server.url, model: 'pocketsphinx' }).hear({
        pcm: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
        sampleRateHz: 16_000,
        language: 'en',
      });
    beforeAll(async () => {
      server = await startPocketsphinx();
      for (const name of NAMES) heard.set(name, await hear(await wideband(name)));
    }, 60_000);
    afterAll(() => server.close());

    it('finds nothing wrong with what is said right, and tells when each word is', () => {
      for (const name of NAMES) {
        const { text, words } = heard.get(name)!;
        expect(compareWords({ text: TEXTS[name], language: 'en' }, { text }).verdict, text).toBe('ok');
        expect(words!.length).toBeGreaterThan(4);
        expect(words!.every((word, at) => word.startSeconds >= (words![at - 1]?.endSeconds ?? 0))).toBe(true);
      }
    });

    it('finds another text, and a piece that is said twice', async () => {
      for (const [at, name] of NAMES.entries()) {
        const other = TEXTS[NAMES[(at + 1) % NAMES.length]!];
        expect(compareWords({ text: other, language: 'en' }, heard.get(name)!).verdict).toBe('drift');
      }
      const once = await wideband('vm-calldiffnum');
      const twice = new Int16Array(2 * once.length);
      twice.set(once);
      twice.set(once, once.length);
      const { findings } = compareWords({ text: TEXTS['vm-calldiffnum'], language: 'en' }, await hear(twice));
      expect(findings[0]?.kind).toMatch(/^(repeated|after-end|added)$/);
    }, 60_000);
  },
);
