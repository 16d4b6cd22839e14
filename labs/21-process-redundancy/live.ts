import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import type { StandbyKind } from '../../shared/membership/fencing.ts';
import type { View } from '../../shared/membership/view.ts';
import { nodeOf, nodesOf } from '../kit/nodes.ts';
import { callNode, closedLoad } from '../kit/open-load.ts';
import { appSearch, labSearch } from '../kit/searches.ts';
import { alone } from '../kit/topology.ts';
import { untilNo } from '../kit/until.ts';
import type { FaultProof, LabNode, LiveContext } from '../runner/lab.ts';

/** Each node is lost once only: a monitor that has repaired a node before promotes its standby sooner. */
const hotLosses = 6;
/** The time from one search of the user to the next. */
const everyMs = 40;
/** The user waits for an answer at most this long. */
const patienceMs = 1_000;
const giveUpMs = 30_000;
/**
 * A monitor gives at most four orders in 10 s. A loss takes two, and the monitor tries to start lost nodes again and
 * again. With 6 s between two losses, the fifth takeover took 4 s.
 */
const restMs = 10_000;
const downMs = 300_000;
export const fenceCalls = 100;

const topology = {
  nodes: [
    alone('monitor'),
    { name: 'app', components: ['app', 'html'], replicas: 1 },
    { ...alone('ranking'), standbys: { hot: hotLosses } },
    { ...alone('database'), standbys: { warm: 1 } },
    { ...alone('query'), standbys: { cold: 1 } },
  ],
};

export interface Takeover {
  readonly kind: StandbyKind;
  readonly lost: string;
  /** The node that has the role now; undefined: nobody was promoted. */
  readonly by: string | undefined;
  /** From the loss until a search was answered again, s. */
  readonly downS: number;
}

export interface LiveTakeovers {
  readonly takeovers: readonly Takeover[];
  /** Of `fenceCalls` calls each: those that the first lost node refused when it was back, and the active one served. */
  readonly fence: { readonly refused: number; readonly served: number };
  readonly proofs: readonly FaultProof[];
}

/** A search engine whose nodes are lost one after the other, and a user who searches all the time. */
export async function liveTakeovers({ cluster, seed, signal, progress, say }: LiveContext): Promise<LiveTakeovers> {
  const own = await cluster(topology);
  const [monitor, app] = [nodeOf(own, 'monitor'), nodeOf(own, 'app')];
  // A monitor starts the cold standby, which the watchdog counts as a restart.
  own.mayEnd(nodesOf(own, 'query')[1]!.id);
  // The formula is about silence. Callers would complain about the lost node even sooner.
  await own.policy(monitor.id, { evidence: { calls: false } });
  const random = seededRandom(`${seed}/losses`);
  const pause = (ms: number) => sleep(systemScheduler, ms, signal);
  const view = async (): Promise<View> =>
    (await (await fetch(`http://127.0.0.1:${monitor.publicPort}/api/view`, { signal })).json()) as View;
  const untilStandby = ({ id }: LabNode) =>
    untilNo(
      async () => {
        const state = (await view()).members.find(({ node }) => node === id)?.state;
        return state === 'standby' ? undefined : `${id} is ${state}, and not a standby`;
      },
      { boundMs: giveUpMs, pollMs: 250, signal },
    );
  const question = (i: number) => appSearch(app, labSearch(i));

  const heals: (() => Promise<FaultProof>)[] = [];
  /** `role`: the node that had the role when the cluster started. A view names the role by this node. */
  async function lose(kind: StandbyKind, lost: string, role = lost): Promise<Takeover> {
    await pause(restMs + 500 * random.next());
    heals.push(await own.inject(lost, { kind: 'stop.kill', params: { downMs } }));
    const lostAt = performance.now();
    const downForMs = () => performance.now() - lostAt;
    const servedMs: number[] = [];
    for (let i = 0; servedMs.length === 0 && downForMs() < giveUpMs; i++) {
      await pause(everyMs);
      void callNode(question(i), patienceMs).then(({ ok }) => {
        if (ok) servedMs.push(downForMs());
      });
    }
    const holder = (await view()).promotions?.find(({ instead }) => instead === role)?.node;
    return { kind, lost, by: holder === lost ? undefined : holder, downS: (servedMs[0] ?? downForMs()) / 1_000 };
  }

  const rankings = nodesOf(own, 'ranking');
  for (const standby of [...rankings.slice(1), nodesOf(own, 'database')[1]!]) await untilStandby(standby);
  // The first searches compile code.
  await closedLoad({ n: 200, lanes: 2, question, signal });

  const takeovers: Takeover[] = [];
  const first = rankings[0]!;
  let active = first.id;
  for (let i = 1; i <= hotLosses; i++) {
    const takeover = await lose('hot', active, first.id);
    takeovers.push(takeover);
    progress('hot standbys', i, hotLosses);
    if (takeover.by === undefined) break;
    active = takeover.by;
  }
  takeovers.push(await lose('warm', nodeOf(own, 'database').id));
  progress('a warm standby', 1, 1);
  takeovers.push(await lose('cold', nodeOf(own, 'query').id));
  progress('a cold standby', 1, 1);

  say(`the machine of ${first.id} is back`);
  const [healFirst, ...healOthers] = heals;
  const proofs = [await healFirst!()];
  await untilStandby(first);
  // A caller with an old list of addresses calls the first node still. The active node is called as well.
  const [refused, served] = await Promise.all(
    [first.id, active].map((id) =>
      closedLoad({
        n: fenceCalls,
        lanes: 1,
        question: (i) => ({
          node: rankings.find((node) => node.id === id)!,
          component: 'ranking',
          operation: 'search',
          request: labSearch(i),
        }),
        signal,
      }),
    ),
  );
  for (const heal of healOthers) proofs.push(await heal());
  const fence = {
    refused: refused!.filter(({ code }) => code === 'unavailable').length,
    served: served!.filter(({ ok }) => ok).length,
  };
  return { takeovers, fence, proofs };
}
