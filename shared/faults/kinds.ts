import { byzCorrupt } from './byz-corrupt.ts';
import { byzEquivocate } from './byz-equivocate.ts';
import { byzForge } from './byz-forge.ts';
import { byzOmit } from './byz-omit.ts';
import { byzRank } from './byz-rank.ts';
import { byzReplay } from './byz-replay.ts';
import { byzStale } from './byz-stale.ts';
import { byzTwin } from './byz-twin.ts';
import { clockSkew } from './clock-skew.ts';
import { limpBandwidth } from './limp-bandwidth.ts';
import { limpCpu } from './limp-cpu.ts';
import { limpDisk } from './limp-disk.ts';
import { limpDribble } from './limp-dribble.ts';
import { limpIntermittent } from './limp-intermittent.ts';
import { limpLatency } from './limp-latency.ts';
import { netDelay } from './net-delay.ts';
import { netDrop } from './net-drop.ts';
import { netDuplicate } from './net-duplicate.ts';
import { netPartition } from './net-partition.ts';
import { netReset } from './net-reset.ts';
import { none } from './none.ts';
import { RpcError } from '../rpc/errors.ts';
import { checked } from './checked-schema.ts';
import type { FaultKind } from './fault.ts';
import { stopHang } from './stop-hang.ts';
import { stopKill } from './stop-kill.ts';
import { stopRefuse } from './stop-refuse.ts';

const all: readonly FaultKind[] = [
  none,
  stopKill,
  stopHang,
  stopRefuse,
  limpLatency,
  limpBandwidth,
  limpDribble,
  limpCpu,
  limpIntermittent,
  limpDisk,
  byzCorrupt,
  byzStale,
  byzReplay,
  byzEquivocate,
  byzRank,
  byzOmit,
  byzForge,
  byzTwin,
  netPartition,
  netDrop,
  netReset,
  netDelay,
  netDuplicate,
  clockSkew,
];

export const faultKinds: ReadonlyMap<string, FaultKind> = new Map(all.map((kind) => [kind.kind, kind]));

/** The kind and its parameters with defaults; throws `bad_request` for an unknown kind or invalid parameters. */
export function kindAndParams(name: string, params: unknown): { kind: FaultKind; params: unknown } {
  const kind = faultKinds.get(name);
  if (!kind)
    throw new RpcError(
      'bad_request',
      `fault: kind ${name} is not known; there are ${[...faultKinds.keys()].join(', ')}`,
    );
  const filled = checked(kind.params, params, name);
  const complaint = kind.check?.(filled);
  if (complaint !== undefined) throw new RpcError('bad_request', `${name}: ${complaint}`);
  return { kind, params: filled };
}

/** Whether the node itself or the watchdog of its process carries out the fault. */
export function siteOf(name: string, params: unknown): 'node' | 'watchdog' {
  const { kind, params: filled } = kindAndParams(name, params);
  return kind.plan?.(filled) === undefined ? 'node' : 'watchdog';
}
