import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { checkedCluster } from '../kit/attached-cluster.ts';
import { LabUnknownError } from './errors.ts';
import { asJson, withDiskProblem, writeDurably } from './home.ts';
import { isNoisy, noiseInWords, watchHost } from './host-noise.ts';
import { openJournal } from './journal.ts';
import type { Form } from './lab.ts';
import { runLive, type LiveRunOptions, type LiveResult } from './live-run.ts';
import { drawParameters, ownerOfRun, seedOf } from './parameters.ts';
import type { Prediction } from './prediction.ts';
import { noteAttempt, progressOf } from './progress.ts';
import { handInOf } from './hand-in.ts';
import { writeHandIn } from './report/write.ts';
import { labResultOf, type LabResult } from './result.ts';

export interface LabRunOptions extends LiveRunOptions {
  readonly form: Form;
  /** Asks for the prediction; undefined = none is wanted. Nothing has been started when it is called. */
  readonly predict: () => Promise<Prediction | undefined>;
}

/**
 * One lab from beginning to end:
 *
 *   precheck -> prediction, stored -> run -> verdict, report, hand-in -> stopped
 *
 * The journal on disk is always one step ahead, so that `restore` can clean up after `kill -9`.
 */
export async function runLab(asked: LabRunOptions): Promise<LabResult> {
  const { lab, form, home, on } = asked;
  const owner = ownerOfRun(lab, asked.owner, () => randomInt(2 ** 31));
  const options = { ...asked, owner };
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
    const result = labResultOf({ lab, form, owner, prediction, findings, hostNoise, hintsRead, attached });
    writeDurably(path.join(reports, 'result.json'), asJson(result));
    writeHandIn(home, lab, handInOf({ result, prediction: prediction ?? null, explanation: null }));
    noteAttempt(home, lab.id, result.verdict, Math.round((performance.now() - startedAt) / 100) / 10);
    return result;
  } catch (error) {
    throw withDiskProblem(error, home.state);
  } finally {
    journal.close();
  }
}

const calmMs = 400;

/** A machine that is too busy makes times in ms meaningless: nothing is started. */
async function precheck({ lab, attach: place, signal }: LabRunOptions): Promise<void> {
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

async function runVirtual({ lab, owner }: LabRunOptions): Promise<LiveResult> {
  const findings = await lab.virtual!(drawParameters(lab, owner), seedOf(owner, lab.id), 'correct');
  // A run may compute for a second without a pause. If an interrupt comes in this second, it is delivered only now.
  await sleep(systemScheduler, 0);
  return { findings, hostNoise: null };
}
