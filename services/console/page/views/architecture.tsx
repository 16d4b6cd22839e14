import type { DescribedArchitecture, DescribedComponent } from '../../architecture/describe.ts';
import type { ObservedStyle } from '../../architecture/observed.ts';
import { shortNumber } from '../../../../web/numbers.ts';
import { Table } from '../parts/table.tsx';
import { Calls } from '../picture/calls.tsx';
import { useAnswer } from '../use-answer.ts';
import { useRepeated } from '../use-repeated.ts';

const layers = [
  ['middleware', 'Middleware, in every node'],
  ['platform', 'Platform, on every machine'],
] as const;

/** Which components there are, what each is for, and how they relate; below them the layers that carry all. */
export function ArchitectureView() {
  const { value, problem } = useAnswer<DescribedArchitecture>('/api/architecture');
  if (!value)
    return (
      <section>
        <h2>Architecture</h2>
        <p class="quiet">{problem ?? '…'}</p>
      </section>
    );
  const { name, summary, style, shards, processes, components, everywhere, searchPort } = value;
  const data = components.filter(({ control }) => !control);
  return (
    <>
      <section aria-labelledby="architecture">
        <h2 id="architecture">Architecture of {name}</h2>
        <p class="quiet">
          {summary}. {components.length} components on {processes} {processes === 1 ? 'process' : 'processes'}; the data
          in {shards === 1 ? 'one shard' : `${shards} shards`}; {style} interaction.
        </p>
      </section>
      <WhoCalledWhom searchPort={searchPort} />
      <section aria-labelledby="application">
        <h2 id="application">Application</h2>
        <Components list={data} />
      </section>
      <section aria-labelledby="control-plane">
        <h2 id="control-plane">Control plane</h2>
        <Components list={components.filter(({ control }) => control)} />
      </section>
      {layers.map(([layer, title]) => (
        <section key={layer} aria-labelledby={layer}>
          <h2 id={layer}>{title}</h2>
          <dl class="layer">
            {everywhere
              .filter((it) => it.layer === layer)
              .map((it) => (
                <div key={it.name}>
                  <dt>{it.name}</dt>
                  <dd>{it.text}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </>
  );
}

/** Who called whom in both styles, from traces of real searches, beside the calls that the placement predicts. */
function WhoCalledWhom({ searchPort }: { searchPort: number | undefined }) {
  const styles = useRepeated<readonly ObservedStyle[]>('/api/architecture/calls') ?? [];
  return (
    <section aria-labelledby="who-called-whom">
      <h2 id="who-called-whom">Who called whom</h2>
      {styles.map(({ style, traces, relations, arithmetic }) => {
        const title = `A search in the ${style} style`;
        return (
          <section key={style} aria-label={title}>
            <h3>{title}</h3>
            {traces === 0 ? (
              <p class="quiet">
                There is no trace of such a search yet.{' '}
                {searchPort !== undefined && (
                  <a href={`http://${location.hostname}:${searchPort}/search?q=dog&style=${style}`} target="_blank">
                    Search for dog in the {style} style
                  </a>
                )}
              </p>
            ) : (
              <>
                <p class="quiet">
                  Measured from {traces} {traces === 1 ? 'trace' : 'traces'} of the newest searches.
                </p>
                <Calls relations={relations} label={`${title}: who called whom`} />
                <details>
                  <summary>The measured numbers, and the expected ones</summary>
                  <Numbers relations={relations} arithmetic={arithmetic} />
                </details>
              </>
            )}
          </section>
        );
      })}
    </section>
  );
}

function Numbers({ relations, arithmetic }: Pick<ObservedStyle, 'relations' | 'arithmetic'>) {
  return (
    <Table label="Calls in one search" columns={['call', 'per search', 'expected', 'between nodes', 'expected']}>
      {relations.map(({ caller, callee, operation, perSearch, acrossNodes }) => {
        const placed = arithmetic.find((it) => it.caller === caller && it.callee === callee);
        return (
          <tr key={`${caller} ${callee} ${operation}`}>
            <th scope="row">
              {caller} → {callee}.{operation}
            </th>
            <td>{shortNumber(perSearch)}</td>
            <td>{placed ? shortNumber(placed.perSearch) : '–'}</td>
            <td>{shortNumber(acrossNodes)}</td>
            <td>{placed ? shortNumber(placed.acrossNodes) : '–'}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function Components({ list }: { list: readonly DescribedComponent[] }) {
  return (
    <div class="components">
      {list.map((it) => (
        <article key={it.name} id={`component-${it.name}`}>
          <h3>
            {it.name} {it.level !== undefined && <small>{it.level} level</small>}
          </h3>
          <p>{it.purpose}</p>
          {it.operations.length > 0 && (
            <details>
              <summary>
                {it.operations.length} {it.operations.length === 1 ? 'operation' : 'operations'}
              </summary>
              <dl>
                {it.operations.map(({ name, summary }) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{summary}</dd>
                  </div>
                ))}
              </dl>
            </details>
          )}
          <dl class="relations">
            <Relation name="calls" values={it.calls} />
            <Relation name="is called by" values={it.calledBy} />
            <Relation name="runs on" values={it.nodes} nodes />
          </dl>
        </article>
      ))}
    </div>
  );
}

function Relation({ name, values, nodes = false }: { name: string; values: readonly string[]; nodes?: boolean }) {
  if (values.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {values.map((value, i) => (
          <span key={value}>
            {i > 0 && ', '}
            {nodes ? <a href={`#/node/${value}`}>{value}</a> : value}
          </span>
        ))}
      </dd>
    </div>
  );
}
