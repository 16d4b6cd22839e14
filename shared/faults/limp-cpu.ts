import Type from 'typebox';
import { faultKind, Milliseconds, params } from './fault.ts';

/**
 * The node gets `share` of the processor taken away. `paused`: its watchdog stops and continues the whole process in
 * turn, as a busy neighbour on the same machine would. `busy`: its own main loop is occupied, as by a bad regular
 * expression; the helper threads stay well, which is what fools heartbeats that are sent from them.
 */
export const limpCpu = faultKind({
  kind: 'limp.cpu',
  summary: 'has no processor time',
  params: params({
    share: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.98,
      default: 0.9,
      description: 'the share of processor time that is taken away',
    }),
    periodMs: Milliseconds('how long one turn of taken and left time is', 10, 500),
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
