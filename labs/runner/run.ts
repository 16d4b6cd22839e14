import { rmSync } from 'node:fs';
import path from 'node:path';
import { attach, checkedCluster, type Place } from '../kit/attached-cluster.ts';
import type { Changes } from '../kit/cluster-handle.ts';
import { startOwnCluster, type StartedCluster } from '../kit/cluster.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { unknown } from '../kit/checks.ts';
import { LabUnknownError } from './errors.ts';
import { asJson, type Home, writeDurably } from './home.ts';
import type { Ask } from './choice.ts';
import type { RunListener } from './events.ts';
import { isNoisy, judgedWith, noiseInWords, watchHost, type HostNoise } from './host-noise.ts';
import { openJournal, type Journal } from './journal.ts';
import type { Findings, Form, Lab } from './lab.ts';
import { drawParameters, seedOf, type Owner } from './parameters.ts';
import type { Prediction } from './prediction.ts';
import { noteAttempt, progressOf } from './progress.ts';
import { handInOf } from './hand-in.ts';
import { writeHandIn } from './report/write.ts';
import { resultOf, type Result } from './result.ts';

export interface RunOptions {
  readonly lab: Lab;
  readonly form: Form;
  readonly owner: Owner;
  readonly home: Home;
  readonly signal: AbortSignal;
  /** The cluster of the user, instead of one of the lab's own. */
  readonly attach?: Place | undefined;
  /** Asks for the prediction; undefined = none is wanted. Nothing has been started when it is called. */
  readonly predict: () => Promise<Prediction | undefined>;
  /** Asks the person while a live lab runs; absent where there is none. */
  readonly choose?: Ask;
  /** Called with everything that a front end shows while the lab runs. */
  readonly on: RunListener;
}

/**
 * One lab from beginning to end:
 *
 *   precheck -> prediction, stored -> run -> verdict, report, hand-in -> stopped
 *
 * The journal on disk is always one step ahead, so that `restore` can clean up after `kill -9`.
 */
export async function runLab(options: RunOptions): Promise<Result> {
  const { lab, form, owner, home, on } = options;
  const journal = openJournal(home, lab.id, (phase) => on({ kind: 'phase', phase }));
  try {
    if (form === 'live') await precheck(options);
    journal.note({ phase: 'prediction' });
    const prediction = await options.predict();
    const reports = home.reports(lab.id);
    const predicted = path.join(reports, 'prediction.json');
    if (prediction) {
      writeDurably(predicted, asJson(prediction));
      on({ kind: 'predicted', sha256: prediction.sha256 });
    } else rmSync(predicted, { force: true });
    journal.note({ phase: 'running' });
    const startedAt = performance.now();
    const { findings, hostNoise } = form === 'live' ? await runLive(options, journal) : await runVirtual(options);
    options.signal.throwIfAborted();
    journal.note({ phase: 'verdict' });
    const hintsRead = progressOf(home, lab.id).hints;
    const attached = options.attach !== undefined;
    const result = resultOf({ lab, form, owner, prediction, findings, hostNoise, hintsRead, attached });
    writeDurably(path.join(reports, 'result.json'), asJson(result));
    writeHandIn(home, lab, handInOf({ result, prediction: prediction ?? null, explanation: null }));
    noteAttempt(home, lab.id, result.verdict, Math.round((performance.now() - startedAt) / 100) / 10);
    return result;
  } finally {
    journal.close();
  }
}

const calmMs = 400;

/** A machine that is too busy makes times in ms meaningless: nothing is started. */
async function precheck({ lab, attach: place, signal }: RunOptions): Promise<void> {
  if (place) await checkedCluster(lab.id, place);
  const host = watchHost();
  await sleep(systemScheduler, calmMs, signal);
  const noise = host.stop();
  if (isNoisy(noise, 'start'))
    throw new LabUnknownError(
      `this machine is too busy now: ${noiseInWords(noise)}`,
      'close other programs, then run it again',
    );
}

interface Ran {
  readonly findings: Findings;
  readonly hostNoise: HostNoise | null;
}

async function runVirtual({ lab, owner }: RunOptions): Promise<Ran> {
  const findings = await lab.virtual!(drawParameters(lab, owner), seedOf(owner, lab.id), 'correct');
  return { findings, hostNoise: null };
}

async function runLive(
  { lab, owner, home, signal, on, attach: place, choose = nobody }: RunOptions,
  journal: Journal,
): Promise<Ran> {
  let own: StartedCluster | undefined;
  const died: string[] = [];
  /** Before a cluster is stopped: a node that died in any of them counts, not only in the last one. */
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
      async cluster(topology, pages) {
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
        own = await startOwnCluster({ dir: home.cluster, topology, pages, signal, onStart });
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
          'the lab keeps its nodes',
          `${died.join(', ')} ended, and the lab had not asked for it`,
          'run it again',
        ),
      );
    return { findings: { ...findings, checks }, hostNoise };
  } finally {
    host.stop();
    journal.note({ phase: 'stopping' });
    await stop();
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
