import { beforeAll, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { topologyNames } from '../../../shared/cluster/topology-file.ts';
import { dataFolder, startCluster, until, type TestPage } from '../../support/cluster.ts';

const topologies = await topologyNames(fileURLToPath(new URL('../../../topologies/', import.meta.url)));
const animals = ['dog', 'cat', 'cow', 'hen', 'fox', 'owl', 'bee', 'ant', 'elk', 'pig', 'rat', 'bat', 'eel', 'yak'];
const places = ['forest', 'house', 'garden', 'river'];

/** Each animal in each place, with bodies of different lengths and links of different popularity. */
const pages: TestPage[] = animals.flatMap((animal, a) =>
  places.map((place, p) => ({
    id: `${animal}-${place}`,
    title: `${place} ${animal}`,
    body:
      `a wild ${animal} lives in the ${place} ` +
      `and sleeps near the ${places[(a + p) % 4]} `.repeat(1 + ((a * p) % 5)),
    keywords: [animal, 'animal', ...(a % 3 === 0 ? ['mammal'] : [])],
    links: [`${animals[(a * 2) % animals.length]}-${place}`, `dog-${places[a % 4]}`],
  })),
);
const searches = [
  'dog',
  'forest',
  'wild animal',
  'mammal river',
  '"lives in the garden"',
  'animal -dog -house',
  'title:fox',
  'catt',
  'keywords:mammal sleeps',
  'nothing-of-the-kind',
].flatMap((q) => [`q=${encodeURIComponent(q)}`, `q=${encodeURIComponent(q)}&page=2&size=5&explain=true`]);

let dataDir: string;
/** What the first topology answered. */
let oracle: readonly string[] | undefined;
beforeAll(async () => {
  dataDir = await dataFolder(pages);
});

/** The text of an answer without the time, the nodes and the id of the request. */
async function answerOf(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  const told = /"tookMs":[\d.]+,|"servedBy":\[[^\]]*\],|,"(?:node|below|requestId)":"[^"]*"/g;
  return `${response.status} ${text.replaceAll(told, '')}`;
}

test.each(topologies)('%s starts, gives the answers of every other topology byte for byte, and stops', async (name) => {
  const cluster = await startCluster({ dataDir, topology: name });
  try {
    // The words for corrections are loaded in the background.
    await until(async () => (await answerOf(`${cluster.gateway}/api/search?q=catt`)).includes('"suggestion"'), 30_000);
    const answers: string[] = [];
    for (const search of searches) answers.push(await answerOf(`${cluster.gateway}/api/search?${search}`));
    for (const id of ['dog-forest', 'yak-river', 'no-such-page'])
      answers.push(await answerOf(`${cluster.gateway}/api/pages/${id}`));
    answers.push(await answerOf(`${cluster.gateway}/api/suggest?prefix=ri`));
    for (const answer of [answers[0], answers[2], answers[4]]) expect(answer).toMatch(/^200 .*"results":\[\{/);
    oracle ??= answers;
    expect(answers).toEqual(oracle);
    const page = await fetch(`${cluster.client}/search?q=dog`);
    expect(await page.text()).toContain('/page/dog-');
  } finally {
    expect(await cluster.stop()).toBe(0);
  }
});
