import { unknown } from '../kit/checks.ts';
import { attach, type Place } from '../kit/attached-cluster.ts';
import type { Changes } from '../kit/cluster-handle.ts';
import { startLabCluster, type StartedCluster } from '../kit/cluster.ts';
import type { Ask } from './choice.ts';
import type { RunListener } from './events.ts';
import type { Home } from './home.ts';
import { judgedWith, watchHost, type HostNoise } from './host-noise.ts';
import type { LabJournal } from './journal.ts';
import type { Findings, Lab } from './lab.ts';
import { drawParameters, seedOf, type Owner } from './parameters.ts';

export interface LiveRunOptions {
  readonly lab: Lab;
  readonly owner: Owner;
  readonly home: Home;
  readonly signal: AbortSignal;
  /** The cluster of the user, instead of one of the lab's own. */
  readonly attach?: Place | undefined;
  /** Asks the person while a live lab runs; absent where there is none. */
  readonly choose?: Ask;
  /** Called with everything that a front end shows while the lab runs. */
  readonly on: RunListener;
}

export interface LiveResult {
  readonly findings: Findings;
  /** Null in virtual time. */
  readonly hostNoise: HostNoise | null;
}

/** Runs the live form. However it ends, nothing that it started is left. */
export async function runLive(
  { lab, owner, home, signal, on, attach: place, choose = nobody }: LiveRunOptions,
  journal: LabJournal,
): Promise<LiveResult> {
  let own: StartedCluster | undefined;
  const died: string[] = [];
  /** Runs before each cluster of the lab is stopped: if a node died in any of them, the run proves nothing. */
  const noteDeaths = async (): Promise<void> => void (own && died.push(...(await own.died())));
  const stop = async (): Promise<void> => {
    if (own && !place) on({ kind: 'cluster-stopped' });
    await own?.stop();
  };
  const host = watchHost();
  try {
    const findings = await lab.live!(drawParameters(lab, owner), {
      seed: seedOf(owner, lab.id),
      signal,
      progress: (label, done, total) => on({ kind: 'progress', label, done, total }),
      say: (text) => on({ kind: 'say', text }),
      async choose(choices, until) {
        on({ kind: 'choices', choices });
        try {
          const answers = await choose(choices, AbortSignal.any([signal, until]));
          signal.throwIfAborted();
          return answers;
        } finally {
          on({ kind: 'choices', choices: [] });
        }
      },
      async cluster(wanted, pages) {
        const topology = { name: `lab-${lab.id}`, style: 'object-based', policy: 'naive', ...wanted };
        host.pause();
        await noteDeaths();
        await stop();
        if (place) {
          const onChange = (changes: Changes) => journal.note({ attached: { place, changes } });
          own = await attach(lab.id, place, { signal, onChange });
          host.resume();
          for (const line of whereToLook(lab)) on({ kind: 'say', text: line });
          return announcing(own, on);
        }
        let pid: number | undefined;
        const onStart = (cluster: { pid: number; portBase: number }) => {
          pid = cluster.pid;
          journal.note({ cluster });
        };
        own = await startLabCluster({ dir: home.cluster, topology, pages, signal, onStart });
        host.resume(pid);
        on({ kind: 'cluster', portBase: own.portBase, topology });
        return announcing(own, on);
      },
    });
    const hostNoise = host.stop();
    await noteDeaths();
    const checks = [...judgedWith(hostNoise, findings.checks)];
    if (died.length > 0)
      checks.push(
        unknown(
          'no node of the lab ends by itself',
          `${died.join(', ')} ended, and the lab had not asked for it`,
          'run it again',
        ),
      );
    return { findings: { ...findings, checks }, hostNoise };
  } finally {
    host.stop();
    try {
      journal.note({ phase: 'stopping' });
    } finally {
      await stop();
    }
  }
}

/** Grafana runs beside a cluster in Docker, or where the user has started it. */
const whereToLook = ({ attach: it }: Lab): readonly string[] =>
  it ? [`Grafana: http://127.0.0.1:3000/d/${it.dashboard}`, `  ${it.see}`] : [];

const nobody: Ask = async () => undefined;

/** Says which faults are in effect, and where. */
function announcing(own: StartedCluster, on: RunListener): StartedCluster {
  return {
    ...own,
    async inject(node, fault) {
      const heal = await own.inject(node, fault);
      if (fault.secret) return heal;
      on({ kind: 'fault', node, fault: fault.kind, active: true });
      return async () => {
        const proof = await heal();
        on({ kind: 'fault', node, fault: fault.kind, active: false });
        return proof;
      };
    },
  };
}
