import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataFolder, startCluster, until, type TestCluster } from '../../support/cluster.ts';

let cluster: TestCluster;
let data: Awaited<ReturnType<typeof dataFolder>>;
/** What a browser keeps after it opened the address that `up` printed. */
let cookie: string;

beforeAll(async () => {
  data = await dataFolder([{ id: 'a', title: 'water', body: 'water is wet' }]);
  cluster = await startCluster({ dataDir: data.dir, topology: 'single-server', env: { TIERLAB_CHAOS: '1' } });
  const address = await until(() => /http:\S+operator=\S+/.exec(cluster.output())?.[0] ?? '');
  const opened = await fetch(address, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
  cookie = opened.headers.get('set-cookie')!.split(';', 1)[0]!;
}, 120_000);

afterAll(async () => {
  await cluster?.stop('SIGTERM');
  data?.remove();
});

/** Presses a button, as the form of a page does. */
function press(path: string, headers: Readonly<Record<string, string>> = { cookie }): Promise<Response> {
  return fetch(cluster.console + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: cluster.console, ...headers },
    body: '',
  });
}

const see = async (path: string): Promise<string> =>
  (await fetch(cluster.console + path, { headers: { cookie } })).text();

test('a click breaks a node, the page shows what is in effect, and a click heals it', async () => {
  // The only server: nobody could take its place, so it is refused first.
  const refused = await press('/nodes/server-1/break/limp');
  expect(refused.status).toBe(409);
  const why = await refused.text();
  expect(why).toMatch(/it tolerates 0/);
  expect(why).not.toContain('beyondTolerance');
  expect(why).toContain('<a href="/nodes/server-1">Back to server-1</a>');
  const insist = /action="([^"]+\/anyway)"/.exec(why)![1]!;

  const injected = await press(insist);
  expect([injected.status, injected.headers.get('location')]).toEqual([303, '/nodes/server-1']);
  expect(await see('/nodes/server-1')).toMatch(/<b>limp\.latency<\/b> at server-1, \d+ s left/);
  expect(await see('/nodes/server-1')).toContain('This console runs on this node');
  const overview = await see('/');
  expect(overview).toContain('injected: limp.latency');

  const heal = /action="(\/faults\/[^"]+\/heal)"/.exec(overview)![1]!;
  expect((await press(heal)).status).toBe(303);
  expect(await see('/')).not.toContain('limp.latency');
});

test('halt stops everything', async () => {
  expect((await press('/nodes/server-1/break/lie/anyway')).status).toBe(303);
  expect(await see('/')).toContain('Halt everything');
  expect((await press('/halt')).status).toBe(303);
  expect(await see('/')).not.toContain('byz.');
});

test('without the key there are no buttons, and pressing them all the same changes nothing', async () => {
  const page = await (await fetch(`${cluster.console}/nodes/server-1`)).text();
  expect(page).not.toContain('<button');
  expect(page).toContain('npm start -- --chaos');
  const strangers: Record<string, string>[] = [
    {},
    { cookie: `${cookie.split('=', 1)[0]}=guess` },
    { cookie, origin: 'http://evil.example' },
  ];
  for (const headers of strangers) {
    const answer = await press('/nodes/server-1/break/limp/anyway', headers);
    expect([401, 403]).toContain(answer.status);
    expect(await answer.text()).toContain('Refused');
  }
  const guessed = await fetch(`${cluster.console}/?operator=guess`, { redirect: 'manual' });
  expect([guessed.status, guessed.headers.get('set-cookie')]).toEqual([200, null]);
  expect(await see('/')).not.toContain('Faults in effect');
});

test('nodes and buttons that do not exist are not found', async () => {
  expect((await press('/nodes/nobody-1/break/limp')).status).toBe(404);
  expect((await press('/nodes/server-1/break/melt')).status).toBe(404);
  const nobody = await fetch(`${cluster.console}/nodes/%3Cscript%3E`);
  expect(nobody.status).toBe(404);
  expect(await nobody.text()).toContain('has no node &lt;script&gt;');
});
