import { afterEach, expect, test, vi } from 'vitest';
import { openBrowser } from '../../../labs/04-thin-and-fat-clients/browser.ts';
import { asScript, messagesIn, typedQuery, scripts } from '../../../labs/04-thin-and-fat-clients/script.ts';
import { LabUnknownError } from '../../../labs/runner/errors.ts';
import { placementNames } from '../../../services/client/placements/names.ts';
import { sessionQuery } from '../../../services/client/placements/session.ts';
import { parse } from '../../../services/query/parse.ts';

afterEach(() => vi.unstubAllEnvs());

test('without a browser the lab is unknown, and says what to install', async () => {
  vi.stubEnv('TIERLAB_BROWSER', '/nowhere/chromium');
  const error: unknown = await openBrowser().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LabUnknownError);
  expect((error as LabUnknownError).message).toContain('Chromium');
  expect((error as LabUnknownError).next).toContain('apt-get install --yes chromium');
});

test('the scripts count 25, 5, 1, 8 and 3 messages for three turns', () => {
  expect(placementNames.map((name) => messagesIn(scripts[name](3)))).toEqual([25, 5, 1, 8, 3]);
});

test('both queries of the session have 20 characters and three terms', () => {
  for (const q of [typedQuery, sessionQuery]) expect([q.length, parse(q).plan.terms.length]).toEqual([20, 3]);
});

test('what was sent becomes a script', () => {
  expect(asScript(['parts', 'parts', 'texts', 'parts'])).toEqual([
    ['parts', 2],
    ['texts', 1],
    ['parts', 1],
  ]);
  expect(asScript([])).toEqual([]);
});
