import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Score } from '../../cli/incident-scoring.ts';
import { commandIn, compose, get, searching, type Answer } from './cluster.ts';
import type { Engine } from './engine.ts';

const query = 'domestic+dog';
const broken = ['ranking-1', 'ranking-2', 'ranking-3', 'query-2'];

/** Faults, repairs and users in the containers of a cluster with TIERLAB_CHAOS=1 that has answered a search. */
export function breakingThings(engine: Engine): void {
  describe('breaking things in containers', () => {
    const { jsonOf, nodes, incidentsOf } = commandIn(engine, 'control-1');
    const nodeOf = async (id: string) => (await nodes()).find((it) => it.id === id)!;
    let users: ReturnType<typeof searching> | undefined;
    const exits = async () =>
      (await jsonOf<Score>('incidents', '--score')).confusion['exit, not injected']?.crashed ?? 0;
    /** The lab that was attached before has ended a process, too. */
    let exitsBefore = 0;

    beforeAll(async () => {
      exitsBefore = await exits();
    });

    const called = async (node: string, verdict: string) =>
      (await incidentsOf(node)).findLast((incident) => incident.verdict === verdict);

    /**
     * Waits until `node` has this verdict and its incident is over. Fails when the fault is not noticed or not repaired
     * in time.
     */
    const repaired = (node: string, verdict: string) =>
      expect
        .poll(() => called(node, verdict), { timeout: 60_000, interval: 500 })
        .toMatchObject({ verdict, outcome: 'repaired' });

    afterAll(() => users?.stop());

    test('a change of policy reaches the nodes of all containers', async () => {
      // Every answer is put to the vote. Samples catch a liar, too, but users may see its lies before that.
      expect(Object.keys(await jsonOf('policy', '{"quorum":{"when":"always"}}'))).toHaveLength(21);
      const doors = await Promise.all([engine.urlOf('gateway-1', 8000), engine.urlOf('gateway-2', 8001)]);
      const { results } = (await (await get(`${doors[0]}/api/search?q=${query}&size=3`)).json()) as Answer;
      users = searching(doors, query, (answer) => JSON.stringify(answer.results) === JSON.stringify(results));
    });

    test('a node that hangs is named hung, and restarted by the watchdog of its own container', async () => {
      const before = await nodeOf('ranking-2');
      await jsonOf('chaos', 'inject', 'stop.hang', '--target', 'ranking-2', '--ttl', '2m');
      await repaired('ranking-2', 'hung');
      const after = await nodeOf('ranking-2');
      expect(after).toMatchObject({ state: 'ready', lastRestart: 'repair' });
      expect(after.pid).not.toBe(before.pid);
    });

    test('a process that is killed by hand is named crashed, and is back', async () => {
      const { pid } = await nodeOf('ranking-3');
      await compose(engine, 'exec', '-T', 'ranking-3', 'bash', '-c', `kill -9 ${pid}`);
      await repaired('ranking-3', 'crashed');
      expect(await nodeOf('ranking-3')).toMatchObject({ state: 'ready', lastRestart: 'crash' });
    });

    test('a liar is put into quarantine', async () => {
      await jsonOf('chaos', 'inject', 'byz.rank', '--target', 'ranking-1', '--ttl', '2m');
      await repaired('ranking-1', 'lying');
      expect((await called('ranking-1', 'lying'))!.orders.map(({ order }) => order)).toContain('quarantine');
    });

    test('a container that is killed is missed, and its end is no false alarm', async () => {
      await compose(engine, 'kill', 'query-2');
      await expect.poll(async () => (await nodeOf('query-2')).state, { timeout: 20_000 }).toBe('silent');
      await expect.poll(() => called('query-2', 'crashed'), { timeout: 30_000 }).toBeDefined();
      await compose(engine, 'start', 'query-2');
      await repaired('query-2', 'crashed');
    });

    test('the exits that all watchdogs saw, and the journal, explain what was found', async () => {
      const { confusion, falseAlarms } = await jsonOf<Score>('incidents', '--score');
      expect(confusion).toMatchObject({
        'stop.hang': { hung: 1 },
        'byz.rank': { lying: 1 },
      });
      expect((await exits()) - exitsBefore).toBe(2);
      expect(falseAlarms.filter(({ node, verdict }) => broken.includes(node) && verdict === 'crashed')).toEqual([]);
    });

    test('halt heals in every container, from any of them', async () => {
      await jsonOf('chaos', 'inject', 'limp.latency', '--target', 'html-1', '--mean-ms', '100', '--ttl', '2m');
      expect(await jsonOf('chaos', 'list')).toMatchObject([{ fault: { kind: 'limp.latency', target: 'html-1' } }]);
      expect(await commandIn(engine, 'app-2').jsonOf('chaos', 'halt')).toMatchObject({ healed: 1, silent: [] });
      expect(await jsonOf('chaos', 'list')).toEqual([]);
    });

    test('users got right answers meanwhile', async () => {
      await users!.stop();
      expect(users!.seen.right).toBeGreaterThan(50);
      expect(users!.seen.wrong).toEqual([]);
    });
  });
}
