import Type from 'typebox';
import { faultKind, Milliseconds, params } from './fault.ts';

/**
 * The node loses `share` of its processor time. `paused`: its watchdog stops and continues the whole process in turn,
 * which acts like a busy neighbour on the same machine. `busy`: its own main loop is occupied, as by a bad regular
 * expression. Helper threads still run then, so heartbeats from a helper thread would not show the fault.
 */
export const limpCpu = faultKind({
  kind: 'limp.cpu',
  summary: 'gets almost no processor time',
  params: params({
    share: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.98,
      default: 0.9,
      description: 'the share of processor time that is taken away',
    }),
    periodMs: Milliseconds('the length of one period: a part without processor time, then a part with it', 10, 500),
    form: Type.Enum(['paused', 'busy'], {
      default: 'paused',
      description: 'paused: the whole process stops and goes on in turn; busy: its main loop is occupied',
    }),
  }),
  plan({ form, share, periodMs }) {
    if (form !== 'paused') return undefined;
    return {
      steps: [
        { atMs: 0, action: { do: 'pause' } },
        { atMs: share * periodMs, action: { do: 'resume' } },
      ],
      rounds: Infinity,
      periodMs,
      undo: [{ do: 'resume' }],
    };
  },
  burn: ({ form, share, periodMs }) => (form === 'busy' ? { busyMs: share * periodMs, periodMs } : undefined),
});
