import type { ServerResponse } from 'node:http';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { createEventStreams, eventOf } from '../../web/event-streams.ts';

/** The greatest number of pages that may be open at a time. Further pages are refused. */
const maxStreams = 50;

/** Changes of the state within this time become one event, ms: a lab may report progress thousands of times. */
const gatherMs = 150;

interface StreamsOptions {
  /** The present state and the cluster of the run, for every page. */
  readonly state: () => unknown;
  readonly about: () => unknown;
}

/**
 * The events for every open page: `state`, `about` (the cluster of the run) and `snapshot` (its picture). A page that
 * opens gets the present ones first.
 */
export function createLabsStreams({ state, about }: StreamsOptions) {
  const { open, requireRoom, serve, send, stop } = createEventStreams(maxStreams);
  const stateEvent = (): string => eventOf('state', JSON.stringify(state()));
  let waiting = false;
  return {
    open,
    requireRoom,
    stop,
    serve: (response: ServerResponse): void =>
      serve(response, [eventOf('about', JSON.stringify(about() ?? null)), stateEvent()]),
    send: (name: string, json: string): void => send(eventOf(name, json)),
    /** Tells all pages the new state soon. */
    stateChanged(): void {
      if (waiting) return;
      waiting = true;
      systemScheduler.after(gatherMs, () => {
        waiting = false;
        send(stateEvent());
      });
    },
  };
}
