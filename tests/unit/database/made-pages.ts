import type { SourcePage } from '../../../search/source-page.ts';
import type { Random } from '../../../shared/time/random.ts';

/** Words of a made-up language, the frequent ones first; some beyond ASCII. */
export const words = Array.from({ length: 4_000 }, (_, i) => {
  const syllables = ['ka', 'lo', 'mi', 'ru', 'te', 'so', 'ba', 'du', 'ne', 'pi'];
  const spoken = String(i)
    .split('')
    .map((digit) => syllables[Number(digit)])
    .join('');
  if (i % 97 === 5) return `${spoken}é`;
  if (i % 211 === 7) return '東京';
  return i % 301 === 9 ? '🐕' : spoken;
});

/** Word `rank` comes up about 1 / rank of the time (Zipf). */
export function drawWord(random: Random): string {
  return words[Math.floor(words.length ** random.next()) - 1]!;
}

export function drawText(random: Random, length: number): string {
  const text: string[] = [];
  for (let i = 0; i < length; i++) text.push(random.next() < 0.02 ? 'again again' : drawWord(random));
  return text.join(random.next() < 0.1 ? ', ' : ' ');
}

/** Pages with all special cases of the index: empty fields, very long ones, equal pages, frequencies over 255. */
export function madePages(random: Random, count: number): SourcePage[] {
  return Array.from({ length: count }, (_, i) => {
    const twin = i % 50 === 1;
    const length = i % 500 === 3 ? 3_000 : Math.floor(random.next() ** 2 * 60);
    const body = twin ? 'the very same text on many pages' : drawText(random, length);
    return {
      // Ids in another order than that of the pages.
      id: `p${((i * 7_919) % 1_000_003).toString(36)}`,
      ...(i % 5 === 2 && {
        names: Array.from({ length: 1 + (i % 4) }, () => drawText(random, 1 + Math.floor(random.next() * 3))),
      }),
      ...(i % 3 === 1 && { category: `kind.${words[i % 7]}` }),
      title: i % 13 === 0 ? '' : drawText(random, twin ? 0 : 1 + Math.floor(random.next() * 4)),
      body: i % 700 === 9 ? `${'echo '.repeat(400)}${body}` : body,
      keywords: Array.from({ length: twin ? 0 : Math.floor(random.next() * 4) }, () =>
        drawText(random, 1 + Math.floor(random.next() * 2)),
      ),
      url: `/page/${i}`,
      links: [],
      popularity: twin ? 0 : random.next() ** 6,
    };
  });
}
