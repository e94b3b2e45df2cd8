/** How the paragraphs of a Word document look: by their own properties, those of their runs, and their styles. Pure. */
import { attribute, type Element, elementsOf, isElement, parseMarkup } from '../markup/markup.ts';
import { type Look, type LookOfRun, lookOfRuns, MOST_STYLES_IN_A_ROW } from './look.ts';

/** What a paragraph says about itself, or a style about its paragraphs; undefined: nothing. */
interface Properties {
  sizePoints?: number;
  isBold?: boolean;
  isCapitals?: boolean;
  isCentered?: boolean;
  startsPage?: boolean;
}

/** Looks at the paragraphs in their order: a break before one, also in an empty one, begins its page. */
export function wordLooks(paragraphs: readonly Element[], styles: string): Look[] {
  const of = stylesOf(styles);
  let isNewPage = false;
  return paragraphs.map((paragraph) => {
    const own = childOf(paragraph, 'w:ppr');
    const style = (own && attributeIn(own, 'w:pstyle')) ?? '';
    const base: Properties = { ...of(style), ...(own && ofParagraph(own)) };
    const { runs, breaksBefore, breaksBehind } = runsOf(paragraph, base, of);
    const hasText = runs.some(({ letters }) => letters > 0);
    const startsPage = hasText && (isNewPage || breaksBefore || base.startsPage === true);
    const endsSection = own !== undefined && isNewPageSection(own);
    const isOpen = !hasText && (isNewPage || breaksBefore || base.startsPage === true);
    isNewPage = isOpen || breaksBehind || endsSection;
    return { ...lookOfRuns(runs), isCentered: base.isCentered === true, startsPage, style };
  });
}

/** Word's size where no style says one (ECMA-376, 17.3.2.38). */
const USUAL_POINTS = 10;

/** The properties of a style, with those that it is based on. */
function stylesOf(styles: string): (id: string) => Properties {
  const root = { children: parseMarkup(styles).children };
  const all = new Map([...elementsOf(root, 'w:style')].map((style) => [attribute(style, 'w:styleid'), style]));
  const defaults = elementsOf(root, 'w:docdefaults').next().value;
  const usual = [...all].find(
    ([, style]) => attribute(style, 'w:type') === 'paragraph' && /^(?:1|true|on)$/.test(attribute(style, 'w:default')),
  )?.[0];
  const start: Properties = { sizePoints: USUAL_POINTS, ...(defaults && ofBoth(defaults)) };
  const known = new Map<string, Properties>();
  return (id) => {
    const name = all.has(id) ? id : (usual ?? '');
    const found = known.get(name);
    if (found !== undefined) return found;
    const chain: Element[] = [];
    const seen = new Set<string>();
    for (
      let at = name;
      all.has(at) && !seen.has(at) && seen.size < MOST_STYLES_IN_A_ROW;
      at = attributeIn(all.get(at)!, 'w:basedon') ?? ''
    ) {
      seen.add(at);
      chain.unshift(all.get(at)!);
    }
    const properties = Object.assign({}, start, ...chain.map(ofBoth)) as Properties;
    known.set(name, properties);
    return properties;
  };
}

function ofBoth(style: Element): Properties {
  const [ofWords, own] = [elementsOf(style, 'w:rpr').next().value, elementsOf(style, 'w:ppr').next().value];
  return { ...(own && ofParagraph(own)), ...(ofWords && ofRun(ofWords)) };
}

function ofParagraph(properties: Element): Properties {
  const place = attributeIn(properties, 'w:jc');
  const startsPage = isOn(properties, 'w:pagebreakbefore');
  return {
    ...(place !== undefined && { isCentered: place === 'center' }),
    ...(startsPage !== undefined && { startsPage }),
  };
}

function ofRun(properties: Element): Properties {
  const size = Number(attributeIn(properties, 'w:sz')) / 2;
  const isBold = isOn(properties, 'w:b');
  const isCapitals = isOn(properties, 'w:caps') ?? isOn(properties, 'w:smallcaps');
  return {
    ...(size > 0 && { sizePoints: size }),
    ...(isBold !== undefined && { isBold }),
    ...(isCapitals !== undefined && { isCapitals }),
  };
}

/** Elements whose runs are no words of the paragraph. */
const ELSEWHERE = new Set(['w:del', 'w:movefrom', 'w:txbxcontent', 'mc:fallback', 'w:ppr']);

function runsOf(
  paragraph: Element,
  base: Properties,
  of: (id: string) => Properties,
): { runs: LookOfRun[]; breaksBefore: boolean; breaksBehind: boolean } {
  const runs: LookOfRun[] = [];
  let [breaksBefore, breaksBehind, seen] = [false, false, 0];
  const visit = (element: Element): void => {
    for (const child of element.childNodes) {
      if (!isElement(child) || ELSEWHERE.has(child.tagName)) continue;
      if (child.tagName === 'w:br' && attribute(child, 'w:type') === 'page') {
        if (seen === 0) breaksBefore = true;
        else breaksBehind = true;
      } else if (child.tagName === 'w:t') {
        const letters = child.childNodes.reduce(
          (sum, node) => sum + ('value' in node ? node.value.trim().length : 0),
          0,
        );
        seen += letters;
        runs.at(-1)!.letters += letters;
        if (letters > 0) breaksBehind = false;
      } else if (child.tagName === 'w:r') {
        const own = childOf(child, 'w:rpr');
        const style = own && attributeIn(own, 'w:rstyle');
        const look = { ...base, ...(style !== undefined && characterStyle(of, style)), ...(own && ofRun(own)) };
        const { sizePoints, isBold = false, isCapitals = false } = look;
        runs.push({ letters: 0, sizePoints, isBold, isCapitals });
        visit(child);
      } else visit(child);
    }
  };
  runs.push({ letters: 0, sizePoints: base.sizePoints, isBold: base.isBold === true, isCapitals: false });
  visit(paragraph);
  return { runs, breaksBefore, breaksBehind };
}

/** A style for words says nothing about the size unless it differs from the usual one. */
function characterStyle(of: (id: string) => Properties, style: string): Properties {
  const { isBold, isCapitals } = of(style);
  return { ...(isBold === true && { isBold }), ...(isCapitals === true && { isCapitals }) };
}

function isNewPageSection(properties: Element): boolean {
  const section = childOf(properties, 'w:sectpr');
  return section !== undefined && attributeIn(section, 'w:type') !== 'continuous';
}

function childOf(element: Element, name: string): Element | undefined {
  const found = element.childNodes.find((child) => isElement(child, name));
  return found !== undefined && isElement(found) ? found : undefined;
}

function attributeIn(element: Element, name: string): string | undefined {
  const found = elementsOf(element, name).next();
  return found.done ? undefined : attribute(found.value, 'w:val');
}

function isOn(element: Element, name: string): boolean | undefined {
  const value = attributeIn(element, name);
  return value === undefined ? undefined : !/^(?:0|false|off|none)$/.test(value);
}
