import type { Architecture, DescribedComponent } from '../../architecture/describe.ts';
import { useAnswer } from '../use-answer.ts';

const layers = [
  ['middleware', 'Middleware, in every node'],
  ['platform', 'Platform, on every machine'],
] as const;

/** Which components there are, what each is for, and how they relate; below them the layers that carry all. */
export function ArchitectureView() {
  const { value, problem } = useAnswer<Architecture>('/api/architecture');
  if (!value)
    return (
      <section>
        <h2>Architecture</h2>
        <p class="quiet">{problem ?? '…'}</p>
      </section>
    );
  const { name, summary, style, shards, processes, components, everywhere } = value;
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
