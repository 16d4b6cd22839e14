import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { RpcError } from '../../rpc/errors.ts';
import { schemaProblem } from '../../schema/problem.ts';
import type { ControlRoute } from '../../control/server.ts';
import { isAlive } from '../../is-alive.ts';
import { parseProcessStat } from '../../process-stat.ts';
import { orderRoute } from '../../control/server.ts';

const HoldOrder = Type.Object(
  { command: Type.String({ minLength: 1, maxLength: 40 }), pid: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);
type HoldOrder = Static<typeof HoldOrder>;

interface Holder extends HoldOrder {
  /** A later process with the same id has another start time. */
  readonly startedAt: number;
}

/**
 * POST /changes: the process that sends this order may change which nodes run. Until it ends, other processes get
 * `conflict`. Otherwise two commands could run at the same time, and neither would know which nodes the other command
 * adds or removes. The permission ends by itself with the process. So a killed process does not block later commands.
 * `startOf` says when a process started, and is undefined for a process that does not run. A process without a start
 * time blocks nobody.
 */
export function changeHolder(startOf: (pid: number) => number | undefined = processStart): ControlRoute {
  let holder: Holder | undefined;
  return orderRoute('/changes', (_parameters, body) => {
    const problem = schemaProblem(HoldOrder, body, 'order');
    if (problem !== undefined) throw new RpcError('bad_request', problem);
    const { command, pid } = body as HoldOrder;
    if (holder !== undefined && holder.pid !== pid && startOf(holder.pid) === holder.startedAt)
      throw new RpcError('conflict', heldBy(holder));
    const startedAt = startOf(pid);
    holder = startedAt === undefined ? undefined : { command, pid, startedAt };
    return {};
  });
}

const heldBy = ({ command, pid }: Holder): string =>
  `"${command}" (process ${pid}) is changing the nodes of this cluster. Try again when it has ended`;

/** When a process of this machine started; undefined if it has ended. Only Linux tells the time, elsewhere it is 0. */
function processStart(pid: number): number | undefined {
  if (!isAlive(pid)) return undefined;
  try {
    const { state, startedAt } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return state === 'Z' ? undefined : startedAt;
  } catch {
    return 0;
  }
}
