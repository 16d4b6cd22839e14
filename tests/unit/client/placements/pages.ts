import type { SourcePage } from '../../../../search/source-page.ts';
import { seededRandom } from '../../../../shared/time/random.ts';
import { attacks } from '../../app/pages.ts';

const words = ['animals', 'domesticated', 'tame', 'wild', 'river', 'farm', 'herd', 'barn', 'grass', 'keeper'];

/** Over 100 pages for the query of the session: short and long ones, some that are attacks. */
export const animalPages: readonly SourcePage[] = [
  ...Array.from({ length: 150 }, (_, i): SourcePage => {
    const random = seededRandom(`animal ${i}`);
    const draw = (count: number): string =>
      Array.from({ length: count }, () => words[Math.floor(words.length * random.next() ** 1.5)]!).join(' ');
    return {
      id: `a${(i * 7_919) % 1_009}`,
      title: `${draw(2)} ${i}`,
      ...(i % 4 === 0 && { names: [`${draw(2)} ${i}`, draw(1)] }),
      ...(i % 3 === 0 && { category: `kind.${words[i % 4]}` }),
      // Some bodies are so long that the best passage lies deep inside.
      body: i % 5 === 0 ? `${'far '.repeat(200)}${draw(30)}` : draw(12),
      keywords: [draw(1)],
      url: i % 2 === 0 ? `/page/a${i}` : `https://example.org/${i}`,
      links: [],
      popularity: random.next(),
    };
  }),
  ...attacks.map((attack, i): SourcePage => ({
    id: `attack-${i}`,
    title: `animals ${attack}`,
    body: `animals: ${attack}`,
    keywords: [attack],
    url: `javascript:window.hacked=${i}`,
    links: [],
    popularity: 0,
  })),
];
