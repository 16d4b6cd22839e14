import type { PlacementName } from '../../services/client/placements/names.ts';

/** The query has 20 characters. Its plan has three terms: the two words, and the whole query as the name of a page. */
export const typedQuery = 'mountain or umbrella';

/** The messages of one placement, in their order: a message, and how often it is sent. */
export type Script = readonly (readonly [message: string, times: number])[];

/**
 * The messages of each placement in one session. The user types 20 keys, submits, turns `turns` pages forward, and
 * sorts by title.
 * The user has made the same search before, up to page 2.
 */
export const scripts: Readonly<Record<PlacementName, (turns: number) => Script>> = {
  // Each key goes to the server: 20 letters, Enter, and one key for each page and for the order of titles.
  terminal: (turns) => [['press', 20 + 1 + turns + 1]],
  // The client draws the letters itself. It asks for each page of results.
  'user-interface': (turns) => [['search', 1 + turns + 1]],
  // 100 candidates come at once. The client ranks, pages and sorts them.
  'shared-application': () => [['candidates', 1]],
  // The parts of the three terms, one after the other; then the texts of each screen.
  application: (turns) => [
    ['parts', 3],
    ['texts', 1 + turns + 1],
  ],
  // The three terms and the texts of pages 1 and 2 are in the cache.
  'data-cache': (turns) => [['texts', turns - 1 + 1]],
};

export const messagesIn = (script: Script): number => script.reduce((sum, [, times]) => sum + times, 0);

/** What was sent, as a script. */
export function asScript(messages: readonly string[]): Script {
  const script: [string, number][] = [];
  for (const message of messages) {
    const last = script.at(-1);
    if (last?.[0] === message) last[1]++;
    else script.push([message, 1]);
  }
  return script;
}

export const scriptInWords = (script: Script): string =>
  script.map(([message, times]) => `${times} x ${message}`).join(', ') || 'nothing';
