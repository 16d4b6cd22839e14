import { fileURLToPath } from 'node:url';
import { ensureDataset } from '../../../corpus/build.ts';
import { createAuthority, issueIdentity, type Identity } from '../../../shared/security/certificates.ts';
import { allReady, firstCorrectSearch, gatewayUrl, dataWithDataset, up } from '../cluster/cluster.ts';
import { hasWrk } from '../loadgen/tools.ts';
import { significant, type Row } from '../row.ts';
import { startBareChain, startSameWorkChain } from './chain.ts';
import { record, type Recording } from './recording.ts';
import { tracing } from './tracing.ts';
import { clean, inWords, throughputRow, warmUp, words, type Cost, type System } from './wrk.ts';

const topology = fileURLToPath(new URL('topology.json', import.meta.url));
const rounds = 5;
const goals = { sameWork: 0.9, bare: 0.65, sameWorkTls: 0.85 };

/** The costs of one round: each system once, in turn. */
type Round = Readonly<Record<'ours' | 'sameWork' | 'bare', Cost>>;

/**
 * Rows 1, 2 and 22: searches per second of the whole chain with all mechanisms on, without and with TLS, against the
 * same-work chain and the bare chain, and with tracing on against off; wrk, 32 connections. Linux only: it reads /proc.
 */
export async function throughput(say: (line: string) => void): Promise<readonly Row[]> {
  if (!(await hasWrk())) {
    say('skipped: wrk is not installed (apt-get install wrk)');
    return [];
  }
  using data = await dataWithDataset(2);
  const { datasetDir } = await ensureDataset({ dataDir: data.dir, shards: 2 });
  let recording: Recording | undefined;
  let traced: Row | undefined;
  const measure = async (flags: readonly string[], identity?: Identity) => {
    await using _cluster = up(data.dir, topology, ...flags);
    const nodes = await allReady(8);
    await firstCorrectSearch(gatewayUrl, performance.now());
    recording ??= await record(nodes, words);
    using sameWork = await startSameWorkChain(datasetDir, data.dir, identity);
    using bare = await startBareChain(recording, data.dir, identity);
    const ours = { url: gatewayUrl, pids: nodes.map(({ pid }) => pid) };
    const measured = await inTurn({ ours, sameWork, bare }, say);
    traced ??= await tracing(ours, data.dir, say);
    return measured;
  };
  const plain = await measure([]);
  say('now with mutual TLS');
  const tls = await measure(
    ['--tls'],
    await issueIdentity(await createAuthority('authority of the chain'), 'chain', []),
  );
  const name = 'search throughput, everything on but TLS, one replica per tier';
  const sameWork = `${name}, against the same work without middleware`;
  const secure = 'the same with mutual TLS between nodes, against the same work';
  const toBare = (rounds: readonly Round[]) =>
    throughputRow({ row: 1, name: `${name}, against the bare chain` }, goals.bare, against('bare', rounds));
  return [
    throughputRow({ row: 1, name: sameWork }, goals.sameWork, against('sameWork', plain)),
    toBare(plain),
    {
      ...throughputRow({ row: 2, name: secure }, goals.sameWorkTls, against('sameWork', tls)),
      note: `against the bare chain with TLS: ${significant(toBare(tls).ratio)}`,
    },
    traced!,
  ];
}

/** Measures each system in turn, once per round. */
async function inTurn(systems: Record<keyof Round, System>, say: (line: string) => void): Promise<readonly Round[]> {
  say(`warm after ${await warmUp(systems.ours, [systems.sameWork, systems.bare])} rounds`);
  const measured: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    const ours = await clean(systems.ours, say);
    const sameWork = await clean(systems.sameWork, say);
    const bare = await clean(systems.bare, say);
    measured.push({ ours, sameWork, bare });
    say(`ours ${inWords(ours)}, same work ${inWords(sameWork)}, bare ${inWords(bare)}`);
  }
  return measured;
}

const against = (reference: 'sameWork' | 'bare', measured: readonly Round[]) =>
  measured.map((round) => ({ ours: round.ours, reference: round[reference] }));
