import { Pool } from 'undici';
import { upstream } from '../../../shared/rpc/upstream.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { benchClient, benchContext } from '../caller.ts';
import { forked } from '../forked.ts';
import { ofRatios, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { echo, payload } from './echo.ts';

const pairs = 5;
const callsPerRound = 4_000;
const goalUs = 50;

/** Row 3: p50 of one hop, one call at a time: all layers and our transport, against undici and Fastify alone. */
export async function hop(say: (line: string) => void): Promise<readonly Row[]> {
  const server = (name: string) => forked<number>(new URL('hop-server.ts', import.meta.url), [name]);
  const [ours, bare] = await Promise.all([server('echo-1'), server('bare')]);
  const pool = new Pool(`http://127.0.0.1:${bare.message}`, { connections: 1, pipelining: 1 });
  const client = benchClient([{ node: 'echo-1', host: '127.0.0.1', port: ours.message }], 'resilient');
  const peer = upstream(echo, client.service, systemRandom);

  const callOurs = async (): Promise<void> => {
    await peer.say(payload, benchContext(5_000));
  };
  const callBare = async (): Promise<void> => {
    const body = JSON.stringify(payload);
    const response = await pool.request({
      method: 'POST',
      path: '/rpc/echo/say',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.body.json();
  };

  try {
    await round(callOurs);
    await round(callBare);
    const added: number[] = [];
    const raw: [number, number][] = [];
    for (let i = 0; i < pairs; i++) {
      const [a, b] = [await round(callOurs), await round(callBare)];
      raw.push([a, b]);
      added.push(a - b);
      say(`ours ${a.toFixed(0)} us, bare ${b.toFixed(0)} us`);
    }
    const figure = ofRatios(added.map((each) => each / goalUs));
    return [
      {
        row: 3,
        name: "middleware's own cost per hop, p50, one connection (ratio: added time to the goal)",
        ours: `${median(raw.map(([a]) => a)).toFixed(0)} us`,
        reference: `undici + Fastify ${median(raw.map(([, b]) => b)).toFixed(0)} us`,
        ...figure,
        goal: `<= ${goalUs} us added`,
        met: figure.ratio <= 1,
      },
    ];
  } finally {
    await client.close();
    await pool.close();
    for (const { child } of [ours, bare]) child.kill();
  }
}

/** The median time of one call, us. */
async function round(call: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < callsPerRound; i++) {
    const startedAt = performance.now();
    await call();
    times.push((performance.now() - startedAt) * 1_000);
  }
  return median(times);
}
