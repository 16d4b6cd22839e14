import { createRedactor } from '../../../shared/observe/redact.ts';
import type { DoctorCheck, Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';

const check = 'proxies';
const proxyNames = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** A call to a loopback address must not go through a proxy: the proxy would call its own machine instead. */
export const proxies: DoctorCheck = ({ environment }) => {
  const findings = [proxy(environment), nodeOptions(environment)].flat();
  return findings.length > 0 ? findings : [{ check, level: 'ok', found: 'none that Tierlab would use' }];
};

function proxy(environment: Facts['environment']): Finding | readonly Finding[] {
  const name = proxyNames.find((it) => environment[it]);
  if (name === undefined) return [];
  const spared = new Set((environment.no_proxy ?? environment.NO_PROXY ?? '').split(/[\s,]+/));
  if (spared.has('*') || (spared.has('localhost') && spared.has('127.0.0.1'))) return [];
  const found = `${name} is ${createRedactor()(environment[name]!)}, and NO_PROXY does not name localhost`;
  const forced = environment.NODE_USE_ENV_PROXY === '1' || /--use-env-proxy\b/.test(environment.NODE_OPTIONS ?? '');
  return {
    check,
    level: forced ? 'problem' : 'note',
    found: forced
      ? `${found}: Node.js sends calls between nodes to the proxy`
      : `${found}: curl asks the proxy for this cluster`,
    todo: 'Leave this machine out: export NO_PROXY=localhost,127.0.0.1,::1',
  };
}

function nodeOptions({ NODE_OPTIONS: options }: Facts['environment']): Finding | readonly Finding[] {
  if (!options) return [];
  return {
    check,
    level: 'note',
    found: `NODE_OPTIONS is "${createRedactor()(options)}": every node starts with it`,
    todo: 'If you did not mean that, remove it: unset NODE_OPTIONS',
  };
}
