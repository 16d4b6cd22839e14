import type { ServerResponse } from 'node:http';
import { createEventStreams, eventOf } from '../../../web/event-streams.ts';
import type { LiveCollector } from './collector.ts';

/** The most open pages. Further pages are refused. */
export const maxStreams = 200;

/**
 * The events for every open page: first the present state, then each snapshot and report as it comes. The snapshot of
 * each second also serves as the heartbeat of the stream.
 */
export function createConsoleStreams(collector: LiveCollector, hello: () => object) {
  const streams = createEventStreams(maxStreams);
  const silence = collector.listen((name, json, number) =>
    streams.send(eventOf(name, json, name === 'snapshot' ? number : undefined)),
  );
  return {
    open: streams.open,
    requireRoom: streams.requireRoom,
    /** Sends to `response` until it closes. `after`: the last snapshot that the page has. */
    serve(response: ServerResponse, after: number): void {
      const { incidents, availability, times } = collector.reports();
      const missed = collector.history.after(Math.min(after, collector.snapshots() - 1));
      streams.serve(response, [
        eventOf('hello', JSON.stringify(hello())),
        eventOf('incidents', incidents),
        eventOf('availability', availability),
        eventOf('times', times),
        ...missed.map(({ number, json }) => eventOf('snapshot', json, number)),
      ]);
      collector.refresh();
    },
    stop(): void {
      silence();
      streams.stop();
    },
  };
}
