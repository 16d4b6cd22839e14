import type { AvailabilityReport, ServiceAvailability } from '../../../monitor/availability-report.ts';
import { timeSpan } from '../../../../shared/time-span.ts';
import type { ViewOptions } from '../view-options.ts';
import { commandsOf } from '../commands.ts';
import { percent } from '../quantities.ts';
import { Command } from '../parts/command.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { Words } from '../parts/words-help.tsx';
import { Table } from '../parts/table.tsx';

/** Every incident with its phases, and what they cost: the availability. */
export function IncidentsView({ moment, state, store }: ViewOptions) {
  const { incidents, about } = moment;
  const commands = commandsOf(about, location.hostname);
  return (
    <>
      <section aria-labelledby="incidents">
        <div class="titled">
          <h2 id="incidents">Incidents</h2>
          <Command of="the incidents" commands={commands.incidents} />
        </div>
        <IncidentList incidents={incidents} moment={moment} store={store} />
      </section>
      <section aria-labelledby="availability">
        <div class="titled">
          <h2 id="availability">Availability</h2>
          <Command of="the availability" commands={commands.availability} />
        </div>
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
  const failed = report.nodes.filter(({ failures }) => failures > 0);
  const rows: readonly (ServiceAvailability | AvailabilityReport['whole'])[] = [report.whole, ...report.services];
  return (
    <>
      <p class="quiet">
        Observed for {timeSpan(report.to - report.from)}. A service is down only while all replicas of one of its shards
        are down. The column "if independent" shows its availability if its replicas failed independently. An overloaded
        node that refuses calls has not failed: "Succeed" on the overview shows what users get.
      </p>
      <Table
        label="Availability by service"
        columns={['service', 'measured', 'down', 'failures', 'replicas', 'if independent', 'MTBF', 'MTTR']}
      >
        {rows.map((row, i) => (
          <tr key={`${i} ${row.name}`} class={i === 0 ? 'whole' : ''}>
            <th scope="row">{i === 0 ? 'everything users need' : row.name}</th>
            <td>{percent(row.measured)}</td>
            <td>{timeSpan(row.downMs)}</td>
            <td>{row.failures}</td>
            <td>{'replicas' in row && row.replicas}</td>
            <td>{'expected' in row && percent(row.expected)}</td>
            <td>{timeSpan(row.mtbfMs)}</td>
            <td>{timeSpan(row.mttrMs)}</td>
          </tr>
        ))}
      </Table>
      <h3>Single nodes</h3>
      {failed.length === 0 ? (
        <p class="quiet">No node has failed yet.</p>
      ) : (
        <Table
          label="Availability by node"
          columns={[
            'node',
            'failures',
            'detect',
            'diagnose',
            'fix',
            '= MTTR',
            'MTBF',
            '(MTBF - MTTR) / MTBF',
            'measured',
          ]}
        >
          {failed.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <a href={`#/node/${row.name}`}>{row.name}</a>
              </th>
              <td>{row.failures}</td>
              <td>{timeSpan(row.detectionMs)}</td>
              <td>{timeSpan(row.diagnosisMs)}</td>
              <td>{timeSpan(row.fixMs)}</td>
              <td>{timeSpan(row.mttrMs)}</td>
              <td>{timeSpan(row.mtbfMs)}</td>
              <td>{row.formula === undefined ? 'no repair yet' : percent(row.formula)}</td>
              <td>{percent(row.measured)}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
