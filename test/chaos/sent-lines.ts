/** Reads the lines of a storm's book out of what a machine sends to the service, by any engine. */

/** Takes what one connection sends, piece by piece; answers the lines of which the last byte has passed, such as `3 1:7`. */
export type LineReader = (bytes: Buffer) => string[];

/** The name of a line: its storm, chapter and number; undefined for another text. See book.ts. */
export function lineIn(text: string): string | undefined {
  const [, line, chapter, storm] = LINE.exec(text) ?? [];
  return line === undefined ? undefined : `${storm} ${chapter}:${line}`;
}

const LINE = /Line (\d+) of chapter (\d+) in storm (\d+) of the year\./;

/** Reads a call, or after its handshake the frames of a socket, whose client masks them (RFC 6455, 5.3). */
export function lineReader(): LineReader {
  let rest: Buffer = Buffer.alloc(0);
  let isSocket: boolean | undefined;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (isSocket === undefined) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return [];
      isSocket = rest.subarray(0, 4).toString() === 'GET ';
      if (isSocket) rest = rest.subarray(end + 4);
    }
    if (!isSocket) {
      const line = lineIn(rest.toString('latin1'));
      // One call has one text.
      if (line !== undefined) rest = Buffer.alloc(0);
      return line === undefined ? [] : [line];
    }
    const lines: string[] = [];
    for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
      rest = rest.subarray(frame.byteLength);
      const line = lineIn(frame.text);
      if (line !== undefined) lines.push(line);
    }
    return lines;
  };
}

function firstFrame(bytes: Buffer): { byteLength: number; text: string } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskAt = 2 + lengthBytes;
  if (bytes.length < maskAt + 4) return undefined;
  const length =
    lengthBytes === 2 ? bytes.readUInt16BE(2) : lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  const from = maskAt + 4;
  if (bytes.length < from + length) return undefined;
  const text = Buffer.from(bytes.subarray(from, from + length));
  for (let at = 0; at < text.length; at++) text[at]! ^= bytes[maskAt + (at & 3)]!;
  return { byteLength: from + length, text: text.toString() };
}
