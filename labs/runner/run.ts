import { rmSync } from 'node:fs';
import path from 'node:path';
import { startOwnCluster, type OwnCluster } from '../kit/cluster.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { unknown } from '../kit/checks.ts';
import { LabUnknownError } from './errors.ts';
import { asJson, type Home, writeDurably } from './home.ts';
import { isNoisy, judgedWith, noiseInWords, watchHost, type HostNoise } from './host-noise.ts';
import { openJournal, type Journal } from './journal.ts';
import type { Findings, Form, Lab } from './lab.ts';
import { drawParameters, seedOf, type Owner } from './parameters.ts';
import type { Prediction } from './prediction.ts';
import { noteAttempt, progressOf } from './progress.ts';
import { reportPage } from './report/page.ts';
import { handInOf, resultOf, type Result } from './result.ts';

export interface RunOptions {
  readonly lab: Lab;
  readonly form: Form;
  readonly owner: Owner;
  readonly home: Home;
  readonly signal: AbortSignal;
  /** Asks for the prediction; undefined = none is wanted. Nothing has been started when it is called. */
  readonly predict: () => Promise<Prediction | undefined>;
  readonly progress: (label: string, done: number, total: number) => void;
  readonly say: (text: string) => void;
}

/**
 * One lab from beginning to end:
 *
 *   precheck -> prediction, stored -> run -> verdict, report, hand-in -> stopped
 *
 * The journal on disk is always one step ahead, so that `restore` can clean up after `kill -9`.
 */
export async function runLab(options: RunOptions): Promise<Result> {
  const { lab, form, owner, home } = options;
  const journal = openJournal(home, lab.id);
  try {
    if (form === 'live') await precheck(options);
    journal.note({ phase: 'prediction' });
    const prediction = await options.predict();
    const reports = home.reports(lab.id);
    if (prediction) writeDurably(path.join(reports, 'prediction.json'), asJson(prediction));
    else rmSync(path.join(reports, 'prediction.json'), { force: true });
    journal.note({ phase: 'running' });
    const startedAt = performance.now();
    const { findings, hostNoise } = form === 'live' ? await runLive(options, journal) : await runVirtual(options);
    options.signal.throwIfAborted();
    journal.note({ phase: 'verdict' });
    const hintsRead = progressOf(home, lab.id).hints;
    const result = resultOf({ lab, form, owner, prediction, findings, hostNoise, hintsRead });
    writeDurably(path.join(reports, 'result.json'), asJson(result));
    writeDurably(path.join(reports, 'hand-in.json'), asJson(handInOf(result, prediction ?? null)));
    writeDurably(path.join(reports, 'index.html'), reportPage(lab, result));
    noteAttempt(home, lab.id, result.verdict, Math.round((performance.now() - startedAt) / 100) / 10);
    return result;
  } finally {
    journal.close();
  }
}

const calmMs = 400;

/** A machine that is too busy makes times in ms meaningless: nothing is started. */
async function precheck({ signal }: RunOptions): Promise<void> {
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

async function runLive({ lab, owner, home, signal, progress, say }: RunOptions, journal: Journal): Promise<Ran> {
  let own: OwnCluster | undefined;
  const died: string[] = [];
  /** Before a cluster is stopped: a node that died in any of them counts, not only in the last one. */
  const noteDeaths = async (): Promise<void> => void (own && died.push(...(await own.died())));
  const host = watchHost();
  try {
    const findings = await lab.live!(drawParameters(lab, owner), {
      seed: seedOf(owner, lab.id),
      signal,
      progress,
      say,
      async cluster(topology) {
        host.pause();
        await noteDeaths();
        await own?.stop();
        let pid: number | undefined;
        const onStart = (cluster: { pid: number; portBase: number }) => {
          pid = cluster.pid;
          journal.note({ cluster });
        };
        own = await startOwnCluster({ dir: home.cluster, topology, signal, onStart });
        host.resume(pid);
        return own;
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
    await own?.stop();
  }
}
