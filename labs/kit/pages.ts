import { seededRandom } from '../../shared/time/random.ts';

/** The words of the pages. */
export const labWords =
  `river bridge garden window harbour engine planet forest market signal mountain letter island kitchen
ladder mirror needle orange pencil rabbit silver thunder village winter yellow anchor basket candle desert eagle
feather glacier hammer insect jungle kettle lantern meadow network ocean palace quarry ribbon saddle temple umbrella
valley wagon barley copper dolphin ember falcon granite helmet ivory jacket knight lagoon marble`.split(/\s+/);

/** The queries of labs: each finds some of the pages. */
export const labQueries: readonly string[] = labWords
  .slice(0, 24)
  .map((word, i) => `${word} ${labWords[(i * 7 + 11) % labWords.length]}`);

/** The i-th query. After the last one, they begin again. */
export const labQuery = (i: number): string => labQueries[i % labQueries.length]!;

const pageCount = 240;

/** The id of the i-th page, p0 to p239. After the last one, they begin again. */
export const labPageId = (i: number): string => `p${i % pageCount}`;

export const labPageIds = (): readonly string[] => Array.from({ length: pageCount }, (_, i) => labPageId(i));

/** A small corpus, so that a lab's own cluster starts in a second: one JSON line per page, for `tierlab import`. */
export function labPages(count = pageCount): string {
  const random = seededRandom('the pages of the labs');
  const word = (): string => labWords[Math.floor(labWords.length * random.next() ** 2)]!;
  const lines = Array.from({ length: count }, (_, i) => {
    const body = Array.from({ length: 40 }, word).join(' ');
    const links = [`p${(i * 7 + 1) % count}`, `p${(i * 13 + 5) % count}`].filter((id) => id !== `p${i}`);
    return JSON.stringify({ id: `p${i}`, title: `${word()} ${word()} ${i}`, body, keywords: [word()], links });
  });
  return lines.join('\n');
}
