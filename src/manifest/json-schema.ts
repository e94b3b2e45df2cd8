import * as z from 'zod';
import { DEFAULT_MODEL, MODELS } from '../models.ts';
import { AUDIO_FORMATS, PROFILE_NAMES } from './manifest.ts';
import { manifestSchema } from './schema.ts';

/**
 * The manifest's JSON Schema (draft 2020-12), for editors that complete and explain fields. A test compares it with
 * schema/manifest.schema.json.
 */
export function manifestJsonSchema(): object {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input', target: 'draft-2020-12' });
  const { $schema, ...rest } = schema;
  return {
    $schema,
    $id: 'https://unpkg.com/narration-pipeline/schema/manifest.schema.json',
    title: 'Narration manifest',
    description: `A book for pipeline run. Models: ${Object.keys(MODELS).join(', ')} (default ${DEFAULT_MODEL}). Formats: ${AUDIO_FORMATS.join(', ')}. Mastering: ${PROFILE_NAMES.join(', ')}.`,
    ...rest,
    if: { required: ['engine'] },
    else: OF_THE_SERVICE,
  };
}

/** Without `engine:` the service speaks: its models, and the languages of any of them. */
const ONE_OF_OURS = { enum: Object.keys(MODELS) };
const OF_THE_SERVICE = {
  properties: {
    model: ONE_OF_OURS,
    book: {
      properties: {
        language: { enum: [...new Set(Object.values(MODELS).flatMap(({ languages }) => Object.keys(languages)))] },
      },
    },
    characters: { additionalProperties: { properties: { model: ONE_OF_OURS } } },
  },
};
