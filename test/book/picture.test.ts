import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { imageProblem } from '../../src/book/cover/cover-image.ts';
import { quickFfmpeg } from '../quick-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'picture-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ffmpeg = await quickFfmpeg();

/** A real picture of 300 × 300 with much in it. */
function picture(name: string): Buffer {
  const args = ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=300x300', '-frames:v', '1'];
  execFileSync(ffmpeg.path, [...args, join(folder, name)]);
  return readFileSync(join(folder, name));
}

describe.each([
  ['a.png', 'image/png'],
  ['a.jpg', 'image/jpeg'],
])('%s', (name, mediaType) => {
  const whole = picture(name);

  it('is fine when it is whole, also with something behind its end', () => {
    expect(imageProblem(whole, mediaType)).toBeUndefined();
    expect(imageProblem(Buffer.concat([whole, Buffer.from('more')]), mediaType)).toBeUndefined();
  });

  it('is known wherever it is cut off', () => {
    for (let length = 12; length < whole.length; length += Math.ceil(whole.length / 50)) {
      expect(imageProblem(whole.subarray(0, length), mediaType), `${length} bytes`).toMatch(/^is (truncated|damaged)$/);
    }
  });
});

it('knows a PNG with a changed byte, and endless or empty chunks', () => {
  const png = Buffer.from(picture('b.png'));
  png[200]! ^= 1;
  expect(imageProblem(png, 'image/png')).toBe('is damaged');
  const endless = Buffer.concat([png.subarray(0, 8), Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from('IHDR')]);
  expect(imageProblem(Buffer.concat([endless, Buffer.alloc(40)]), 'image/png')).toBe('is truncated');
  expect(imageProblem(Buffer.from([0xff, 0xd8, 0xff, ...Array(50).fill(0xff)]), 'image/jpeg')).toBe('is truncated');
});
