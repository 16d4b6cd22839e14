import { faultKind, params } from './fault.ts';

/** The listener and its connections are closed; the process still runs and sends heartbeats. */
export const stopRefuse = faultKind({
  kind: 'stop.refuse',
  summary: 'refuses connections while it is alive',
  params: params({}),
  refuse: true,
});
