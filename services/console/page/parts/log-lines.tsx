import { logLevelOf, logLevels, parseLogLine } from '../../../../shared/observe/log-line.ts';
import { useRepeated } from '../use-repeated.ts';
import { clockTime } from '../../../../shared/clock-time.ts';

/** The end of a node's log, newest first. */
export function LogLines({ id }: { id: string }) {
  const log = useRepeated<{ lines?: readonly string[] }>(`/api/nodes/${encodeURIComponent(id)}/log`);
  if (!log) return <p class="quiet">…</p>;
  if (!log.lines) return <p class="quiet">Its log is not on this machine. In containers: docker compose logs {id}.</p>;
  if (log.lines.length === 0) return <p class="quiet">No lines yet.</p>;
  return (
    <div class="log" tabindex={0} role="region" aria-label={`The end of the log of ${id}`}>
      <ol>
        {log.lines.toReversed().map((line, i) => (
          <Line key={`${i} ${line}`} text={line} />
        ))}
      </ol>
    </div>
  );
}

function Line({ text }: { text: string }) {
  const { fields } = parseLogLine(text);
  if (fields === undefined) return <li>{text}</li>;
  const { time, level: _level, msg, node: _node, pid: _pid, hostname: _host, ...rest } = fields;
  const { number, name } = logLevelOf(fields);
  const more = JSON.stringify(rest);
  return (
    <li class={number >= logLevels.error ? 'bad' : number >= logLevels.warn ? 'warn' : ''}>
      <time>{typeof time === 'number' ? clockTime(time) : ''}</time> <b>{name}</b> {typeof msg === 'string' && msg}{' '}
      {more !== '{}' && <span>{more}</span>}
    </li>
  );
}
