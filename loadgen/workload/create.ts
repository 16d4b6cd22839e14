import type { Random } from '../../shared/time/random.ts';
import { listWorkload } from './list.ts';
import { mixWorkload } from './mix.ts';
import { importScenario, scenarioWorkload } from './scenario.ts';
import type { WorkloadSpec } from './spec.ts';
import { walkWorkload } from './walk.ts';
import type { Workload } from './workload.ts';

/** Builds one worker's workload from its description. */
export async function createWorkload(spec: WorkloadSpec, random: Random, worker: number): Promise<Workload> {
  switch (spec.kind) {
    case 'url':
      return listWorkload([spec.request], 0);
    case 'list':
      return listWorkload(spec.requests, worker);
    case 'mix':
      return mixWorkload(spec, random);
    case 'walk':
      return walkWorkload(spec, random);
    case 'scenario':
      return scenarioWorkload(await importScenario(spec.file), spec.words, random);
  }
}
