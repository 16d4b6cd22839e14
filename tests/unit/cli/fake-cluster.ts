import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished, vi } from 'vitest';
import { listen, listenAtPortBase } from '../../support/listen.ts';

type Answers = Readonly<Record<string, unknown>>;

/** The time by the clock of the cluster. That of this machine is another. */
export const clusterAt = Date.UTC(2020, 0, 1);

/**
 * Starts a server that knows a few paths, and answers with JSON. An answer may be a function of the whole address
 * and the body. Returns the port.
 */
async function answering(answers: Answers, open = listen): Promise<number> {
  const server = createServer(async (request, response) => {
    const { url = '' } = request;
    const body = await text(request);
    const known = answers[url.split('?')[0]!];
    const answer: unknown = typeof known === 'function' ? known(url, body) : known;
    response
      .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer ?? {}));
  });
  return open(server);
}

/** A port at which nobody listens. */
const nobody = 1;

/**
 * The parts of a cluster that commands use: a watchdog that knows nodes, each with an ops port, and one door for all.
 * `undefined`: the node has just died. `more` is added to each node, or to the node of this id; `watchdog` has further
 * paths.
 */
export async function fakeCluster(
  nodes: Readonly<Record<string, Answers | undefined>>,
  more: object | ((id: string) => object) = {},
  watchdog: Answers = {},
): Promise<void> {
  const rows = await Promise.all(
    Object.entries(nodes).map(async ([id, answers]) => {
      const port = answers === undefined ? nobody : await answering(answers);
      const component = id.replace(/-\d+$/, '');
      const ports = { port, opsPort: port, publicPort: port, doors: { [component]: port } };
      return {
        id,
        components: [component],
        ...ports,
        pid: 1,
        state: 'ready',
        restarts: 0,
        exits: [],
        ...(typeof more === 'function' ? more(id) : more),
      };
    }),
  );
  const status = { topology: 't', watchdogPid: 1, startedAt: 0, at: clusterAt, nodes: rows };
  vi.stubEnv('TIERLAB_PORT_BASE', String(await answering({ '/status': status, ...watchdog }, listenAtPortBase)));
  onTestFinished(() => void vi.unstubAllEnvs());
}
