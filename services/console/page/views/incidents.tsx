import type { AvailabilityReport, ServiceAvailability } from '../../../monitor/availability-report.ts';
import { span } from '../../../../shared/span.ts';
import type { ViewOptions } from '../view-options.ts';
import { commandsOf } from '../commands.ts';
import { percent } from '../headline.ts';
import { Command } from '../parts/command.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { Words } from '../parts/words-help.tsx';

/** How long an incident is shown before it began when it is replayed, ms. */
const leadMs = 3_000;

/** Every incident with its phases, and what they cost: the availability. */
export function IncidentsView({ moment, state, store }: ViewOptions) {
  const { incidents, now, all, about } = moment;
  const first = all[0]!.at;
  return (
    <>
      <section aria-labelledby="incidents">
        <h2 id="incidents">
          Incidents <Command of="the incidents" commands={commandsOf(about).incidents!} />
        </h2>
        <IncidentList
          incidents={incidents}
          now={now.at}
          onReplay={({ stamps }) => store.set({ cursor: Math.max(first, stamps.manifest - leadMs), playing: true })}
        />
      </section>
      <section aria-labelledby="availability">
        <h2 id="availability">
          Availability <Command of="the availability" commands={commandsOf(about).availability!} />
        </h2>
        {state.availability ? (
          <Availability report={state.availability} />
        ) : (
          <p class="quiet">No monitor answers yet.</p>
        )}
      </section>
      <Words />
    </>
  );
}

function Availability({ report }: { report: AvailabilityReport }) {
  const rows: readonly (ServiceAvailability | AvailabilityReport['whole'])[] = [report.whole, ...report.services];
  return (
    <>
      <p class="quiet">
        Observed for {span(report.to - report.from)}. A service is down only while all replicas of one of its shards are
        down. If its replicas failed independently, it would be up for the share "if independent".
      </p>
      <div class="table" tabindex={0} role="region" aria-label="Availability by service">
        <table>
          <thead>
            <tr>
              <th scope="col">service</th>
              <th scope="col">replicas</th>
              <th scope="col">failures</th>
              <th scope="col">down</th>
              <th scope="col">measured</th>
              <th scope="col">if independent</th>
              <th scope="col">MTBF</th>
              <th scope="col">MTTR</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={`${i} ${row.name}`} class={i === 0 ? 'whole' : ''}>
                <th scope="row">{i === 0 ? 'everything users need' : row.name}</th>
                <td>{'replicas' in row && row.replicas}</td>
                <td>{row.failures}</td>
                <td>{span(row.downMs)}</td>
                <td>{percent(row.measured)}</td>
                <td>{'expected' in row && percent(row.expected)}</td>
                <td>{span(row.mtbfMs)}</td>
                <td>{span(row.mttrMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>Single nodes</h3>
      <div class="table" tabindex={0} role="region" aria-label="Availability by node">
        <table>
          <thead>
            <tr>
              <th scope="col">node</th>
              <th scope="col">failures</th>
              <th scope="col">detect</th>
              <th scope="col">diagnose</th>
              <th scope="col">fix</th>
              <th scope="col">= MTTR</th>
              <th scope="col">MTBF</th>
              <th scope="col">(MTBF - MTTR) / MTBF</th>
              <th scope="col">measured</th>
            </tr>
          </thead>
          <tbody>
            {report.nodes
              .filter(({ failures }) => failures > 0)
              .map((row) => (
                <tr key={row.name}>
                  <th scope="row">
                    <a href={`#/node/${row.name}`}>{row.name}</a>
                  </th>
                  <td>{row.failures}</td>
                  <td>{span(row.detectionMs)}</td>
                  <td>{span(row.diagnosisMs)}</td>
                  <td>{span(row.fixMs)}</td>
                  <td>{span(row.mttrMs)}</td>
                  <td>{span(row.mtbfMs)}</td>
                  <td>{row.formula === undefined ? 'no repair yet' : percent(row.formula)}</td>
                  <td>{percent(row.measured)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      {report.nodes.every(({ failures }) => failures === 0) && <p class="quiet">No node has failed yet.</p>}
    </>
  );
}
