import { fetchDirect } from '../../../shared/net/direct.ts';
import { faultsAt, type ControlPort } from '../../../services/chaos/control-port.ts';
import { callDirectly, type AskOptions, type DirectAnswer, type DirectCall } from '../../direct-call.ts';
import { seriesOf } from './series.ts';
import { sameAnswer, type MatrixNode } from './questions.ts';

/** A node under test. It is asked directly, and its answer is compared with its earlier one. */
export interface Victim {
  readonly node: MatrixNode;
  /** Time of an answer before the fault: the median, ms. */
  readonly usualMs: number;
  readonly ask: (options?: AskOptions) => Promise<DirectAnswer>;
  /** A second question, of the same operation. */
  readonly askOther: (options?: AskOptions) => Promise<DirectAnswer>;
  /** True if an outcome equals the node's answer before the fault. */
  readonly isTrue: (outcome: DirectAnswer) => boolean;
  readonly isTrueOther: (outcome: DirectAnswer) => boolean;
  readonly opsPort: ControlPort;
  readonly watchdog: ControlPort;
  readonly token: string;
}

const baselineAsks = 5;

/** Records the node's answers and their times while it is healthy; undefined if it is not. */
export async function meet(
  node: MatrixNode,
  [question, other]: readonly [DirectCall, DirectCall],
  ports: readonly ControlPort[],
  token: string,
): Promise<Victim | undefined> {
  const outcomes: DirectAnswer[] = [];
  for (let i = 0; i < baselineAsks; i++) outcomes.push(await callDirectly(node, question, { timeoutMs: 5_000 }));
  const second = await callDirectly(node, other, { timeoutMs: 5_000 });
  const bodies = outcomes.flatMap((it) => (it.ok ? [it.body] : []));
  if (bodies.length < baselineAsks || !second.ok) return undefined;
  const usualMs = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b)[Math.floor(baselineAsks / 2)]!;
  return {
    node,
    usualMs,
    ask: (options) => callDirectly(node, question, options),
    askOther: (options) => callDirectly(node, other, options),
    isTrue: (outcome) => outcome.ok && sameAnswer(outcome.body, bodies[0]) && outcome.servedBy[0] === node.id,
    isTrueOther: (outcome) => outcome.ok && sameAnswer(outcome.body, second.body),
    opsPort: ports.find(({ name }) => name === node.id)!,
    watchdog: ports.find(({ site, url }) => site === 'watchdog' && new URL(url).hostname === node.host)!,
    token,
  };
}

/** Whether the node's ops port answers in time. */
export async function opsAnswers({ opsPort }: Victim, patienceMs = 1_500): Promise<boolean> {
  return fetchDirect(`${opsPort.url}/health`, { signal: AbortSignal.timeout(patienceMs) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** How many calls of an operation a process has answered, by its own metrics. */
export async function answered(port: Pick<ControlPort, 'url'>, operation: string): Promise<number> {
  const series = await seriesOf(port, 'tierlab_rpc_server_duration_seconds_count');
  return series.filter(({ labels }) => labels['operation'] === operation).reduce((sum, { value }) => sum + value, 0);
}

export async function twinOf(victim: Victim): Promise<{ pid: number; opsPort?: number } | undefined> {
  const { twins = [] } = await faultsAt(victim.watchdog, victim.token);
  return twins.find(({ node }) => node === victim.node.id);
}
