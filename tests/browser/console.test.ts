import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readRunFile } from '../../cli/run-file.ts';
import { dataFolder, startCluster, until, type TestCluster } from '../support/cluster.ts';
import { seriousProblems } from './axe.ts';
import { howToGetOne } from '../../labs/kit/find-browser.ts';
import { lowContrast, overflow, tabOrder } from './looks.ts';
import { boundMs, openBrowser, screens, shots, withPage } from './person.ts';

/** Two replicas of one tier, so that one may die. */
const topology = path.join(import.meta.dirname, 'two-rankings.json');

/** A person with a browser before the console of a real cluster that takes faults. */
let browser: Browser;
let cluster: TestCluster;
let data: Awaited<ReturnType<typeof dataFolder>>;
/** With the key that opens the buttons. */
let address: string;

beforeAll(async () => {
  const opened = await openBrowser();
  if (opened === undefined) return;
  browser = opened;
  data = await dataFolder([{ id: 'a', title: 'water', body: 'water is wet' }]);
  cluster = await startCluster({ dataDir: data.dir, topology, env: { TIERLAB_CHAOS: '1' } });
  address = await until(() => /http:\S+operator=\S+/.exec(cluster.output())?.[0] ?? '');
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  data?.remove();
});
beforeEach((context) => {
  if (browser === undefined) context.skip(howToGetOne);
});

const node = (page: Page, id: string) => page.locator(`a[data-node="${id}"]`);

/** Sends searches until `done` holds. */
async function searchUntil(done: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await (await fetch(`${cluster.client}/search?q=water`)).text();
    return done();
  }, boundMs);
}

test('without traffic it says so, and with traffic the tiles and the lines show it', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(address);
    await page.getByRole('heading', { name: 'Nothing is wrong.' }).waitFor();
    await page.getByText('No traffic yet.').waitFor();
    expect(await page.locator('path.idle[data-from="gateway"][data-to="app"]').count()).toBe(1);
    const line = page.locator('path[data-from="gateway-1"][data-to="app-1"]');
    await searchUntil(async () => (await line.count()) === 1);
    await page.getByText('Users notice nothing').waitFor();
    expect(await page.locator('path.idle[data-from="gateway"][data-to="app"]').count()).toBe(0);
    expect(await page.getByRole('group', { name: 'Requests' }).textContent()).toMatch(/\d\/s/);
  });
});

test('before its first picture the page says that it connects, although snapshots arrive already', async () => {
  await withPage(browser, {}, async (page) => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/about', async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(address);
    await page.getByText('Waiting for the first snapshot').waitFor();
    const another = `new Promise((done) => new EventSource('/api/stream').addEventListener('snapshot', () => done()))`;
    await page.evaluate(another);
    const live = page.getByText('live', { exact: true });
    expect([await live.count(), await page.getByText('connecting').isVisible()]).toEqual([0, true]);
    release();
    await live.waitFor();
  });
});

test('a fault: a dry run says who is hit, the counters move, the picture shows it, and it is healed', async () => {
  await withPage(
    browser,
    {},
    async (page) => {
      await page.goto(address);
      await page.getByRole('link', { name: 'Faults' }).click();
      await page.getByLabel('Target', { exact: true }).selectOption('html-1');
      await page.getByRole('button', { name: 'Limp' }).click();
      await page.getByLabel('meanMs').fill('50');
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByText('Would be hit: html-1').waitFor();
      await page.getByText('it tolerates 0').waitFor();
      expect(await page.getByRole('button', { name: 'Inject', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Inject anyway' }).click();
      const applied = page.locator('[data-counter="applied"]');
      await applied.waitFor();
      await searchUntil(async () => Number(await applied.textContent()) > 1);
      await page.getByRole('link', { name: 'Overview' }).click();
      await node(page, 'html-1').locator('.mark.injected').waitFor();
      await page.getByRole('link', { name: 'Faults' }).click();
      await page.getByRole('button', { name: 'Heal limp.latency at html-1' }).click();
      await page.getByText('None.').waitFor();
    },
    /409 \(Conflict\)/,
  );
});

test('a killed node is in the headline; after its repair, the scrubber shows it dead and alive', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(`${address}#/faults/ranking-2`);
    // The node stays down for 5 s. After a bare kill -9, a spare process takes its place within a second.
    await page.getByRole('button', { name: 'Crash' }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('button', { name: 'Inject', exact: true }).click();
    await page.getByText('stop.kill is in effect at ranking-2.').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    const killed = node(page, 'ranking-2');
    await page.getByRole('heading', { name: /ranking-2 (has|had) crashed/ }).waitFor();
    await page.getByRole('heading', { name: 'Nothing is wrong.' }).waitFor({ timeout: 2 * boundMs });
    const incident = page.getByRole('listitem').filter({ hasText: 'ranking-2' }).first();
    expect(await incident.textContent()).toMatch(/crashed.*repaired/);
    const label = () => killed.getAttribute('aria-label');
    expect(await label()).toMatch(/^ranking-2 .*: alive/);

    // Drags the knob from its right end to the left, until the picture shows a dead node.
    const slider = page.getByRole('slider');
    const { x, y, width, height } = (await slider.boundingBox())!;
    await page.mouse.move(x + width - 8, y + height / 2);
    await page.mouse.down();
    let at = x + width - 8;
    await until(async () => {
      await page.mouse.move((at -= 3), y + height / 2);
      return at < x || (await killed.textContent())!.includes('dead');
    }, boundMs);
    await page.mouse.up();
    expect(await killed.textContent()).toMatch(/ranking-2.*crashed.*dead/);
    expect(await killed.getAttribute('class')).toBe('node bad');
    expect(await node(page, 'ranking-1').getAttribute('class')).toBe('node good');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/ranking-2 has crashed/);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d:\d\d, \d+ s ago$/);
    await page.screenshot({ path: `${shots}console-past-light.png` });
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Back to live' }).click();
    expect(await label()).toMatch(/^ranking-2 .*: alive/);
    expect(await killed.getAttribute('class')).toBe('node good');

    await page.getByRole('link', { name: 'Incidents' }).click();
    await page
      .getByRole('button', { name: /Replay ranking-2/ })
      .first()
      .click();
    await page.getByRole('heading', { name: /ranking-2 ha[sd] crashed/ }).waitFor();
    // The replay goes on until it reaches now.
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor({ timeout: 2 * boundMs });
  });
});

test('the form makes a request of each kind of fault that the chaos controller understands', async () => {
  await withPage(
    browser,
    {},
    async (page) => {
      await page.goto(`${address}#/faults/html-1`);
      const kinds = page.getByLabel('Kind', { exact: true });
      await kinds.waitFor();
      const names = await kinds
        .locator('option')
        .evaluateAll((all) => all.map((it) => (it as HTMLOptionElement).value));
      expect(names.length).toBe(24);
      const refused: string[] = [];
      for (const name of names) {
        await kinds.selectOption(name);
        for (const field of await page.locator('.fault-form input[required]').all())
          if ((await field.inputValue()) === '') refused.push(`${name}: a field is empty`);
        await page.getByRole('button', { name: 'Dry run' }).click();
        await page.locator('.fault-form .preview, .fault-form [role="alert"]').first().waitFor();
        const alert = page.locator('.fault-form [role="alert"]');
        if ((await alert.count()) > 0) refused.push(`${name}: ${await alert.textContent()}`);
      }
      expect(refused).toEqual([]);
    },
    /40\d \(/,
  );
});

/** What the watchdog does with the node of the console. */
async function control(action: 'stop' | 'start'): Promise<void> {
  const { token } = readRunFile(cluster.dataDir, cluster.portBase)!;
  const url = `http://127.0.0.1:${cluster.portBase}/nodes/control-1/${action}`;
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
}

test('while the console is away, the page keeps its data and shows its age; then it is live in 5 s', async () => {
  await withPage(
    browser,
    {},
    async (page) => {
      await page.goto(address);
      const live = page.getByText('live', { exact: true });
      await live.waitFor();
      await node(page, 'gateway-1').waitFor();
      await control('stop');
      await page.getByText(/the console does not answer: this is \d+ s old/).waitFor();
      expect(await node(page, 'gateway-1').isVisible()).toBe(true);
      await control('start');
      await until(async () => (await fetch(cluster.console).catch(() => undefined))?.ok, boundMs);
      await live.waitFor({ timeout: 5_000 });
    },
    /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/,
  );
});

test('the node page has numbers, reasons, incidents and the log', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(address);
    await node(page, 'ranking-1').click();
    await page.getByRole('heading', { name: 'ranking-1', level: 2 }).waitFor();
    await page.getByText('callers use it').waitFor();
    expect(await page.getByRole('group', { name: 'Event loop' }).textContent()).toMatch(/% ?busy/);
    await page
      .getByRole('region', { name: /The end of the log/ })
      .getByText('ready')
      .first()
      .waitFor();
  });
});

test('a search page leads to its own waterfall, and the list of requests leads to every other', async () => {
  await withPage(browser, {}, async (page) => {
    const answer = await fetch(`${cluster.client}/search?q=water`);
    await page.goto(`${cluster.client}/trace/${answer.headers.get('x-request-id')}`);
    await page.getByRole('heading', { name: 'GET /search' }).waitFor();
    const row = page.getByRole('listitem').filter({ hasText: 'app.search' });
    expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/work .*wait for data/);
    await page.getByRole('row', { name: /^ranking / }).waitFor();
    await page.getByRole('link', { name: 'Requests' }).click();
    await page.getByRole('link', { name: 'GET /search' }).first().click();
    await page.getByRole('heading', { name: 'Time by component' }).waitFor();
  });
});

test('the architecture page says which components there are, what each is for, and how they relate', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(address);
    await page.getByRole('link', { name: 'Architecture' }).click();
    const ranking = page.getByRole('article').filter({ has: page.getByRole('heading', { name: /^ranking/ }) });
    await ranking.waitFor();
    expect(await ranking.textContent()).toMatch(/order of relevance.*is called byappruns onranking-1, ranking-2/);
  });
});

test('the architecture page shows who called whom in both styles, from traces of real searches', async () => {
  for (const style of ['layered', 'object-based']) {
    const { headers } = await fetch(`${cluster.client}/search?q=water&style=${style}`);
    // Whoever asks for a trace has it kept.
    await until(
      async () => (await fetch(`${cluster.console}/api/requests/${headers.get('x-request-id')}`)).ok,
      boundMs,
    );
  }
  await withPage(browser, {}, async (page) => {
    await page.goto(`${address}#/architecture`);
    const arrows = (style: string) =>
      page.getByRole('img', { name: `A search in the ${style} style: who called whom` }).locator('.operation');
    await arrows('layered').first().waitFor();
    const both = {
      layered: await arrows('layered').allTextContents(),
      objects: await arrows('object-based').allTextContents(),
    };
    expect(both.layered.join()).toMatch(/^search,search,search,search.*,search.*,find/);
    expect(both.objects.join()).toMatch(/^search,search,plan,find.*,results/);
    expect(await page.getByText(/^Measured from \d+ traces? of the newest searches/).count()).toBe(2);
  });
});

test('the keyboard alone reaches the views, the nodes and the commands, and shows where it is', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(address);
    await node(page, 'client-1').waitFor();
    const stops = await tabOrder(page, 11);
    expect(stops.slice(0, 8)).toEqual([
      'Skip to the content',
      'Tierlab two-rankings',
      'Overview',
      'Incidents',
      'Faults',
      'Latency',
      'Requests',
      'Architecture',
    ]);
    expect(stops.filter((stop) => stop.endsWith('!'))).toEqual([]);
  });
});

test('a person without the key is asked for it once', async () => {
  await withPage(
    browser,
    {},
    async (page) => {
      const { origin, searchParams } = new URL(address);
      await page.goto(`${origin}/#/faults`);
      await page.getByText('To press buttons').waitFor();
      await page.getByRole('button', { name: 'Enter key' }).click();
      await page.getByLabel('Key', { exact: true }).fill('guess');
      await page.getByRole('button', { name: 'Use this key' }).click();
      await page.getByText('this is not the key').waitFor();
      await page.getByLabel('Key', { exact: true }).fill(`${origin}/?operator=${searchParams.get('operator')}`);
      await page.getByRole('button', { name: 'Use this key' }).click();
      await page.getByRole('button', { name: 'Dry run' }).waitFor();
      await page.reload();
      await page.getByRole('button', { name: 'Dry run' }).waitFor();
    },
    /401 \(Unauthorized\)/,
  );
});

test('without JavaScript it shows the nodes, and reloads itself', async () => {
  await withPage(browser, { javaScriptEnabled: false }, async (page) => {
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(address);
    await until(() => loads > 1, boundMs);
    expect(await page.getByRole('row', { name: 'gateway-1 alive' }).isVisible()).toBe(true);
  });
});

const views = ['', 'incidents', 'faults', 'latency', 'requests', 'architecture', 'node/html-1', 'node/nobody-1'];

test.each(screens)('%s: every view can be read, fits, and axe finds nothing serious', async (screen, options) => {
  await withPage(
    browser,
    { ...options, bypassCSP: true },
    async (page) => {
      const answer = await fetch(`${cluster.client}/search?q=water`);
      await page.goto(address);
      for (const view of [...views, `trace/${answer.headers.get('x-request-id')}`]) {
        await page.evaluate((hash) => (location.hash = hash), `#/${view}`);
        await page.locator('.headline').waitFor();
        await page.locator('main > section + section, main > section h2').first().waitFor();
        if (view.startsWith('trace/')) await page.locator('.waterfall').waitFor();
        for (const summary of await page.locator('details > summary').all()) await summary.click();
        expect([view, await lowContrast(page), await overflow(page)]).toEqual([view, [], 0]);
        expect([view, await seriousProblems(page)]).toEqual([view, []]);
        await page.screenshot({
          path: `${shots}console-${view.replace(/^trace.*/, 'trace').replace('/', '-') || 'overview'}-${screen}.png`,
          fullPage: true,
        });
      }
    },
    /404 \(Not Found\)/,
  );
});
