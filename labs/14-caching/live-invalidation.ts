import { systemClock as clock } from '../../shared/time/clock.ts';
import { withServers } from '../kit/server-processes.ts';
import { staleAnswers } from './invalidation.ts';

interface LiveWrites {
  readonly requests: number;
  readonly capacity: number;
  readonly invalidate: boolean;
  readonly draw: () => number;
  readonly signal: AbortSignal;
}

const program = new URL('./page-server.ts', import.meta.url);

/** Stale answers over HTTP, with the store in a process of its own. */
export const liveStaleAnswers = ({ signal: interrupt, ...writes }: LiveWrites): Promise<number> =>
  withServers(
    { program, names: ['pages-1'], caller: 'lab-14', signal: interrupt },
    ({ endpoints: [endpoint], transport, signal }) =>
      staleAnswers({ ...writes, store: transport, endpoint: endpoint!, clock, signal }),
  );
