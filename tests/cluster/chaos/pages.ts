import type { TestPage } from '../../support/cluster.ts';

/** The words that probes and the matrix search for, so that every question has several answers. */
const words = ['water', 'music', 'light', 'stone', 'bread', 'river', 'horse', 'winter'];
const places = ['house', 'garden', 'island', 'bridge', 'market', 'valley'];

/** Few pages, so that the data set is built at once. Each word is on several pages, so that ranking has an effect. */
export const pages: TestPage[] = words.flatMap((word, i) =>
  places.map((place, j) => ({
    id: `${word}-${place}`,
    title: j % 2 === 0 ? `${word} ${place}` : place,
    body: `${`${word} `.repeat(1 + j)} and ${words[(i + j) % words.length]} near the ${place}`,
    links: [`${words[(i + 1) % words.length]}-${place}`],
  })),
);
