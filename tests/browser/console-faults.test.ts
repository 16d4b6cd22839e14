import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { faultKinds } from '../../shared/faults/kinds.ts';
import { until } from '../support/cluster.ts';
import { seriousProblems } from './axe.ts';
import { consoleSite } from './console-site.ts';
import { lowContrast, overflow } from './looks.ts';
import { boundMs, shots } from './person.ts';

const site = consoleSite();
const { test } = site;

test('a fault: a dry run says who is hit, the counters move, the picture shows it, and it is healed', async ({
  page,
  complaints,
}) => {
  complaints.expected = /409 \(Conflict\)/;
  await page.goto(site.address);
  await page.getByRole('link', { name: 'Faults' }).click();
  await page.getByLabel('Target', { exact: true }).selectOption('html-1');
  await page.getByRole('button', { name: 'Limp' }).click();
  await page.getByLabel('meanMs').fill('50');
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.getByText('Would be hit: html-1').waitFor();
  await page.getByText('tolerates the loss of 0').waitFor();
  expect(await page.getByRole('button', { name: 'Inject', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Inject anyway' }).click();
  const applied = page.locator('[data-counter="applied"]');
  await applied.waitFor();
  await site.searchUntil(async () => Number(await applied.textContent()) > 1);
  await page.getByRole('link', { name: 'Overview' }).click();
  await site.node(page, 'html-1').locator('.mark.injected').waitFor();
  await page.getByRole('link', { name: 'Faults' }).click();
  await page.getByRole('button', { name: 'Heal limp.latency at html-1' }).click();
  await page.getByText('None.').waitFor();
});

/** Runs in the page: the picture shows the node dead, and a person sees it without scrolling. */
function isSeenDead(node: Element): boolean {
  const { top, bottom } = node.getBoundingClientRect();
  const isDead = node.classList.contains('bad') && node.textContent.includes('dead');
  return isDead && top >= 0 && bottom <= document.querySelector('.scrubber')!.getBoundingClientRect().top;
}

interface Past {
  readonly number: number;
  readonly at: number;
  readonly nodes: Readonly<Record<string, { readonly state: string }>>;
}
const past = async (after: number): Promise<readonly Past[]> =>
  (await fetch(`${site.cluster.console}/api/history?after=${after}`)).json() as Promise<readonly Past[]>;

test('a death that no page saw is in the past at its second, and a page that opens then shows it', async ({ page }) => {
  const { number: before } = await until(async () => {
    const now = (await past(0)).at(-1);
    // A process that dies while it starts was not in use: this is no death of the node.
    return now?.nodes['ranking-2']!.state === 'alive' ? now : undefined;
  }, boundMs).then((now) => now!);
  const killedAt = Date.now();
  await kill9();
  const seconds = await until(async () => {
    const after = (await past(before)).filter(({ at }) => at > killedAt);
    const first = after.findIndex(({ nodes }) => nodes['ranking-2']!.state === 'dead');
    return first >= 0 && after.length >= first + 4 ? after.slice(first, first + 4) : undefined;
  }, boundMs);
  const [death, , , later] = seconds!;
  expect(death!.at - killedAt).toBeLessThan(2_500);
  // The repair follows second by second. A cluster without any change has a snapshot in five seconds.
  expect(later!.at - death!.at).toBeLessThan(4_500);
  await page.goto(site.address);
  await page
    .getByRole('button', { name: /Replay ranking-2/ })
    .first()
    .click();
  await until(() => site.node(page, 'ranking-2').evaluate(isSeenDead), boundMs);
});

/** The node stays down for 5 s. */
async function pressCrash(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Crash' }).click();
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.getByRole('button', { name: 'Inject', exact: true }).click();
  await page.getByText('stop.kill is in effect at ranking-2.').waitFor();
}

/** A spare process takes the node's place in less than a second. */
async function kill9(): Promise<void> {
  const { pid } = await site.cluster.node('ranking-2');
  process.kill(pid!, 'SIGKILL');
}

/** Replays the newest incident of ranking-2 in real time, on a wide screen and on a phone. */
async function replay(page: Page): Promise<void> {
  const killed = site.node(page, 'ranking-2');
  await page.getByRole('link', { name: 'Incidents' }).click();
  await page
    .getByRole('button', { name: /Replay ranking-2/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'ranking-2 crashed', level: 2 }).waitFor();
  await page.getByRole('heading', { name: /ranking-2 ha[sd] crashed/, level: 1 }).waitFor();
  await until(() => killed.evaluate(isSeenDead), boundMs);
  // After the incident, the page is live again.
  const again = page.getByRole('button', { name: 'Replay', exact: true });
  await again.waitFor({ timeout: 2 * boundMs });
  await page.getByText('The cluster now').waitFor();
  expect(await killed.getAttribute('class')).toBe('node good');

  // On a phone, the node is in sight, too. A step leads to its moment.
  await page.setViewportSize({ width: 390, height: 844 });
  await again.click();
  await until(() => killed.evaluate(isSeenDead), boundMs);
  await page.getByRole('button', { name: 'detected' }).click();
  await page.getByRole('listitem').filter({ hasText: 'detected' }).and(page.locator('.shown')).waitFor();
  expect([await lowContrast(page), await overflow(page), await seriousProblems(page)]).toEqual([[], 0, []]);
  await page.getByRole('button', { name: 'Back to live' }).click();
  await page.getByRole('link', { name: 'Back to all incidents' }).click();
  await page.getByRole('heading', { name: 'Availability' }).waitFor();
}

test.each([
  ['kill -9', kill9],
  ['the button', pressCrash],
])(
  'a node killed by %s is in the headline; after its repair, the scrubber and the replay show it dead and alive',
  async (_, kill) => {
    await site.withPage({ bypassCSP: true }, async (page) => {
      await page.goto(`${site.address}#/faults/ranking-2`);
      await kill(page);
      await page.getByRole('link', { name: 'Overview' }).click();
      const killed = site.node(page, 'ranking-2');
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
      // The track has not moved under the pointer.
      expect(await slider.boundingBox()).toEqual({ x, y, width, height });
      expect(await killed.textContent()).toMatch(/ranking-2.*crashed.*dead/);
      expect(await killed.getAttribute('class')).toBe('node bad');
      expect(await site.node(page, 'ranking-1').getAttribute('class')).toBe('node good');
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/ranking-2 has crashed/);
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d:\d\d, \d+ s ago$/);
      await page.screenshot({ path: `${shots}console-past-light.png` });
      await page.keyboard.press('ArrowLeft');
      await page.getByRole('button', { name: 'Back to live' }).click();
      expect(await label()).toMatch(/^ranking-2 .*: alive/);
      expect(await killed.getAttribute('class')).toBe('node good');
      await replay(page);
    });
  },
);

test('the form makes a request of each kind of fault that the chaos controller understands', async ({
  page,
  complaints,
}) => {
  complaints.expected = /40\d \(/;
  await page.goto(`${site.address}#/faults/html-1`);
  const kinds = page.getByLabel('Kind', { exact: true });
  await kinds.waitFor();
  const names = await kinds.locator('option').evaluateAll((all) => all.map((it) => (it as HTMLOptionElement).value));
  expect(names.toSorted()).toEqual([...faultKinds.keys()].toSorted());
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
});

test('while the console is away, the page keeps its data and shows its age; then it is live in 5 s', async ({
  page,
  complaints,
}) => {
  complaints.expected =
    /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;
  await page.goto(site.address);
  const live = page.getByText('live', { exact: true });
  await live.waitFor();
  await site.node(page, 'gateway-1').waitFor();
  await site.control('control-1', 'stop');
  await page.getByText(/the console does not answer: this is \d+ s old/).waitFor();
  expect(await site.node(page, 'gateway-1').isVisible()).toBe(true);
  await site.control('control-1', 'start');
  await until(async () => (await fetch(site.cluster.console).catch(() => undefined))?.ok, boundMs);
  await live.waitFor({ timeout: 5_000 });
});

test('a person without the key is asked for it once', async ({ page, complaints }) => {
  complaints.expected = /401 \(Unauthorized\)/;
  const { origin, searchParams } = new URL(site.address);
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
});
