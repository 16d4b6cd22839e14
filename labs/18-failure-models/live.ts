import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { diagnosesOf, notWell, untilWell } from '../kit/diagnoses.ts';
import { nodesOf } from '../kit/nodes.ts';
import { callNode } from '../kit/open-load.ts';
import { appSearch, labSearch } from '../kit/searches.ts';
import type { FaultProof, LabFault, LabNode, LiveContext } from '../runner/lab.ts';
import { callersPolicy, detectorNames, detectors, type MatrixFault, faults, type Matrix } from './matrix.ts';

const perSecond = 24;
/** How long each broken node is watched. A limp needs 5 s of evidence. */
const watchMs = 9_000;
const pollMs = 250;

const topology = {
  policy: callersPolicy,
  nodes: [
    { name: 'monitor', components: ['monitor'], replicas: detectorNames.length },
    { name: 'app', components: ['app', 'query', 'database', 'html'], replicas: 2 },
    { name: 'ranking', components: ['ranking'], replicas: 3 },
  ],
};

/** Three monitors that hear different sources watch one system, in which one replica after the other breaks. */
export async function liveMatrix(
  limpMs: number,
  { cluster, signal, progress, say }: LiveContext,
): Promise<{
  readonly matrix: Matrix;
  readonly proofs: Readonly<Record<MatrixFault, FaultProof>>;
  /** Whether most searches were answered. Without answered calls, a detector that uses calls cannot judge. */
  readonly isUsed: boolean;
}> {
  const own = await cluster(topology);
  const [monitors, apps, rankings] = [nodesOf(own, 'monitor'), nodesOf(own, 'app'), nodesOf(own, 'ranking')];
  for (const [i, detector] of detectorNames.entries())
    await own.policy(monitors[i]!.id, { evidence: detectors[detector] });

  let sent = 0;
  let answered = 0;
  const load = systemScheduler.every(1_000 / perSecond, () => {
    const question = appSearch(apps[sent % apps.length]!, labSearch(sent));
    sent++;
    void callNode(question).then(({ ok }) => void (answered += ok ? 1 : 0));
  });

  const diagnoses = (monitor: LabNode) => diagnosesOf(monitor, signal);
  const allAreWell = () => untilWell(async () => notWell((await Promise.all(monitors.map(diagnoses))).flat()), signal);

  const faultOf: Readonly<Record<MatrixFault, LabFault>> = {
    stop: { kind: 'stop.kill', params: { downMs: watchMs } },
    limp: { kind: 'limp.latency', params: { meanMs: limpMs } },
    lie: { kind: 'byz.corrupt', params: {} },
  };

  async function breakOne(fault: MatrixFault, victim: LabNode) {
    await allAreWell();
    const found = new Map<string, string>();
    // A repair may start the node again; that is what repairs are for.
    own.mayEnd(victim.id);
    const heal = await own.inject(victim.id, faultOf[fault]);
    const until = performance.now() + watchMs;
    while (performance.now() < until) {
      for (const [i, detector] of detectorNames.entries()) {
        const about = (await diagnoses(monitors[i]!)).find(({ node }) => node === victim.id);
        if (about && about.verdict !== 'healthy' && !found.has(detector)) found.set(detector, about.verdict);
      }
      progress(`${fault} of ${victim.id}`, watchMs - Math.max(0, until - performance.now()), watchMs);
      await sleep(systemScheduler, pollMs, signal);
    }
    const proof = await heal();
    const verdicts = Object.fromEntries(detectorNames.map((name) => [name, found.get(name) ?? 'healthy']));
    return { verdicts: verdicts as Matrix[MatrixFault], proof };
  }

  try {
    say('both application servers search all the time, because monitors need calls');
    await sleep(systemScheduler, 4_000, signal);
    const matrix: Partial<Record<MatrixFault, Matrix[MatrixFault]>> = {};
    const proofs: Partial<Record<MatrixFault, FaultProof>> = {};
    for (const [i, fault] of faults.entries()) {
      const { verdicts, proof } = await breakOne(fault, rankings[i]!);
      matrix[fault] = verdicts;
      proofs[fault] = proof;
    }
    const isUsed = answered >= sent / 2;
    return { matrix: matrix as Matrix, proofs: proofs as Record<MatrixFault, FaultProof>, isUsed };
  } finally {
    load.cancel();
  }
}
