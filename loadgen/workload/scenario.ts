import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Random } from '../../shared/time/random.ts';
import { loadError } from '../options/errors.ts';
import type { Request } from './request.ts';
import type { Scenario, ScenarioUser, Workload } from './workload.ts';

/** Imports a scenario file. Throws `bad_file` when it cannot be imported or exports no function. */
export async function importScenario(file: string): Promise<Scenario> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
  } catch (error) {
    throw loadError(
      'bad_file',
      `the scenario ${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  if (typeof module.default !== 'function')
    throw loadError(
      'bad_file',
      `the scenario ${file} must export a generator function by default: export default function* (user) { ... }`,
    );
  return module.default as Scenario;
}

/** Every session is one run through the scenario by a new user. */
export function scenarioWorkload(scenario: Scenario, words: readonly string[], random: Random): Workload {
  let number = 0;
  const request = (method: string, target: string, more: Partial<Request>): Request => ({
    method,
    target,
    name: target.split('?')[0] ?? target,
    ...more,
  });
  const withBody = (method: string, target: string, body: unknown, more: Partial<Request>): Request =>
    request(method, target, {
      ...more,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...more.headers },
    });
  function start() {
    const user: ScenarioUser = {
      number: number++,
      random,
      words,
      get: (target, more = {}) => request('GET', target, more),
      put: (target, body, more = {}) => withBody('PUT', target, body, more),
      post: (target, body, more = {}) => withBody('POST', target, body, more),
      // A value that is no time stays as it is, so that the report can name it.
      think: (meanMs) => ({ thinkMs: meanMs > 0 ? -Math.log(1 - random.next()) * meanMs : meanMs }),
    };
    return scenario(user);
  }
  return { known: () => [], source: { kind: 'sessions', start } };
}
