import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A compose project of its own: other containers on this machine are never touched. */
export interface Engine {
  readonly docker: (...args: readonly string[]) => Promise<CommandResult>;
  readonly compose: (...args: readonly string[]) => Promise<CommandResult>;
  /** Where a service's port is published on this machine, as `http://127.0.0.1:<port>`. */
  readonly urlOf: (service: string, port: number) => Promise<string>;
}

/** Any free port of this machine for everything that is published, so that a cluster of the user's keeps its own. */
const published = ['CLIENT_1', 'GATEWAY_1', 'GATEWAY_2', 'CONTROL_1', 'MIDDLE_1', 'PROMETHEUS', 'GRAFANA', 'LABS'].map(
  (name) => [`${name}_PORT`, '0'],
);

/** As in a shell where nobody has set them. */
const unset = { TIERLAB_CHAOS: '', TIERLAB_OPERATOR_TOKEN: '', TIERLAB_OPERATOR_DIGEST: '' };

/** Finds a Docker engine and a compose command, which sees the variables `settings`; a sentence where there is none. */
export async function findEngine(
  project: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Engine | string> {
  // Debian's client, where there is one: another on the PATH may lack what it builds with
  const client = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';
  const env = {
    ...process.env,
    ...unset,
    ...settings,
    ...Object.fromEntries(published),
    COMPOSE_PROJECT_NAME: project,
  };
  const docker: Engine['docker'] = (...args) => run([client, ...args], env);
  if ((await docker('info')).code !== 0) return 'no Docker engine answers here';

  const plugin = (await docker('compose', 'version')).code === 0;
  if (!plugin && (await run(['docker-compose', 'version'], env)).code !== 0)
    return 'there is neither "docker compose" nor "docker-compose" here';
  // docker-compose 1 builds through the engine itself: the client on the PATH may lack the plugin for it
  const compose: Engine['compose'] = plugin
    ? (...args) => docker('compose', ...args)
    : (...args) => run(['docker-compose', ...args], { ...env, COMPOSE_DOCKER_CLI_BUILD: '0' });

  return {
    docker,
    compose,
    async urlOf(service, port) {
      const { code, stdout, stderr } = await compose('port', service, String(port));
      if (code !== 0) throw new Error(`compose port ${service} ${port}: ${stderr}`);
      return `http://${stdout.trim()}`;
    },
  };
}

function run([command, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      resolve({ code, stdout, stderr });
    });
  });
}
