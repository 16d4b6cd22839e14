import type { ConsoleState } from '../store.ts';
import type { ViewOptions } from '../view-options.ts';
import { goodShare } from '../headline.ts';
import { Chart } from '../parts/chart.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { Tile } from '../parts/tile.tsx';
import { Legend } from '../picture/legend.tsx';
import { Picture } from '../picture/picture.tsx';
import { bandsOf, secondsOf } from '../parts/time.ts';
import { timeSpan } from '../../../../shared/time-span.ts';
import { mostWork } from '../most-work.ts';
import { latency, percent, rate } from '../quantities.ts';
import { commandsOf } from '../commands.ts';

const liveOnly = 'shown live only';

/** The whole cluster: its picture, its most important numbers, and its last incidents. */
export function Overview({ moment, state, store }: ViewOptions) {
  const { now, past, all, about, incidents } = moment;
  const last = past.slice(-120);
  const nodes = about.nodes.filter(({ standby }) => standby === undefined);
  const alive = nodes.filter(({ id }) => now.nodes[id]?.state === 'alive').length;
  const { door } = now;
  // The page keeps no history of these two, and a present number would be wrong for a moment of the past.
  const { availability, times: usual }: Pick<ConsoleState, 'availability' | 'times'> = moment.live ? state : {};
  const whole = availability?.whole;
  const unknown = moment.live ? 'no requests yet' : liveOnly;
  const times = secondsOf(all);
  const cursor = moment.live ? undefined : now.at / 1_000;
  const commands = commandsOf(about, location.hostname);
  const busiest = usual && mostWork(usual);
  return (
    <>
      <section class="card" aria-label="The cluster">
        <Picture moment={moment} />
        <Legend />
      </section>
      <section class="tiles" aria-label="In numbers">
        <Tile
          name="Requests"
          value={rate(door.rate)}
          trend={last.map((it) => it.door.rate)}
          commands={commands.requests}
        />
        <Tile
          name="Succeed"
          value={door.ok === undefined ? 'no traffic' : percent(door.ok)}
          tone={door.ok !== undefined && door.ok < goodShare ? 'bad' : undefined}
          trend={last.map((it) => it.door.ok)}
          commands={commands.success}
        />
        <Tile
          name="Median latency"
          value={latency(door.p50)}
          trend={last.map((it) => it.door.p50)}
          commands={commands.p50}
        />
        <Tile
          name="Slowest 1%"
          value={latency(door.p99)}
          trend={last.map((it) => it.door.p99)}
          commands={commands.p99}
        />
        <Tile
          name="Most work"
          value={busiest ? <a href="#/requests">{busiest.component}</a> : '–'}
          unit={busiest ? `${percent(busiest.share)} of the work in ${usual.request}` : unknown}
          commands={commands.times}
        />
        <Tile
          name="Nodes alive"
          value={alive}
          unit={`of ${nodes.length}`}
          tone={alive < nodes.length ? 'warn' : undefined}
          commands={commands.nodes}
        />
        <Tile
          name="Available"
          value={whole ? percent(whole.measured) : '–'}
          unit={whole ? `${timeSpan(whole.downMs)} down so far` : moment.live ? undefined : liveOnly}
          commands={commands.availability}
        />
      </section>
      <section class="charts" aria-label="The last 15 minutes">
        <Chart
          title="Requests a second"
          times={times}
          bands={bandsOf(state.incidents, now.at)}
          cursor={cursor}
          format={(value) => String(Number(value.toPrecision(3)))}
          series={[
            { label: 'all', colour: '--accent', values: all.map((it) => it.door.rate) },
            {
              label: 'failed',
              colour: '--bad',
              values: all.map((it) => (it.door.ok === undefined ? null : it.door.rate * (1 - it.door.ok))),
            },
          ]}
        />
        <Chart
          title="Latency"
          times={times}
          bands={bandsOf(state.incidents, now.at)}
          cursor={cursor}
          format={latency}
          series={[
            { label: 'slowest 1%', colour: '--soft', values: all.map((it) => it.door.p99 ?? null) },
            { label: 'median', colour: '--accent', values: all.map((it) => it.door.p50 ?? null) },
          ]}
        />
      </section>
      <section aria-labelledby="last-incidents">
        <h2 id="last-incidents">
          Last incidents <a href="#/incidents">Show all</a>
        </h2>
        <IncidentList incidents={incidents.slice(0, 4)} moment={moment} store={store} />
      </section>
    </>
  );
}
