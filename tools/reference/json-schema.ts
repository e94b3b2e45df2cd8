/** JSON Schema in words. */
import { anchor, code } from './markdown.ts';

/** What is used of a JSON Schema. */
export interface Schema {
  type?: string | string[];
  description?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  $ref?: string;
  $defs?: Record<string, Schema>;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** Most choices that are listed in place; longer lists stand in a section of their own. */
const MOST_CHOICES = 16;

/** The values that a schema allows, as Markdown. */
export function valuesOf(schema: Schema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref);
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined)
    return schema.enum
      .slice(0, MOST_CHOICES)
      .map((one) => code(String(one)))
      .join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(valuesOf).join(' or ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => valuesOf({ ...schema, type })).join(' or ');
  switch (schema.type) {
    case 'array':
      return `list of ${valuesOf(schema.items ?? {})}`;
    case 'object':
      return objectOf(schema);
    case 'boolean':
      return 'true or false';
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'string':
      return schema.maxLength === undefined ? 'text' : `text, up to ${schema.maxLength} characters`;
    default:
      return schema.type ?? 'anything';
  }
}

function objectOf({ properties, additionalProperties, required = [] }: Schema): string {
  if (properties !== undefined) {
    const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
    return code(`{ ${names.join(', ')} }`);
  }
  return typeof additionalProperties === 'object' ? `name: ${valuesOf(additionalProperties)}` : 'object';
}

function numberOf({ type, minimum, maximum }: Schema): string {
  const what = type === 'integer' ? 'whole number' : 'number';
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum !== undefined && isBounded) return `${what}, ${minimum} to ${maximum}`;
  return minimum === undefined ? what : `${what} from ${minimum}`;
}

function linkTo(ref: string): string {
  const [, name = '', field] = /^#\/\$defs\/([^/]+)(?:\/properties\/(.+))?$/.exec(ref) ?? [];
  const shape = `[${name}](${anchor(name)})`;
  return field === undefined ? shape : `${code(field)} of ${shape}`;
}
