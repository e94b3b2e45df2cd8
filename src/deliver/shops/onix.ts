/**
 * A fragment of ONIX 3 to paste into a message: identifier, series, title, contributors, publisher, date. The voice is a
 * contributor with role E07 (read by) and a code of list 19 (unnamed persons): 05 and 06 a synthesised male or female voice,
 * 07 one that is not specified, 08 one that is based on a real person, who is named beside it. Source: ns.editeur.org/onix. Pure.
 */
import { xmlText } from '../../captions/xml.ts';
import type { Publication } from '../../manifest/fields/publication.ts';

/** Codelist 19. */
const SYNTHESISED_UNSPECIFIED = '07';
const SYNTHESISED_BASED_ON_REAL = '08';
/** Codelist 18: a real name. */
const REAL_NAME = '04';

/** The fragment. */
export function onixFragment(of: {
  title: string;
  author: string;
  /** The author's own narrator; then no code of codelist 19 is written. */
  narrator: string | undefined;
  /** A person whose voice was cloned with consent and scope; absent: an unnamed synthesised voice. */
  replicaOf: string | undefined;
  language: string;
  publication: Publication;
}): string {
  const { title, author, narrator, replicaOf, publication } = of;
  const { subtitle, series, publisher, date, isbn } = publication;
  const tag = (name: string, text: string): string => `<${name}>${xmlText(text)}</${name}>`;
  const unnamed =
    replicaOf === undefined
      ? tag('UnnamedPersons', SYNTHESISED_UNSPECIFIED)
      : `${tag('UnnamedPersons', SYNTHESISED_BASED_ON_REAL)}<AlternativeName>${tag('NameType', REAL_NAME)}${tag('PersonName', replicaOf)}</AlternativeName>`;
  const voice = narrator === undefined ? unnamed : tag('PersonName', narrator);
  const lines = [
    ...(isbn === undefined
      ? []
      : [
          `<ProductIdentifier>${tag('ProductIDType', isbn.length === 13 ? '15' : '02')}${tag('IDValue', isbn)}</ProductIdentifier>`,
        ]),
    '<DescriptiveDetail>',
    ...(series === undefined ? [] : [collection(series)]),
    `<TitleDetail>${tag('TitleType', '01')}<TitleElement>${tag('TitleElementLevel', '01')}${tag('TitleText', title)}${subtitle === undefined ? '' : tag('Subtitle', subtitle)}</TitleElement></TitleDetail>`,
    ...(author === ''
      ? []
      : [
          `<Contributor>${tag('SequenceNumber', '1')}${tag('ContributorRole', 'A01')}${tag('PersonName', author)}</Contributor>`,
        ]),
    `<Contributor>${tag('SequenceNumber', author === '' ? '1' : '2')}${tag('ContributorRole', 'E07')}${voice}</Contributor>`,
    '</DescriptiveDetail>',
    ...(publisher === undefined && date === undefined
      ? []
      : [
          '<PublishingDetail>',
          ...(publisher === undefined
            ? []
            : [`<Publisher>${tag('PublishingRole', '01')}${tag('PublisherName', publisher)}</Publisher>`]),
          ...(date === undefined
            ? []
            : [
                `<PublishingDate>${tag('PublishingDateRole', '01')}${tag('Date', date.replaceAll('-', ''))}</PublishingDate>`,
              ]),
          '</PublishingDetail>',
        ]),
  ];
  return `${lines.join('\n')}\n`;

  function collection({ name, number }: { name: string; number?: string }): string {
    const part = number === undefined ? '' : tag('PartNumber', number);
    return `<Collection>${tag('CollectionType', '10')}<TitleDetail>${tag('TitleType', '01')}<TitleElement>${tag('TitleElementLevel', '02')}${part}${tag('TitleText', name)}</TitleElement></TitleDetail></Collection>`;
  }
}
