import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../../time/clock.ts';
import type { Scheduler, Timer } from '../../time/scheduler.ts';
import type { Policy } from '../../rpc/policy.ts';
import type { PublishedKeys } from '../../security/keyring.ts';
import type { LeavingProcess } from '../directory.ts';
import type { Topology } from '../topology.ts';
import { onCrash } from './backoff.ts';
import { launch, type LaunchOptions } from './launch.ts';
import { createQuestions, type IpcAnswer } from './questions.ts';

/** Where a node's process is in its life; each state carries only its own data. Times: monotonic ms. */
export type ChildState =
  | { readonly state: 'stopped' }
  | { readonly state: 'starting'; readonly pid: number; readonly since: number }
  | { readonly state: 'ready'; readonly pid: number; readonly since: number }
  | { readonly state: 'stopping'; readonly pid: number }
  | { readonly state: 'backoff'; readonly untilMs: number; readonly exit: string }
  | { readonly state: 'crash-loop'; readonly exit: string }
  /** Down, and nobody may start it: a fault acts as if its machine had failed. */
  | { readonly state: 'held'; readonly exit: string };

/**
 * Why a process was started again: it had ended, a monitor ordered it, a fault that held it down is over, or an
 * operator ordered it.
 */
export type RestartReason = 'crash' | 'repair' | 'fault' | 'operator';

/**
 * An end of a process, not caused by `stop`, `kill` or `restart` of its `Child`. When the watchdog kills a process
 * because its main loop does not answer, this end counts, too. `at`: wall-clock ms; `exit`: the signal, or the exit
 * code.
 */
export interface Exit {
  readonly at: number;
  readonly exit: string;
}

const rememberedExits = 20;

/** What a process says of itself when it is ready. */
export interface ReadyMessage {
  readonly ready: true;
  readonly opsPort?: number;
}

/** It is the turn of the process to open. */
export interface GoMessage {
  readonly go: true;
  /** The policy of the process before it; absent: nobody changed it. */
  readonly policy?: Policy | undefined;
  /** The nodes that are ready while others still start; absent: all have been started. */
  readonly ready?: readonly string[] | undefined;
}

/** A process has a new policy. */
export interface PolicyMessage {
  readonly policy: Policy;
}

/** The current topology, and the public keys of its nodes. */
export interface PlaceMessage {
  readonly topology: Topology;
  readonly keys: PublishedKeys;
}

export interface ChildOptions extends LaunchOptions {
  readonly id: string;
  /** Variables that the process with this incarnation gets, in addition to the environment of the watchdog. */
  readonly env?: (incarnation: number) => Readonly<Record<string, string | undefined>>;
  /** The incarnation of the next process: greater than that of any before it. */
  readonly nextIncarnation: () => number;
  /** The policy of a node that joins the cluster; absent or undefined: the policy of the topology. */
  readonly joiningPolicy?: () => Policy | undefined;
  /** `ready` of the message `go`. */
  readonly readyNodes?: () => readonly string[] | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onChange: (state: ChildState) => void;
}

export interface Child {
  readonly id: string;
  readonly state: () => ChildState;
  /** How often the process was restarted, for any reason, and the reason for the last restart. */
  readonly restarts: () => { readonly count: number; readonly last?: RestartReason };
  /** The most recent ends of the process, without those that `stop`, `kill` or `restart` caused. */
  readonly exits: () => readonly Exit[];
  /** Starts the process, which loads its code and then waits for its turn. */
  readonly load: () => void;
  /** Lets the process open, and starts it first if it is down. From then on each restarted process opens at once. */
  readonly start: (why?: RestartReason) => void;
  /** Tells the running process that it will be stopped. The process tells the monitors, and still answers. */
  readonly drain: () => void;
  /** Tells the running process that every node has been started. */
  readonly allStarted: () => void;
  /** Tells the running process that nodes were added or removed. */
  readonly place: (message: PlaceMessage) => void;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. The process is not restarted. */
  readonly stop: (graceMs: number) => Promise<void>;
  /**
   * Sends a signal to the running process; false when there is none. A killed process is restarted like a crashed
   * process.
   */
  readonly signal: (signal: NodeJS.Signals) => boolean;
  /** Asks the main loop of the running process for a sign of life: only the loop itself can give this sign. */
  readonly ask: (onAnswer: () => void) => void;
  /** Whether the main loop of the running process answers within `ms`. */
  readonly answers: (ms: number) => Promise<boolean>;
  /** Whether the running process says within `ms` that its calls avoid `leaving`. */
  readonly avoids: (leaving: LeavingProcess, ms: number) => Promise<boolean>;
  /** From now on nothing starts it, because the whole cluster is stopping. A running process goes on until `stop`. */
  readonly retire: () => void;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /**
   * Kills the process and starts a new one. `between` is called after the old process has ended, and before the new
   * process starts.
   */
  readonly restart: (why: RestartReason, between?: () => Promise<void>) => Promise<void>;
  /** From now on nobody may start the process. `release` ends this and starts the process. Both are idempotent. */
  readonly hold: () => void;
  readonly release: () => void;
  /** The incarnation of the newest process; undefined before the first one. */
  readonly incarnation: () => number | undefined;
  /** What the running process said when it was ready. */
  readonly readyMessage: () => ReadyMessage | undefined;
  /** The policy that the next process will have; undefined: the policy of the topology. */
  readonly policy: () => Policy | undefined;
  /** The node has left the cluster. When it is started again, it joins like a new node, with `joiningPolicy`. */
  readonly leave: () => void;
}

/** The error message for a node in the state `held`. */
export const keptDown = (id: string): string => `a fault keeps ${id} down for now, as if its machine had failed`;

/**
 * One node's process: started, watched, restarted with backoff, given up in a crash loop. Over IPC it is told `go`
 * when its turn has come, and says `ready`. A restarted process has the policy of the process before it.
 */
export function createChild(options: ChildOptions): Child {
  const { id, env = () => ({}), clock, scheduler, onChange } = options;
  let state: ChildState = { state: 'stopped' };
  let process_: ChildProcess | undefined;
  let backoffTimer: Timer | undefined;
  let crashes: readonly number[] = [];
  let starts = 0;
  let lastStart: RestartReason | undefined;
  let turn = false;
  let held = false;
  let retired = false;
  let killed = false;
  let replacing = false;
  let exits: readonly Exit[] = [];
  let incarnation: number | undefined;
  let readyMessage: ReadyMessage | undefined;
  let joins = true;
  let policy: Policy | undefined;
  const questions = createQuestions((question) => tell({ question }), scheduler);

  function change(next: ChildState): void {
    state = next;
    onChange(next);
  }

  /** If the send fails, the process is ending. */
  function tell(message: object): void {
    if (process_?.connected) process_.send(message, () => {});
  }

  /** A process that is ending does not get this message. The next process gets the message when it starts. */
  function giveTurn(): void {
    if (turn) tell({ go: true, policy, ready: options.readyNodes?.() } satisfies GoMessage);
  }

  function run(why: RestartReason): void {
    if (process_ || replacing || retired) return;
    backoffTimer?.cancel();
    if (held) return change({ state: 'held', exit: 'exit' in state ? state.exit : 'stopped' });
    incarnation = options.nextIncarnation();
    const variables = { TIERLAB_INCARNATION: String(incarnation), ...env(incarnation) };
    // An operator may have changed the code on the disk.
    const child = launch(options, variables, why === 'operator');
    process_ = child;
    killed = false;
    if (joins) policy = options.joiningPolicy?.();
    joins = false;
    starts += 1;
    lastStart = why;
    giveTurn();
    const since = clock.now();
    child.on('message', (message: Partial<ReadyMessage & PolicyMessage> & { answer?: IpcAnswer }) => {
      if (message.answer) return questions.answered(message.answer);
      if (message.policy) policy = message.policy;
      if (!message.ready || process_ !== child || state.state !== 'starting') return;
      readyMessage = message as ReadyMessage;
      change({ state: 'ready', pid: child.pid!, since: clock.now() });
    });
    let ended = false;
    const onEnd = (exit: string): void => {
      if (ended) return;
      ended = true;
      process_ = undefined;
      readyMessage = undefined;
      questions.forget();
      exited(exit, clock.now() - since);
    };
    child.on('exit', (code, signal) => onEnd(signal ?? `exit code ${code}`));
    child.on('error', (error) => onEnd(error.message));
    if (child.pid !== undefined) change({ state: 'starting', pid: child.pid, since });
  }

  function exited(exit: string, ranMs: number): void {
    if (state.state === 'stopping' || retired) return change({ state: 'stopped' });
    if (!killed) exits = [...exits, { at: clock.wall(), exit }].slice(-rememberedExits);
    // A machine that is gone on purpose is no crash of the program: it does not count towards a crash loop.
    if (held) return change({ state: 'held', exit });
    const now = clock.now();
    const decision = onCrash(crashes, ranMs, now);
    crashes = decision.crashes;
    if (decision.action === 'give-up') return change({ state: 'crash-loop', exit });
    change({ state: 'backoff', untilMs: now + decision.delayMs, exit });
    backoffTimer = scheduler.after(decision.delayMs, () => run('crash'));
  }

  async function kill(): Promise<void> {
    const child = process_;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    killed = true;
    child.kill('SIGKILL');
    await gone;
  }

  function start(why: RestartReason = 'operator'): void {
    if (state.state === 'crash-loop') crashes = [];
    turn = true;
    giveTurn();
    run(why);
  }

  async function restart(why: RestartReason, between?: () => Promise<void>): Promise<void> {
    replacing = true;
    try {
      await kill();
      await between?.();
    } finally {
      replacing = false;
    }
    // If an operator has stopped the node meanwhile, the node stays down.
    if (turn) start(why);
  }

  async function stop(graceMs: number): Promise<void> {
    turn = false;
    backoffTimer?.cancel();
    const child = process_;
    if (!child?.pid) return change({ state: 'stopped' });
    change({ state: 'stopping', pid: child.pid });
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // A paused process handles SIGTERM only when it runs again.
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const force = scheduler.after(graceMs, () => child.kill('SIGKILL'));
    await gone;
    force.cancel();
  }

  return {
    id,
    state: () => state,
    restarts: () => (starts > 1 && lastStart ? { count: starts - 1, last: lastStart } : { count: 0 }),
    exits: () => exits,
    load: () => run('operator'),
    start,
    restart,
    drain: () => tell({ drain: true }),
    allStarted: () => tell({ allStarted: true }),
    place: (message) => tell({ place: message }),
    stop,
    ask: (onAnswer) => void questions.ask(onAnswer),
    answers: (ms) => questions.askWithin(ms),
    avoids: (leaving, ms) => questions.askWithin(ms, leaving),
    signal: (signal) => process_?.kill(signal) ?? false,
    kill,
    retire() {
      retired = true;
      backoffTimer?.cancel();
    },
    hold: () => void (held = true),
    release() {
      held = false;
      if (state.state === 'held') run('fault');
    },
    incarnation: () => incarnation,
    readyMessage: () => readyMessage,
    policy: () => policy,
    leave: () => void (joins = true),
  };
}
