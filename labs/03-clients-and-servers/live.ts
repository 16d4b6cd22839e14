import { shardOf } from '../../search/sharding.ts';
import { unanswered } from '../kit/checks.ts';
import { openLoad, throughput } from '../kit/open-load.ts';
import type { LiveContext } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import {
  crashCalls,
  drawPages,
  lanesPerServer,
  serverName,
  victimOf,
  type Architecture,
  type MeasuredArchitecture,
} from './architectures.ts';

/** Without a monitor: it would repair a server with a longer queue than the others, and it would hide the crash. */
const topologyOf = ({ parts, copies, middle }: Architecture, serviceMs: number) => {
  const logic = ['app', 'query', 'ranking', 'html'];
  const placed = { components: middle ? ['database'] : [...logic, 'database'], replicas: copies };
  return {
    policy: { base: 'naive', retry: middle, station: { component: 'database', workers: 1, serviceMs } },
    nodes: [
      { name: 'server', ...placed, ...(parts > 1 && { shards: parts }) },
      ...(middle ? [{ name: 'middle', components: logic, replicas: 1 }] : []),
    ],
  };
};

/** An architecture on real processes. This process is all its clients. */
export async function liveArchitecture(architecture: Architecture, s: number, context: LiveContext) {
  const { id, label, servers, parts, middle, crashLoad } = architecture;
  const { seed, signal, progress, cluster } = context;
  const own = await cluster(topologyOf(architecture, s));
  const byId = (id: string) => own.nodes.find((each) => each.id === id)!;
  const doors = Array.from({ length: parts }, (_, i) => byId(middle ? 'middle-1' : serverName(architecture, i + 1, 1)));
  const draw = drawPages(`${seed}/${id}`);
  const asked: string[] = [];
  // Without a middle server the client chooses: it knows the shard map.
  const question = () => {
    const page = draw();
    asked.push(page);
    const node = doors[shardOf(page, parts) - 1]!;
    return { node, component: 'app', operation: 'page', request: { id: page, format: 'json', via: [] } };
  };
  const busy = await throughput({
    lanes: lanesPerServer * servers,
    question,
    warmMs: 1_500,
    forMs: 5_000,
    windows: 10,
    signal,
    onProgress: (done, total) => progress(`${label}: all servers busy`, done, total),
  });
  const victim = victimOf(architecture);
  await own.crash(victim);
  asked.length = 0;
  const answers = await openLoad({
    seed: `${seed}/${id}`,
    n: crashCalls,
    perSecond: (1_000 * crashLoad) / s,
    question,
    signal,
    onProgress: (done) => progress(`${label}: after the crash`, done, crashCalls),
  });
  const lost = answers.filter(({ ok }) => !ok).length;
  const timeline = [
    `${label}: ${victim} has crashed`,
    ...answers.slice(0, 6).map(({ ok, code, tookMs }, i) => {
      const page = asked[i]!;
      const outcome = ok ? `an answer after ${digits(tookMs)} ms` : `no answer: ${code}`;
      return `  page ${page} of part ${shardOf(page, parts)}: ${outcome}`;
    }),
  ];
  return {
    measured: { perSecond: busy.perSecond, answered: busy.answered, lost, timeline } satisfies MeasuredArchitecture,
    fault: {
      kind: 'stop.kill',
      target: victim,
      matched: crashCalls,
      applied: asked.filter((page) => shardOf(page, parts) === parts).length,
    },
    failures: unanswered(`${label}: every call before the crash is answered`, busy.failed),
  };
}
