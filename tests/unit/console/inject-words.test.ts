import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addParameterOptions, parametersOf } from '../../../cli/chaos/parameters.ts';
import type { DescribedFaultKind } from '../../../services/console/page/faults/kind.ts';
import { injectWords, requestOf } from '../../../services/console/page/faults/request.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';

test.each<[string, Record<string, string>, Record<string, unknown>]>([
  ['net.partition', { groups: '[["html-1","html-2"],["app-1"]]', oneWay: 'true', lost: 'requests' }, {}],
  [
    'net.partition',
    { ring: '["a","b","c","d"]', bridge: '[]', oneWay: 'false' },
    { bridge: undefined, oneWay: undefined },
  ],
  ['byz.omit', { ids: '["a","b"]', share: '0.5' }, {}],
  ['limp.latency', { meanMs: '400', distribution: 'pareto' }, {}],
  ['byz.corrupt', { field: "it's" }, {}],
])('the command that the console shows for %s means the same as the form: %j', (name, params, defaults) => {
  const kind = faultKinds.get(name)!;
  const described = kind as unknown as DescribedFaultKind;
  const draft = { kind: name, target: 'app-1', ttl: '30', params };
  const words = injectWords(draft, described);
  const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
  const [, , , ...flags] = stdout.trimEnd().split('\n');
  const command = new Command().option('--target <node>').option('--ttl <time>');
  addParameterOptions(command, kind);
  const given = parametersOf(kind, command.parse(flags, { from: 'user' }).opts());
  expect(given).toEqual({ ...(requestOf(draft, described).params as object), ...defaults });
});
