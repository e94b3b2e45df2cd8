import { describe, expect, it } from 'vitest';
import { createSampleReader, dbFromGain, gainFromDb, parseWavHeader, wavHeader } from '../../src/audio/pcm.ts';
import { bytesOf, sine } from './signals.ts';

describe('sample reader', () => {
  it('gives the same samples however the bytes are cut and wherever they lie in memory', () => {
    const samples = sine(440, -6, 0.1);
    for (const step of [1, 2, 3, 7, 1001]) {
      // One byte in front puts every chunk at an odd address.
      const bytes = Buffer.concat([Buffer.from([9]), bytesOf(samples)]).subarray(1);
      const reader = createSampleReader();
      const read: number[] = [];
      for (let i = 0; i < bytes.length; i += step) read.push(...reader.read(bytes.subarray(i, i + step)));
      expect(read).toEqual([...samples]);
      expect(reader.pendingBytes()).toBe(0);
    }
  });

  it('says when the stream ends inside a sample', () => {
    const reader = createSampleReader();
    expect([...reader.read(Buffer.from([1, 0, 2]))]).toEqual([1]);
    expect([...reader.read(Buffer.alloc(0))]).toEqual([]);
    expect(reader.pendingBytes()).toBe(1);
  });
});

describe('WAV header', () => {
  const header = wavHeader({ sampleRateHz: 24_000, channels: 2, dataBytes: 400 });

  it('reads what it wrote', () => {
    expect(parseWavHeader(header)).toEqual({
      encoding: 'pcm',
      sampleRateHz: 24_000,
      channels: 2,
      bitsPerSample: 16,
      dataOffset: 44,
      dataBytes: 400,
    });
  });

  it('does not believe the sizes that streams write', () => {
    for (const size of [0, 0xffff_ffff]) {
      const lying = Buffer.from(header);
      lying.writeUInt32LE(size, 40);
      expect(parseWavHeader(lying)).toMatchObject({ dataBytes: null });
    }
  });

  it('steps over chunks of odd length and reads the extensible format', () => {
    const format = Buffer.alloc(48);
    format.write('fmt ', 0);
    format.writeUInt32LE(40, 4);
    header.copy(format, 8, 20, 36);
    format.writeUInt16LE(0xfffe, 8);
    format.writeUInt16LE(3, 8 + 24);
    const odd = Buffer.from('note\x03\0\0\0abc\0', 'latin1');
    const file = Buffer.concat([header.subarray(0, 12), odd, format, header.subarray(36)]);
    expect(parseWavHeader(file)).toMatchObject({ encoding: 'float', channels: 2, dataOffset: 12 + 12 + 48 + 8 });
    for (let length = 0; length < file.length; length++) {
      expect(parseWavHeader(file.subarray(0, length))).toBe('incomplete');
    }
  });

  it('knows what is no WAV', () => {
    expect(parseWavHeader(Buffer.from('ID3'))).toBeNull();
    expect(parseWavHeader(Buffer.from('RIFF\0\0\0\0AVI LIST'))).toBeNull();
    expect(parseWavHeader(Buffer.concat([header.subarray(0, 12), header.subarray(36)]))).toBeNull();
  });
});

it('converts decibels both ways', () => {
  expect(gainFromDb(-6.0206)).toBeCloseTo(0.5, 5);
  expect(dbFromGain(gainFromDb(-23))).toBeCloseTo(-23, 10);
  expect(dbFromGain(0)).toBe(-Infinity);
});
