import { cutText } from '../../../shared/cut-text.ts';
import { logLevels, parseLogLine } from '../../../shared/observe/log-line.ts';
import { createRedactor } from '../../../shared/observe/redact.ts';
import { tierlab } from '../../command-line.ts';
import { isTime } from '../../logs/log-line.ts';
import type { DoctorCheck, LogEnd } from '../facts.ts';
import type { Finding } from '../finding.ts';

const check = 'errors';
const redact = createRedactor();

/** The last error of each node. A log that ends with one is a problem: the node has written nothing since. */
export const lastErrors: DoctorCheck = ({ logs, place }) => {
  const findings = logs.flatMap((log) => {
    const last = lastErrorOf(log);
    return last === undefined
      ? []
      : [{ ...last, check, todo: `Read its log: ${tierlab(`logs ${log.node}`, place)}` } satisfies Finding];
  });
  if (findings.length > 0) return findings;
  return { check, level: 'ok', found: logs.length === 0 ? 'there are no logs' : 'no node has logged one' };
};

function lastErrorOf({ node, lines }: LogEnd): Pick<Finding, 'level' | 'found'> | undefined {
  const parsed = lines.filter((text) => text.trim() !== '').map(parseLogLine);
  const end = parsed.at(-1);
  if (end !== undefined && end.fields === undefined)
    return { level: 'problem', found: `${node} ended with a message of Node.js: ${short(end.text)}` };
  const last = parsed.findLast(({ fields }) => Number(fields?.level) >= logLevels.error)?.fields;
  if (last === undefined) return undefined;
  const { message } = (last.err ?? {}) as { readonly message?: unknown };
  const what = [last.msg, message].filter((text) => typeof text === 'string' && text !== '').join(': ');
  const died = last === end?.fields && Number(last.level) >= logLevels.fatal;
  return {
    level: died ? 'problem' : 'note',
    found: `${node} ${died ? 'ended with an error' : 'had an error'} at ${timeOf(last.time)}: ${short(what)}`,
  };
}

const short = (text: string): string => cutText(redact(text), 160);

const timeOf = (time: unknown): string => (isTime(time) ? new Date(time).toISOString() : 'an unknown time');
