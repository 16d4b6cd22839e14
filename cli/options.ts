import { InvalidArgumentError, type Command } from 'commander';
import { isPortBase, portBaseWords } from '../shared/cluster/ports.ts';

/** Options that several commands share, so that they are spelled and checked once. */
export interface ClusterFlags {
  readonly portBase?: number;
  readonly data?: string;
}

export function withClusterOptions(command: Command): Command {
  return command
    .option(
      '--port-base <port>',
      'first port of the cluster, 1024 to 31000 (default 7000); up to 1,600 ports from there are used',
      parsePortBase,
    )
    .option('--data <dir>', 'the folder of data sets, logs and run files (default ./data)', parseFolder);
}

/** `--tls`, or TIERLAB_TLS=1 or =0: mutual TLS between nodes; undefined = as the topology says. */
export function tlsWanted(flag: boolean | undefined): boolean | undefined {
  if (flag !== undefined) return flag;
  const { TIERLAB_TLS } = process.env;
  return TIERLAB_TLS === '1' ? true : TIERLAB_TLS === '0' ? false : undefined;
}

/** `--chaos`, or TIERLAB_CHAOS=1: faults may be injected. */
export function chaosWanted(flag: boolean | undefined): boolean {
  return flag === true || process.env.TIERLAB_CHAOS === '1';
}

/** An empty word is most likely a variable of the shell that is not set. As a path, it means the present folder. */
export function parseFolder(text: string): string {
  if (text === '') throw new InvalidArgumentError('the name of a folder is wanted, such as ./my-data.');
  return text;
}

export function parsePortBase(text: string): number {
  if (!isPortBase(text)) throw new InvalidArgumentError(`${portBaseWords}. Higher ports serve outgoing connections.`);
  return Number(text);
}

/** `30s`, `10m`, `1h` as ms. */
export function parseSpan(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6}(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('a time such as 30s, 10m or 1h is wanted.');
  return Number(count) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1) throw new InvalidArgumentError('a whole number from 1 is wanted.');
  return count;
}
