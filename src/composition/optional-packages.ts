/** Packages that only some users need: they are peers of this one, and whoever asks for what they do is told how to install them. */
import { ConfigError } from '../config/values.ts';
import { systemCode } from '../errors.ts';

/** What needs them, and their names with the versions that this release works with. */
export const OPTIONAL_PACKAGES = {
  s3: {
    what: 'A place on S3',
    packages: ['@aws-sdk/client-s3@3', '@aws-sdk/lib-storage@3', '@aws-sdk/s3-request-presigner@3'],
  },
  board: { what: 'pipeline board', packages: ['@bull-board/api@9', '@bull-board/hono@9'] },
  pdf: { what: 'Importing a PDF', packages: ['pdfjs-dist@5.6'] },
  japanese: { what: 'Comparing Japanese words by their readings', packages: ['lindera-wasm-nodejs-ipadic@2'] },
  traces: {
    what: 'Sending traces',
    packages: [
      '@opentelemetry/api@1',
      '@opentelemetry/exporter-trace-otlp-http@0.219',
      '@opentelemetry/resources@2.8',
      '@opentelemetry/sdk-trace-node@2.8',
      'bullmq-otel@2',
    ],
  },
} as const;

/** Imports what needs one of these groups. Throws `ConfigError` with the one command that installs it. */
export async function withPackages<T>(group: keyof typeof OPTIONAL_PACKAGES, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { what, packages } = OPTIONAL_PACKAGES[group];
    if (!isMissing(error, packages)) throw error;
    throw new ConfigError(
      `${what} needs packages that are not installed. Install them, then run the command again:\nnpm install ${packages.join(' ')}`,
    );
  }
}

function isMissing(error: unknown, packages: readonly string[]): boolean {
  // The second is that of `require`, with which the built program loads packages.
  const isOne = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(systemCode(error) ?? '');
  if (!isOne || !(error instanceof Error)) return false;
  const names = packages.map((one) => one.slice(0, one.lastIndexOf('@')));
  return names.some((name) => error.message.includes(`'${name}'`) || error.message.includes(`'${name}/`));
}
