/** The fields of a value that was really written, as paths in the form of `fieldsOf`. */

/** All paths in a value of JSON. Names that are ids or digests are shown as what they are. */
export function pathsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path === '' ? withoutChance(name) : `${path}.${withoutChance(name)}`;
    return [here, ...pathsIn(inner, here)];
  });
}

/** A name without what differs from run to run. */
export function withoutChance(name: string): string {
  return name
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/[0-9a-f]{64}/g, '<sha256>')
    .replace(/\/\d{4}-\d{2}(?=\/|$)/g, '/<month>')
    .replace(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g, '<id32>')
    .replace(/(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])/g, '<id24>')
    .replace(/(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/g, '<id16>')
    .replace(/\d{4}-\d\d-\d\d/g, '<day>');
}
