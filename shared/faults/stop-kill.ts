import Type from 'typebox';
import { faultKind, Milliseconds, params } from './fault.ts';
import type { PlanStep } from './plan.ts';

/**
 * SIGKILL ends the process without a shutdown. With `downMs` nothing restarts it for that long, as if the machine were
 * down; otherwise the watchdog restarts it at once. The kill happens `loops` times, `periodMs` apart. `lose`: its disk
 * is empty afterwards.
 */
export const stopKill = faultKind({
  kind: 'stop.kill',
  summary: 'crashes; fail-stop, or fail-restart when it comes back',
  params: params({
    downMs: Milliseconds('how long nothing can start it; 0: its watchdog restarts it at once', 0, 0),
    loops: Type.Integer({ minimum: 1, maximum: 1_000, default: 1, description: 'how often it is killed' }),
    periodMs: Milliseconds('from one kill to the next', 100, 5_000),
    state: Type.Enum(['keep', 'lose'], { default: 'keep', description: 'lose: its disk is empty afterwards' }),
  }),
  check: ({ downMs, loops, periodMs }) =>
    loops > 1 && downMs >= periodMs ? 'periodMs must be longer than downMs, or the loops overlap' : undefined,
  plan({ downMs, loops, periodMs, state }) {
    const steps: PlanStep[] = [
      { atMs: 0, action: { do: 'hold' } },
      { atMs: 0, action: { do: 'kill' } },
    ];
    if (state === 'lose') steps.push({ atMs: 0, action: { do: 'wipe' } });
    steps.push({ atMs: downMs, action: { do: 'release' } });
    return { steps, rounds: loops, periodMs, undo: [{ do: 'release' }], restored: { do: 'settle' } };
  },
});
