import type { Verdict } from '../../../../shared/membership/verdict.ts';
import { brokenBy } from '../../broken-by.ts';
import type { NodeNow } from '../../live/snapshot.ts';
import { stateMeanings, verdictMeanings } from '../../meanings.ts';
import type { ViewOptions } from '../view-options.ts';
import { useRepeated } from '../use-repeated.ts';
import { nodeCommands } from '../commands.ts';
import { FaultsInEffect } from '../faults/in-effect.tsx';
import { Command } from '../parts/command.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { LogLines } from '../parts/log-lines.tsx';
import { Tile } from '../parts/tile.tsx';
import { lookOf, toneSymbols } from '../picture/badges.ts';
import { duration, latency, percent, rate } from '../quantities.ts';

/** What the monitors say about a node. */
interface Diagnosis {
  readonly verdict?: Verdict;
  readonly reasons: readonly string[];
  readonly build?: string;
}

/** One node: its health with the reasons, its numbers, its faults, its incidents and the end of its log. */
export function NodeView({ moment, state, store, id }: ViewOptions & { id: string }) {
  const { about, now, past, live, incidents } = moment;
  const node = about.nodes.find((it) => it.id === id);
  const diagnosis = useRepeated<Diagnosis>(`/api/nodes/${encodeURIComponent(id)}/diagnosis`);
  if (!node)
    return (
      <section>
        <h2>Not found</h2>
        <p>
          {about.name} has no node {id}. <a href="#/">Back to the overview</a>
        </p>
      </section>
    );
  const its = now.nodes[id]!;
  const look = lookOf(now, id);
  const faults = now.faults?.filter((fault) => brokenBy(fault).includes(id)) ?? null;
  const { live: numbers } = its;
  const last = past.slice(-120).map((snapshot) => snapshot.nodes[id]?.live);
  const commands = nodeCommands(about, node, location.hostname);
  const circuits = Object.entries(numbers?.circuits ?? {});
  const shard = node.shard === undefined ? '' : `, shard ${node.shard} of ${about.shards}`;
  return (
    <>
      <section class={`node-head ${look.tone}`} aria-labelledby="node">
        <h2 id="node">{id}</h2>
        <p class="verdict">
          <span aria-hidden="true">{toneSymbols[look.tone]} </span>
          <strong>{its.state}</strong>
          {its.verdict !== undefined && `, ${its.verdict}`}: {meaning(its)}.
          {look.badges.map(({ word, tone }) => (
            <span key={word} class={`badge ${tone}`}>
              {word}
            </span>
          ))}
        </p>
        {live && (diagnosis?.reasons.length ?? 0) > 0 && (
          <ul class="reasons">
            {diagnosis!.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        <p class="quiet">
          Runs {node.components.join(', ')}
          {shard}; {roleOf(node.standby, its, now.leader === id)}; port {node.port}, ops port {node.opsPort}
          {numbers && `; incarnation ${numbers.incarnation}, up for ${duration(numbers.upMs)}`}
          {diagnosis?.build !== undefined && `; ${diagnosis.build}`}
          {id === about.own && '; it hosts this console'}.
        </p>
      </section>
      <section class="tiles eight" aria-label="In numbers">
        <Tile
          name="Calls"
          value={numbers ? rate(numbers.served.rate) : 'no answer'}
          trend={last.map((it) => it?.served.rate)}
          commands={commands.rate}
        />
        <Tile
          name="Succeed"
          value={numbers?.served.ok === undefined ? '–' : percent(numbers.served.ok)}
          trend={last.map((it) => it?.served.ok)}
          commands={commands.success}
        />
        <Tile
          name="Median"
          value={latency(numbers?.served.p50)}
          trend={last.map((it) => it?.served.p50)}
          commands={commands.p50}
        />
        <Tile
          name="Slowest 1%"
          value={latency(numbers?.served.p99)}
          trend={last.map((it) => it?.served.p99)}
          commands={commands.p99}
        />
        <Tile
          name="In flight"
          value={numbers?.inFlight ?? '–'}
          unit={numbers?.longestWaitMs === undefined ? 'no limit' : `wait up to ${latency(numbers.longestWaitMs)}`}
          trend={last.map((it) => it?.inFlight)}
          commands={commands.inFlight}
        />
        <Tile
          name="Event loop"
          value={numbers ? percent(numbers.busy) : '–'}
          unit={numbers && `busy, ${latency(numbers.lagMs)} late`}
          trend={last.map((it) => it?.busy)}
          commands={commands.loop}
        />
        <Tile
          name="Circuits"
          value={circuits.length === 0 ? 'closed' : circuits.map(([name, word]) => `${name} ${word}`).join(', ')}
          commands={commands.circuits}
        />
        <Tile
          name="Memory"
          value={numbers ? `${numbers.memoryMb} MB` : '–'}
          trend={last.map((it) => it?.memoryMb)}
          commands={commands.memory}
        />
      </section>
      <section aria-labelledby="node-faults">
        <h2 id="node-faults">Injected faults {about.chaos && <a href={`#/faults/${id}`}>Break it</a>}</h2>
        {id === about.own && (
          <p class="quiet">This console runs on this node: a fault may make the console unreachable for a while.</p>
        )}
        <FaultsInEffect faults={faults} operator={state.operator && live} />
      </section>
      <section aria-labelledby="node-incidents">
        <h2 id="node-incidents">Incidents</h2>
        <IncidentList incidents={incidents.filter(({ node: its }) => its === id)} moment={moment} store={store} />
      </section>
      <section aria-labelledby="node-log">
        <div class="titled">
          <h2 id="node-log">Last lines of its log</h2>
          <Command of="the log" commands={commands.log} />
        </div>
        <LogLines id={id} />
      </section>
    </>
  );
}

function meaning({ state, verdict }: NodeNow): string {
  const says = stateMeanings[state];
  return verdict === undefined || verdict === 'healthy' ? says : `${says}; ${verdictMeanings[verdict]}`;
}

function roleOf(standby: string | undefined, { state }: NodeNow, leads: boolean): string {
  if (leads) return 'leader of the monitors, which takes out nodes that limp or lie';
  if (standby === undefined) return 'regular replica';
  return state === 'standby' ? `${standby} standby, waiting` : `${standby} standby, in service`;
}
