import { tierlab } from '../../command-line.ts';
import type { ClusterNode } from '../../watchdog-client.ts';
import type { DoctorCheck, Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';

const check = 'nodes';

/** What the state of a node means, and what to do; undefined if all is well. */
type Judge = (node: ClusterNode, place: Facts['place']) => Omit<Finding, 'check'> | undefined;

const judges: Readonly<Record<ClusterNode['state'], Judge>> = {
  ready: () => undefined,
  starting: ({ id }, place) => ({
    level: 'note',
    found: `${id} is starting`,
    todo: `Wait, then look again: ${tierlab('status', place)}`,
  }),
  stopping: ({ id }) => ({ level: 'note', found: `${id} is stopping` }),
  stopped: ({ id }, place) => ({
    level: 'problem',
    found: `${id} is stopped`,
    todo: `Start it: ${tierlab(`restart --node ${id}`, place)}`,
  }),
  backoff: ({ id, exits }, place) => ({
    level: 'problem',
    found: `${id} has ended${exitOf(exits)}, and is started again after a pause`,
    todo: `Read why: ${tierlab(`logs ${id}`, place)}`,
  }),
  'crash-loop': ({ id, exits }, place) => ({
    level: 'problem',
    found: `${id} keeps crashing${exitOf(exits)}, so it stays down`,
    todo: `Read why: ${tierlab(`logs ${id}`, place)}`,
  }),
  held: ({ id }, place) => ({
    level: 'note',
    found: `${id} is kept down by a fault`,
    todo: `End all faults: ${tierlab('chaos halt', place)}`,
  }),
  silent: ({ id }, place) => ({
    level: 'problem',
    found: `the watchdog of ${id} does not answer`,
    todo: `See which nodes are left: ${tierlab('status', place)}`,
  }),
};

export const nodes: DoctorCheck = ({ running, startedNodes, place }) => {
  if (running === undefined)
    return {
      check,
      level: 'ok',
      found:
        `no cluster of ${place.dataDir} runs at port base ${place.portBase}; ` +
        '--data and --port-base name another cluster',
    };
  const { cluster } = running;
  if (!cluster.answered) return { check, level: 'problem', found: cluster.why, todo: endIt(running.pid) };
  const findings = cluster.nodes
    // A place that nobody has started is not missing.
    .filter(({ id, state }) => state !== 'stopped' || startedNodes.has(id))
    .flatMap((node): readonly Finding[] => {
      const judged = judges[node.state](node, place);
      return judged ? [{ check, ...judged }] : [];
    });
  const ready = cluster.nodes.filter(({ state }) => state === 'ready').length;
  const found = `${ready} ${ready === 1 ? 'is' : 'are'} ready, and none is missing`;
  return findings.length > 0 ? findings : [{ check, level: 'ok', found }];
};

const endIt = (pid: number): string => `If it does not answer again soon, end it: kill ${pid}`;

function exitOf(exits: ClusterNode['exits']): string {
  const last = exits.at(-1);
  return last === undefined ? '' : ` (${last.exit})`;
}
