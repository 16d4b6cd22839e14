import type { Bathtub } from '../../../services/chaos/bathtub/lives.ts';
import { failing, type SteadyState } from '../../../services/chaos/steady.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { CommandError } from '../../errors.ts';
import { statusOf } from '../../watchdog-client.ts';
import { askController, type ChaosConnection } from '../connection.ts';
import { bathtubResultOf, type BathtubResult } from './model.ts';
import { createAgingProcess } from './aging-process.ts';

export interface LiveBathtubOptions {
  readonly bathtub: Bathtub;
  readonly components: readonly string[];
  readonly seed: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
  readonly onFailure: (failures: number, atMs: number) => void;
}

const lookEveryMs = 25;
/** Added to the time that the process is down. The fault ends by itself when the watchdog starts the process again. */
const graceMs = 2_000;
/** Failures are expected here, so the run stops only when nearly all users see errors. */
const abortIf = { errorShareAbove: 0.95, p90AboveMs: 60_000 };

interface Health {
  readonly steady: SteadyState;
}

/**
 * Kills and restarts real processes when their drawn lifetimes end, and records their lives. All faults are healed at
 * the end, also after an error.
 */
export async function runLiveBathtub(connection: ChaosConnection, options: LiveBathtubOptions): Promise<BathtubResult> {
  const { bathtub, components, seed, durationMs, signal, onFailure } = options;
  const victims = connection.nodes.filter((node) => components.some((it) => node.components.includes(it)));
  if (victims.length === 0) throw new CommandError(`no node hosts ${components.join(' or ')}`);
  const { steady } = (await askController(connection, 'GET', '/')) as Health;
  if (steady.samples === 0 || steady.errorShare > 0.1)
    throw new CommandError(
      `the cluster is not steady for its users (${steady.samples === 0 ? 'no probe has ended' : failing(steady)}), ` +
        'so no process was killed',
    );

  const parts = new Map(victims.map(({ id }) => [id, createAgingProcess(bathtub, `${seed} ${id}`)]));
  let serial = 0;
  let refusal: unknown;
  const kill = (target: string, repairMs: number): void => {
    const id = `bathtub-${seed}-${++serial}`;
    const ttlMs = Math.ceil(repairMs) + graceMs;
    const request = {
      id,
      kind: 'stop.kill',
      target,
      ttlMs,
      params: { downMs: repairMs },
      abortIf,
      beyondTolerance: true,
    };
    askController(connection, 'POST', '/faults', request).catch((error: unknown) => (refusal = error));
  };

  const startedAt = systemClock.now();
  const now = (): number => systemClock.now() - startedAt;
  let failures = 0;
  try {
    while (now() < durationMs && !signal.aborted) {
      const seen = await statusOf(victims, connection.portBase);
      if (refusal !== undefined) throw refusal;
      if (seen.every(({ state }) => state === 'silent')) throw new CommandError('no watchdog answers any more');
      const atMs = now();
      for (const { id, pid, state } of seen) {
        const failure = parts.get(id)?.observe({ atMs, pid, ready: state === 'ready' });
        if (failure) kill(id, failure.repairMs);
      }
      const sum = [...parts.values()].reduce((total, part) => total + part.failures(), 0);
      if (sum > failures) onFailure((failures = sum), atMs);
      await sleep(systemScheduler, lookEveryMs);
    }
    const endedMs = now();
    const spells = [...parts.values()].flatMap((part) => part.stop(endedMs));
    return bathtubResultOf('live', victims.length, spells, bathtub);
  } finally {
    await askController(connection, 'POST', '/halt', { reason: 'the bathtub is over' }).catch(() => undefined);
  }
}
