/** Our S3 operations, on one bucket and below one prefix; the only file that knows the SDK's commands. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachment } from './attachment.ts';
import { errorResponseOf, isNetworkError, toS3Error } from './failure.ts';
import { type BucketOptions, boundBy, connections, openPatience, type Patience } from './patience.ts';
import { addressOf, type S3Place } from './place.ts';
import { patientRetries } from './retry-strategy.ts';
import { SILENT } from './silent-logger.ts';

/**
 * Larger objects are uploaded in parts of this size, in bytes. With at most ten thousand parts: 78 GB, an M4B of 2,000
 * hours.
 */
const PART_BYTES = 8 * 1024 * 1024;
/** Concurrent parts of one object; each is held in memory. */
const PARTS_AT_ONCE = 4;
/** Attempts at an object whose answer breaks off half way. */
const MOST_TRIES = 6;
/** Attempts of a conditional write that collided with another one (409). */
const CONFLICT_TRIES = 5;

/** The result of a conditional write. */
export type ConditionalPutResult = { done: true; etag: string | undefined } | { done: false };

/** The condition of a write: the object does not exist, or is unchanged since it was read. */
export type Condition = { ifNoneMatch: '*' } | { ifMatch: string };

/** Metadata of an object. */
export interface ObjectMetadata {
  /** Digest of the content, in hex. */
  sha256: string;
  mediaType: string;
}

/** An object of a list. */
export interface ListedObject {
  /** Without the prefix of the place. */
  name: string;
  byteLength: number;
  etag: string;
  /** When it was last written, by the server's clock, in milliseconds since 1970. */
  modifiedMs: number;
}

/** Makes no request yet: the first request connects. */
export class Bucket {
  readonly place: S3Place;
  readonly location: string;
  readonly #client: S3Client;
  readonly #patience: Patience;

  constructor(place: S3Place, { notice, stop, times }: BucketOptions = {}) {
    this.place = place;
    this.location = addressOf(place);
    this.#patience = openPatience(stop, times);
    this.#client = new S3Client({
      ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
      ...(place.region === undefined ? {} : { region: place.region }),
      forcePathStyle: place.pathStyle,
      followRegionRedirects: false,
      retryStrategy: patientRetries({
        patience: this.#patience,
        onStrain: (share) => notice?.(strainText(this.location, share)),
      }),
      // Each body is signed with its SHA-256, which every server checks; not every server supports the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: connections(times),
      // It would log to stderr, about libraries and sockets.
      logger: SILENT,
    });
    boundBy(this.#patience, this.#client);
  }

  /** The object's bytes from `start` on; undefined when there is none. */
  async get(name: string, { start = 0 } = {}): Promise<{ body: Readable; etag: string | undefined } | undefined> {
    return this.#send('GetObject', async () => {
      try {
        const command = new GetObjectCommand({
          ...this.#object(name),
          ...(start === 0 ? {} : { Range: `bytes=${start}-` }),
        });
        const { Body, ETag } = await this.#client.send(command);
        if (!(Body instanceof Readable)) throw new Error('Internal error: the SDK gave no stream.');
        return { body: Body, etag: ETag };
      } catch (error) {
        return undefinedIfMissing(error);
      }
    });
  }

  /** A small object as text; undefined when there is none. The SDK does not repeat a request whose answer breaks off. */
  async getText(name: string): Promise<{ text: string; etag: string | undefined } | undefined> {
    return this.#send('GetObject', async () => {
      for (let tries = 1; ; tries++) {
        try {
          const { Body, ETag } = await this.#client.send(new GetObjectCommand(this.#object(name)));
          return { text: (await Body?.transformToString('utf8')) ?? '', etag: ETag };
        } catch (error) {
          if (!isNetworkError(error)) return undefinedIfMissing(error);
          if (tries >= MOST_TRIES) throw error;
        }
      }
    });
  }

  /** Size of the object in bytes; undefined when there is none. */
  async size(name: string): Promise<number | undefined> {
    return this.#send('HeadObject', async () => {
      try {
        return (await this.#client.send(new HeadObjectCommand(this.#object(name)))).ContentLength;
      } catch (error) {
        return undefinedIfMissing(error);
      }
    });
  }

  /** Writes a small object atomically. */
  async put(name: string, bytes: string | Uint8Array): Promise<void> {
    await this.#send('PutObject', () =>
      this.#client.send(new PutObjectCommand({ ...this.#object(name), Body: bytes })),
    );
  }

  /** Writes a small object if the condition holds at the server at that moment. */
  async putIf(name: string, bytes: string, condition: Condition): Promise<ConditionalPutResult> {
    const when = 'ifMatch' in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: condition.ifNoneMatch };
    return this.#send('PutObject', async () => {
      for (let tries = 1; ; tries++) {
        try {
          const command = new PutObjectCommand({ ...this.#object(name), Body: bytes, ...when });
          return { done: true, etag: (await this.#client.send(command)).ETag };
        } catch (error) {
          const status = errorResponseOf(error)?.status;
          // 404: the object to match no longer exists.
          if (
            status === 412 ||
            (status === 404 && 'ifMatch' in condition && errorResponseOf(error)?.name === 'NoSuchKey')
          )
            return { done: false };
          // Two writers at the same moment: the server rejects both and asks for a retry.
          if (status !== 409 || tries >= CONFLICT_TRIES) throw error;
        }
      }
    });
  }

  /**
   * Size of the object, and the digest of its content if its writer recorded one; undefined when there is no object.
   */
  async describe(name: string): Promise<{ byteLength: number; sha256: string | undefined } | undefined> {
    return this.#send('HeadObject', async () => {
      try {
        const { ContentLength, Metadata } = await this.#client.send(new HeadObjectCommand(this.#object(name)));
        return { byteLength: ContentLength ?? 0, sha256: Metadata?.['sha256'] };
      } catch (error) {
        return undefinedIfMissing(error);
      }
    });
  }

  /**
   * Uploads a local file: in one piece when it is small, otherwise in parts that become visible when all are there.
   * `note` becomes metadata of the object: the digest for `describe`, the media type for readers.
   */
  async putFile(name: string, path: string, byteLength: number, metadataIn?: ObjectMetadata): Promise<void> {
    const metadata =
      metadataIn === undefined ? {} : { Metadata: { sha256: metadataIn.sha256 }, ContentType: metadataIn.mediaType };
    await this.#send('PutObject', async () => {
      if (byteLength <= PART_BYTES) {
        await this.#client.send(
          new PutObjectCommand({ ...this.#object(name), ...metadata, Body: await readFile(path) }),
        );
        return;
      }
      const upload = new Upload({
        client: this.#client,
        params: { ...this.#object(name), ...metadata, Body: createReadStream(path), ContentLength: byteLength },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      });
      await upload.done();
    });
  }

  /** Copies an object to another name, inside the server. */
  async copy(from: string, to: string): Promise<void> {
    const { Bucket: bucket, Key: key } = this.#object(from);
    const source = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    await this.#send('CopyObject', () =>
      this.#client.send(new CopyObjectCommand({ ...this.#object(to), CopySource: source })),
    );
  }

  /** Does nothing when there is none. */
  async delete(name: string): Promise<void> {
    await this.#send('DeleteObject', () => this.#client.send(new DeleteObjectCommand(this.#object(name))));
  }

  /** What changes when the object is written again; undefined when there is none. */
  async versionOf(name: string): Promise<{ etag: string; modifiedMs: number } | undefined> {
    return this.#send('HeadObject', async () => {
      try {
        const { ETag = '', LastModified } = await this.#client.send(new HeadObjectCommand(this.#object(name)));
        return { etag: ETag, modifiedMs: LastModified?.getTime() ?? 0 };
      } catch (error) {
        return undefinedIfMissing(error);
      }
    });
  }

  /** All objects with this prefix. */
  async *list(folder: string): AsyncGenerator<ListedObject> {
    const { Bucket: bucket, Key: prefix } = this.#object(folder);
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: bucket, Prefix: prefix });
    for (;;) {
      const page = await this.#send('ListObjectsV2', () => pages.next());
      if (page.done === true) return;
      for (const { Key, Size = 0, ETag = '', LastModified } of page.value.Contents ?? []) {
        if (Key === undefined) continue;
        const name = Key.slice(this.place.prefix.length);
        yield { name, byteLength: Size, etag: ETag, modifiedMs: LastModified?.getTime() ?? 0 };
      }
    }
  }

  /**
   * Up to a thousand objects of a folder with their ETags, in the order of their names, starting with the first one
   * after `after`, and whether the list ends there.
   */
  async page(
    folder: string,
    { after }: { after: string },
  ): Promise<{ objects: { name: string; byteLength: number; etag: string }[]; isLast: boolean }> {
    const { Bucket: bucket, Key: prefix } = this.#object(folder);
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: this.#object(after).Key });
    const { Contents = [], IsTruncated } = await this.#send('ListObjectsV2', () => this.#client.send(command));
    const objects = Contents.map(({ Key = '', Size = 0, ETag = '' }) => {
      return { name: Key.slice(this.place.prefix.length), byteLength: Size, etag: ETag };
    });
    return { objects, isLast: IsTruncated !== true };
  }

  /** A link with which anyone can download the object, without credentials, until it expires. Makes no request. */
  async signedUrl(
    name: string,
    { fileName, expiresSeconds }: { fileName: string; expiresSeconds: number },
  ): Promise<string> {
    const command = new GetObjectCommand({ ...this.#object(name), ResponseContentDisposition: attachment(fileName) });
    return this.#send('GetObject', () => getSignedUrl(this.#client, command, { expiresIn: expiresSeconds }));
  }

  /** The meaning of a failure, for a stream of `get` that broke. */
  toStoreError(error: unknown): unknown {
    return toS3Error(error, { location: this.location, bucket: this.place.bucket, operation: 'GetObject' });
  }

  #object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${name}` };
  }

  async #send<T>(operation: string, request: () => Promise<T>): Promise<T> {
    try {
      return await this.#patience.during(request);
    } catch (error) {
      throw toS3Error(error, { location: this.location, bucket: this.place.bucket, operation });
    }
  }
}

function strainText(location: string, share: number): string {
  return `${location} refuses ${Math.round(share * 100)} % of the requests for a moment. They are repeated: the work goes on, but more slowly.`;
}

function undefinedIfMissing(error: unknown): undefined {
  const answer = errorResponseOf(error);
  // Without a body (HEAD) the name is NotFound; a missing bucket must not look like a missing object.
  if (answer?.status === 404 && answer.name !== 'NoSuchBucket') return undefined;
  throw error;
}
