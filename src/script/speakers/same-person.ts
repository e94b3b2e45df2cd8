/** Which names are one person's: `Mr. Chase`, `Tom Chase`, `Chase`. Pure. */

/** Titles by what they tell; lower case, without a full stop. */
const MALE = new Set(
  'mr sir lord master king prince uncle father brother monsieur m signor herr herrn don señor senhor sr sig count duke baron onkel tío tio zio oncle oom pak bapak mas bang tuan graf vater bruder prinz könig king'.split(
    ' ',
  ),
);
const FEMALE = new Set(
  'mrs miss ms lady mistress queen princess aunt mother sister madame mme mlle mademoiselle signora signorina frau fräulein fraulein doña dona señora señorita senhora sra srta countess duchess tante tía tia zia bu ibu mbak nyonya nona gräfin mutter schwester königin nurse'.split(
    ' ',
  ),
);
const NEUTRAL = new Set(
  'dr doctor prof professor captain capt colonel col major sergeant sgt inspector cousin st judge rev general admiral lieutenant doktor pfarrer kapitän hauptmann doutor doutora doctora dottor docteur old little young'.split(
    ' ',
  ),
);
/** A first name follows these, never only a family name. */
const WITH_FIRST_NAME = new Set(
  'sir uncle aunt lord lady master don doña dona tío tía zio zia onkel tante brother sister father cousin old little young'.split(
    ' ',
  ),
);

/** A name in its parts. */
export interface NameParts {
  title: string;
  /** Without the title. */
  words: string[];
}

/** The title and the rest; a title alone is a word. */
export function partsOfName(name: string): NameParts {
  const words = name.split(/\s+/);
  const title = words[0]!.toLowerCase().replace(/\.$/, '');
  const isTitle = MALE.has(title) || FEMALE.has(title) || NEUTRAL.has(title);
  return isTitle && words.length > 1 ? { title, words: words.slice(1) } : { title: '', words };
}

/** What a name's title tells of the person. */
export function genderOfTitle(name: string): 'm' | 'f' | undefined {
  const title = name.split(/\s+/)[0]!.toLowerCase().replace(/\.$/, '');
  return MALE.has(title) ? 'm' : FEMALE.has(title) ? 'f' : undefined;
}

/**
 * Groups the names of a book by person. Joined only where no other person of the book could be meant: `Chase` joins
 * `Mr. Chase` unless there is also a `Mrs. Chase`, and `Tom Chase` unless there is an `Anne Chase`.
 */
export function samePerson(names: readonly string[], genderOf: (name: string) => 'm' | 'f' | undefined): string[][] {
  const groups = new Map(names.map((name) => [name, name]));
  const root = (name: string): string => {
    let at = name;
    while (groups.get(at) !== at) at = groups.get(at)!;
    return at;
  };
  const join = (a: string, b: string): void => {
    groups.set(root(b), root(a));
  };
  const parsed = names.map((name) => ({ name, gender: genderOfTitle(name) ?? genderOf(name), ...partsOfName(name) }));
  const byLast = groupBy(
    parsed.filter(({ words, title }) => words.length > 1 || (title !== '' && !WITH_FIRST_NAME.has(title))),
    ({ words }) => words.at(-1)!,
  );
  const byFirst = groupBy(
    parsed.filter(({ words }) => words.length > 1),
    ({ words }) => words[0]!,
  );
  for (const family of byLast.values()) joinFamily(family, join);
  for (const { name, words, title, gender } of parsed) {
    if (words.length !== 1) continue;
    const [word] = words;
    const full = byFirst.get(word!) ?? [];
    const family = byLast.get(word!) ?? [];
    const isFirst = new Set(full.map((one) => one.words.at(-1))).size === 1 && family.length === 0;
    if (isFirst && (title === '' || WITH_FIRST_NAME.has(title)) && full.every((one) => agree(one.gender, gender)))
      for (const one of full) join(one.name, name);
    // A family name alone: if the family has one member in the book, or one man.
    if (title === '' && full.length === 0 && family.length > 0) {
      const roots = new Set(family.map((one) => root(one.name)));
      const men = new Set(family.filter((one) => one.gender === 'm').map((one) => root(one.name)));
      const only =
        roots.size === 1 ? [...roots][0] : men.size === 1 && roots.size === family.length ? [...men][0] : undefined;
      if (only !== undefined && agree(genderOfGroup(family, only, root), gender)) join(only, name);
    }
    if (title !== '' && WITH_FIRST_NAME.has(title) && full.length === 0) {
      const bare = parsed.find((one) => one.title === '' && one.words.length === 1 && one.words[0] === word);
      if (bare && family.length === 0 && agree(bare.gender, gender)) join(bare.name, name);
    }
  }
  return [...groupBy(names, root).values()];
}

interface Parsed extends NameParts {
  name: string;
  gender: 'm' | 'f' | undefined;
}

/** `Mr. Chase` and `Tom Chase` are one if no other first name, and no other title for it, is in the family. */
function joinFamily(family: readonly Parsed[], join: (a: string, b: string) => void): void {
  const firsts = groupBy(
    family.filter(({ words }) => words.length > 1),
    ({ words }) => words[0]!.replace(/\.$/, ''),
  );
  for (const same of firsts.values())
    for (const one of same) if (agree(one.gender, same[0]!.gender)) join(same[0]!.name, one.name);
  const titled = family.filter(({ words }) => words.length === 1);
  for (const one of titled) {
    const sameTitle = titled.filter(({ title, gender }) => title !== one.title && agreeStrictly(gender, one.gender));
    // Mrs. and Miss Chase are two; Mr. and Colonel Chase may be.
    if (sameTitle.length > 0) continue;
    const matching = [...firsts.values()].filter((same) => same.every(({ gender }) => agree(gender, one.gender)));
    if (matching.length === 1 && (one.gender !== undefined || firsts.size === 1)) {
      const [same] = matching;
      if (same!.every(({ title }) => title === '' || title === one.title)) join(same![0]!.name, one.name);
    }
  }
}

function agree(a: 'm' | 'f' | undefined, b: 'm' | 'f' | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function agreeStrictly(a: 'm' | 'f' | undefined, b: 'm' | 'f' | undefined): boolean {
  return a === undefined || b === undefined ? true : a === b;
}

function genderOfGroup(
  family: readonly Parsed[],
  group: string,
  root: (name: string) => string,
): 'm' | 'f' | undefined {
  return family.find((one) => root(one.name) === group && one.gender !== undefined)?.gender;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
