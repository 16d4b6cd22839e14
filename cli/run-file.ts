import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CommandError, UsageError } from './errors.ts';
import { defaultPortBase, isPortBase, portBaseWords } from '../shared/cluster/ports.ts';
import { replaceFile } from '../shared/durable.ts';
import { makeFolder } from '../shared/make-folder.ts';

/**
 * The file by which other commands find a running cluster. Only its owner may read it, because it holds the token.
 */
export interface RunFile {
  readonly pid: number;
  readonly portBase: number;
  readonly topology: string;
  /** What other commands load: a name in topologies/, or the absolute path of a file. */
  readonly topologySource: string;
  /** Absent if this machine has only the digest of the token, because its operator is elsewhere. */
  readonly token?: string | undefined;
  readonly startedAt: string;
}

export function runDir(dataDir: string, portBase: number): string {
  return path.join(dataDir, 'run', String(portBase));
}

/** Each node of this machine has a log there: `<node>.log`. */
export const logDirOf = (dataDir: string, portBase: number): string => path.join(runDir(dataDir, portBase), 'logs');

const fileIn = (dataDir: string, portBase: number): string => path.join(runDir(dataDir, portBase), 'cluster.json');

/**
 * The operator token of a new cluster: TIERLAB_OPERATOR_TOKEN, else `shared` (the token of all containers), else a new
 * one. With only TIERLAB_OPERATOR_DIGEST (its SHA-256), there is none, and this machine gives no orders.
 */
export function newOperatorToken(shared?: string): string | undefined {
  const { TIERLAB_OPERATOR_TOKEN: given, TIERLAB_OPERATOR_DIGEST: digest } = process.env;
  return given || (digest ? undefined : (shared ?? randomBytes(24).toString('base64url')));
}

export function writeRunFile(dataDir: string, run: RunFile): void {
  makeFolder(runDir(dataDir, run.portBase), 0o700);
  replaceFile(fileIn(dataDir, run.portBase), `${JSON.stringify(run, null, 2)}\n`, 0o600);
}

/** The run file of a cluster whose process is alive; a file left by a crashed one counts as none. */
export function readRunFile(dataDir: string, portBase: number): RunFile | undefined {
  try {
    const run = JSON.parse(readFileSync(fileIn(dataDir, portBase), 'utf8')) as RunFile;
    process.kill(run.pid, 0);
    return run;
  } catch {
    return undefined;
  }
}

/**
 * The token that a command needs to give orders, such as `change a policy`. Throws CommandError that names the folder
 * that was searched.
 */
export function operatorToken(dataDir: string, portBase: number, order: string): string {
  const token = process.env.TIERLAB_OPERATOR_TOKEN || readRunFile(dataDir, portBase)?.token;
  if (token !== undefined) return token;
  throw new CommandError(
    `only the owner of the cluster may ${order}, and its token is not in ${runDir(dataDir, portBase)}. If the ` +
      'cluster was started with --data, add the same --data here',
  );
}

/** Every run file of the data folder with its path, whether its process is alive or not. */
export function allRunFiles(dataDir: string): readonly (RunFile & { readonly file: string })[] {
  const dirs = existsSync(path.join(dataDir, 'run')) ? readdirSync(path.join(dataDir, 'run')) : [];
  return dirs.flatMap((name) => {
    const file = fileIn(dataDir, Number(name));
    try {
      return [{ ...(JSON.parse(readFileSync(file, 'utf8')) as RunFile), file }];
    } catch {
      return [];
    }
  });
}

/** Removes the run file of this process. That of another process stays. */
export function removeRunFile(dataDir: string, portBase: number): void {
  if (readRunFile(dataDir, portBase)?.pid !== process.pid) return;
  rmSync(fileIn(dataDir, portBase), { force: true });
}

/** `--port-base`, else TIERLAB_PORT_BASE, else 7000. Throws UsageError for a TIERLAB_PORT_BASE that is no port base. */
export function portBaseOf(option: number | undefined): number {
  const { TIERLAB_PORT_BASE: text } = process.env;
  if (option !== undefined || !text) return option ?? defaultPortBase;
  if (!isPortBase(text)) throw new UsageError(`TIERLAB_PORT_BASE: ${portBaseWords}, not "${text}"`);
  return Number(text);
}
