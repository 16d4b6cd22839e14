import type { Lab } from './runner/lab.ts';
import { componentsAndPlacement } from './01-components-and-placement/lab.ts';
import { layeredAndObjectBased } from './02-layered-and-object-based/lab.ts';
import { clientsAndServers } from './03-clients-and-servers/lab.ts';
import { thinAndFatClients } from './04-thin-and-fat-clients/lab.ts';
import { multitierSearch } from './05-multitier-search/lab.ts';
import { serverAsClient } from './06-server-as-client/lab.ts';
import { tailLatency } from './08-tail-latency/lab.ts';
import { openAndClosedLoad } from './09-open-and-closed-load/lab.ts';
import { utilisation } from './10-utilisation/lab.ts';
import { granularity } from './11-granularity/lab.ts';
import { avoidCentralisation } from './12-avoid-centralisation/lab.ts';
import { caching } from './14-caching/lab.ts';
import { loadBalancing } from './15-load-balancing/lab.ts';
import { reliabilityAndAvailability } from './16-reliability-and-availability/lab.ts';
import { mtbfAndMttr } from './17-mtbf-and-mttr/lab.ts';
import { failureModels } from './18-failure-models/lab.ts';
import { bathtubCurve } from './19-bathtub-curve/lab.ts';
import { redundancy } from './20-redundancy/lab.ts';
import { processRedundancy } from './21-process-redundancy/lab.ts';
import { heartbeats } from './24-heartbeats/lab.ts';
import { watchdogsAndFailFast } from './25-watchdogs-and-fail-fast/lab.ts';
import { limping } from './26-limping/lab.ts';
import { byzantineAnswers } from './27-byzantine-answers/lab.ts';
import { selfTuning } from './28-self-tuning/lab.ts';
import { gameDay } from './32-game-day/lab.ts';
import { whereAMillisecondGoes } from './33-where-a-millisecond-goes/lab.ts';

const all = {
  componentsAndPlacement,
  layeredAndObjectBased,
  clientsAndServers,
  thinAndFatClients,
  multitierSearch,
  serverAsClient,
  tailLatency,
  openAndClosedLoad,
  utilisation,
  granularity,
  avoidCentralisation,
  caching,
  loadBalancing,
  reliabilityAndAvailability,
  mtbfAndMttr,
  failureModels,
  bathtubCurve,
  redundancy,
  processRedundancy,
  heartbeats,
  watchdogsAndFailFast,
  limping,
  byzantineAnswers,
  selfTuning,
  gameDay,
  whereAMillisecondGoes,
};

/** All labs, in the order of their numbers. */
export const labs: readonly Lab[] = Object.values(all).toSorted((a, b) => a.id.localeCompare(b.id));
