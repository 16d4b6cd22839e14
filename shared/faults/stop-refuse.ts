import { faultKind, params } from './fault.ts';

/** The listener is closed and its connections are cut; the process lives on and sends its heartbeats. */
export const stopRefuse = faultKind({
  kind: 'stop.refuse',
  summary: 'refuses connections while it is alive',
  params: params({}),
  refuse: true,
});
