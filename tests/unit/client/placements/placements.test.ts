import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlacement } from '../../../../services/client/placements/create.ts';
import { createHttpWire } from '../../../../services/client/placements/http-wire.ts';
import type { Key } from '../../../../services/client/placements/keys.ts';
import { type PlacementName, placementNames } from '../../../../services/client/placements/names.ts';
import type { Screen } from '../../../../services/client/placements/screen.ts';
import { earlierKeys, sessionKeys, sessionQuery } from '../../../../services/client/placements/session.ts';
import { until } from '../../../support/cluster.ts';
import { smallSystem, type SmallSystem } from '../../app/small-system.ts';
import { animalPages } from './pages.ts';

/** The counts that follow from the message script of each placement (labs/04-thin-and-fat-clients). */
const roundTrips: Readonly<Record<PlacementName, number>> = {
  terminal: 25,
  'user-interface': 5,
  'shared-application': 1,
  application: 8,
  'data-cache': 3,
};

describe.each([1, 3])('over %i shards', (shards) => {
  let system: SmallSystem;
  let address: string;
  let nowMs = 0;
  beforeAll(async () => {
    system = await smallSystem(shards, 'object-based', animalPages);
    await system.client.listen({ port: 0, host: '127.0.0.1' });
    address = `http://127.0.0.1:${(system.client.server.address() as AddressInfo).port}`;
    await until(
      async () => ((await (await fetch(`${address}/suggest?prefix=do`)).json()) as Suggestions).suggestions[0],
    );
  });
  afterAll(() => system.stop());

  /** A client in this process, with a real connection to the server. */
  async function client(name: PlacementName) {
    const wire = createHttpWire(() => nowMs, address);
    const placement = createPlacement(name, wire, () => nowMs);
    await placement.prepare();
    return {
      /** The screens after these keys, and how often the client asked the server. */
      async press(keys: Iterable<Key>) {
        const before = wire.traffic().roundTrips;
        const screens: Screen[] = [];
        for (const key of keys) screens.push(await placement.press(key));
        return { screens, roundTrips: wire.traffic().roundTrips - before };
      },
    };
  }

  const empty = Array.from(sessionQuery, () => 'Backspace');

  test.each(placementNames)('%s: the session has exactly the round trips of its message script', async (name) => {
    const it = await client(name);
    expect(sessionKeys()).toHaveLength(25);
    await it.press([...earlierKeys(), ...empty]);
    const { screens, roundTrips: count } = await it.press(sessionKeys());
    expect(count).toBe(roundTrips[name]);
    expect(screens.map(({ typed }) => typed).at(-1)).toBe(sessionQuery);
  });

  test('without the earlier search, the cache has nothing, and the session costs as much as without it', async () => {
    expect((await (await client('data-cache')).press(sessionKeys())).roundTrips).toBe(roundTrips.application);
  });

  test('all placements draw the same screens; their results are those of the search page', async () => {
    const queries = [
      sessionQuery,
      'tame',
      '"tame animals" -river',
      'title:farm keeper',
      'category:kind.tame herd',
      'category:kind.wild',
      'annimals',
      'the -of',
      'zzz',
      'far barn',
      '東京',
      'animals <script>',
    ];
    for (const q of queries) {
      const page = async (number: number) =>
        (await system.client.inject(`/search?q=${encodeURIComponent(q)}&page=${number}`)).body;
      const pages = [await page(1), await page(2)];
      const drawn = await Promise.all(
        placementNames.map(async (name) => {
          const keys: readonly Key[] = [...q, 'Enter', 'PageDown', 'ByTitle'];
          const { screens } = await (await client(name)).press(keys);
          return screens.slice(-3).map(({ html, said }) => ({ html, said }));
        }),
      );
      for (const [i, each] of drawn.entries())
        expect([q, placementNames[i], each]).toEqual([q, placementNames[i], drawn[0]]);
      expect(results(drawn[0]![0]!.html)).toBe(results(pages[0]!));
      if (!drawn[0]![1]!.said.startsWith('11')) continue;
      expect(results(drawn[0]![1]!.html)).toBe(results(pages[1]!));
    }
  });

  test('where the client completes words itself, it offers what the server offers', async () => {
    const [first, ...others] = await Promise.all(
      placementNames
        .filter((name) => name !== 'user-interface')
        .map(async (name) => (await (await client(name)).press('domestic anim')).screens.map(({ html }) => html)),
    );
    expect(first!.join()).toContain('data-key="Choose1">domesticated<');
    for (const other of others) expect(other).toEqual(first);
    expect((await (await client('user-interface')).press('dome')).screens.at(-1)!.html).toBe('');
  });

  test('a lease that has ended is a miss', async () => {
    const it = await client('data-cache');
    await it.press(earlierKeys());
    expect((await it.press(['Enter'])).roundTrips).toBe(0);
    nowMs += 59_999;
    expect((await it.press(['Enter'])).roundTrips).toBe(0);
    nowMs += 1;
    expect((await it.press(['Enter'])).roundTrips).toBe(roundTrips.application - 4);
  });
});

const results = (html: string): string => /<ol class="results".*<\/ol>/s.exec(html)?.[0] ?? 'none';

interface Suggestions {
  readonly suggestions: readonly string[];
}
