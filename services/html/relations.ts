import type { Link } from '../../search/page.ts';

/** The links of a page that share a relation. */
export interface RelationGroup {
  readonly relation: string;
  /** The relation in everyday words. */
  readonly heading: string;
  readonly links: readonly Link[];
}

/** The relations of WordNet (wninput(5WN)) as headings of lists, the most informative relation first. */
const headings: ReadonlyMap<string, string> = new Map([
  ['hypernym', 'A kind of'],
  ['instance hypernym', 'An instance of'],
  ['hyponym', 'Kinds of it'],
  ['instance hyponym', 'Instances of it'],
  ['antonym', 'Opposite'],
  ['similar to', 'Similar'],
  ['member holonym', 'A member of'],
  ['part holonym', 'A part of'],
  ['substance holonym', 'An ingredient of'],
  ['member meronym', 'Its members'],
  ['part meronym', 'Its parts'],
  ['substance meronym', 'Made of'],
  ['attribute', 'Attribute'],
  ['entailment', 'Entails'],
  ['cause', 'Causes'],
  ['verb group', 'Verbs like it'],
  ['also see', 'See also'],
  ['derivationally related', 'Words derived'],
  ['participle of', 'Participle of'],
  ['pertainym', 'Pertains to'],
  ['domain topic', 'Topic'],
  ['domain region', 'Region'],
  ['domain usage', 'Usage'],
  ['member of topic', 'Words of this topic'],
  ['member of region', 'Words of this region'],
  ['member of usage', 'Words of this usage'],
  ['links to', 'Links'],
]);

/**
 * Groups links by relation. Known relations come first, in the order above; other relations follow in the order of the
 * page.
 */
export function groupByRelation(links: readonly Link[]): RelationGroup[] {
  const order = [...headings.keys()];
  const rank = (relation: string) => {
    const at = order.indexOf(plain(relation));
    return at === -1 ? order.length : at;
  };
  return [...Map.groupBy(links, ({ relation }) => relation)]
    .map(([relation, members]) => ({
      relation,
      heading: headings.get(plain(relation)) ?? capitalised(relation),
      links: members,
    }))
    .sort((a, b) => rank(a.relation) - rank(b.relation));
}

/** `Member_Holonym`, `member-holonym` and `member holonym` are one relation. */
function plain(relation: string): string {
  return relation.toLowerCase().replaceAll(/[_-]+/g, ' ').trim();
}

function capitalised(relation: string): string {
  const text = relation.replaceAll('_', ' ').trim();
  return text === '' ? 'Links' : text[0]!.toUpperCase() + text.slice(1);
}
