import type { FastifyReply } from 'fastify';
import { component } from '../../shared/cluster/component.ts';
import { chaosIsOff } from '../../shared/faults/chaos-off.ts';
import type { View } from '../../shared/membership/view.ts';
import { asRpcError } from '../../shared/rpc/errors.ts';
import { chaosSettings } from '../chaos/settings.ts';
import { serveAssets } from '../../web/assets.ts';
import { monitor } from '../monitor/contract.ts';
import { loadConsoleAssets } from './assets.ts';
import { breaksOf } from './breaks.ts';
import { consoleContract } from './contract.ts';
import { nodePage } from './node-page.ts';
import { cookieFor, isKey, isOperator, requireOperator } from './operator.ts';
import { overviewPage } from './overview.ts';
import { notFoundPage, refusalPage } from './refusal-page.ts';
import { createSources } from './sources.ts';

/** The longest wait for the data of a page, ms. */
const patienceMs = 1_000;

const csp =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A live web page of the cluster: the monitors' view, the injected faults, and buttons to inject more. */
export const consoleComponent = component({
  contract: consoleContract,
  calls: { monitor },
  create({ node: { id: ownId }, topology, upstream, view, newContext, ops: { token }, hosts }) {
    const { enabled } = chaosSettings(process.env);
    const sources = createSources(topology, token);
    const assets = loadConsoleAssets();

    /** The freshest view: a monitor's own, else the one that this node follows. */
    async function look(): Promise<{ view: View | undefined; unreachable: boolean }> {
      try {
        return { view: await upstream.monitor.view({}, newContext(patienceMs)), unreachable: false };
      } catch {
        return { view: view(), unreachable: true };
      }
    }

    function notFound(reply: FastifyReply, what: string): FastifyReply {
      return reply.code(404).type('text/html; charset=utf-8').send(notFoundPage(what));
    }

    return {
      handlers: {},
      routes(server) {
        void server.register(async (scope) => {
          // Buttons send forms without fields, because the address holds all data.
          scope.addContentTypeParser(
            'application/x-www-form-urlencoded',
            { parseAs: 'string' },
            (_request, _body, done) => done(null),
          );
          scope.addHook('onRequest', async (request, reply) => {
            void reply.headers({
              'content-security-policy': csp,
              // Not `no-referrer`, because browsers would then send the forms with the origin `null`.
              'referrer-policy': 'same-origin',
              'x-content-type-options': 'nosniff',
            });
            if (request.method === 'POST') requireOperator(request, token, hosts);
          });
          serveAssets(scope, assets);
          scope.setErrorHandler((thrown, _request, reply) => {
            const { status, message } = asRpcError(thrown);
            return reply
              .code(status)
              .type('text/html; charset=utf-8')
              .send(refusalPage({ reason: message }));
          });

          scope.get<{ Querystring: { operator?: string } }>('/', async (request, reply) => {
            const { operator: key } = request.query;
            if (typeof key === 'string' && token !== undefined && isKey(key, token))
              return reply.header('set-cookie', cookieFor(key, request.socket.localPort ?? 0)).redirect('/', 303);
            const [{ view, unreachable }, faults, incidents] = await Promise.all([
              look(),
              sources.faults(),
              sources.incidents(),
            ]);
            void reply.type('text/html; charset=utf-8');
            const operator = isOperator(request, token);
            return overviewPage({
              topology,
              view,
              unreachable,
              faults,
              incidents,
              operator,
              wrongKey: key !== undefined && !operator,
            });
          });

          scope.get<{ Params: { id: string } }>('/nodes/:id', async (request, reply) => {
            const node = topology.nodes.find(({ id }) => id === request.params.id);
            if (!node) return notFound(reply, `${topology.name} has no node ${request.params.id}.`);
            const [{ view }, diagnoses, faults, incidents] = await Promise.all([
              look(),
              sources.diagnoses(),
              sources.faults(),
              sources.incidents(),
            ]);
            const invitation =
              'To press buttons, open the console with the address that "npm start -- --chaos" printed.';
            const locked = isOperator(request, token) ? undefined : invitation;
            void reply.type('text/html; charset=utf-8');
            return nodePage({
              topology,
              node,
              own: node.id === ownId,
              member: view?.members.find((member) => member.node === node.id),
              diagnosis: diagnoses.find((diagnosis) => diagnosis.node === node.id),
              faults,
              incidents,
              locked: enabled ? locked : `${chaosIsOff}.`,
            });
          });

          // `anyway` injects the fault beyond the tolerance of the group, after the person has read the refusal.
          scope.post<{ Params: { id: string; name: string; anyway?: string } }>(
            '/nodes/:id/break/:name/:anyway?',
            async (request, reply) => {
              const node = topology.nodes.find(({ id }) => id === request.params.id);
              const chosen = node && breaksOf(node, topology).find(({ name }) => name === request.params.name);
              if (!node || !chosen) return notFound(reply, 'There is no such node, or no such way to break it.');
              const beyondTolerance = request.params.anyway === 'anyway';
              try {
                await sources.inject({ ...chosen.fault, beyondTolerance }, node.id);
              } catch (thrown) {
                const { code, status, message } = asRpcError(thrown);
                const anyway =
                  code === 'conflict' && !beyondTolerance ? `/nodes/${node.id}/break/${chosen.name}/anyway` : undefined;
                return reply
                  .code(status)
                  .type('text/html; charset=utf-8')
                  .send(refusalPage({ reason: message, node: node.id, anyway }));
              }
              return reply.redirect(`/nodes/${node.id}`, 303);
            },
          );

          scope.post<{ Params: { id: string } }>('/faults/:id/heal', async (request, reply) => {
            await sources.heal(request.params.id);
            return reply.redirect('/', 303);
          });
          scope.post('/halt', async (_request, reply) => {
            await sources.halt();
            return reply.redirect('/', 303);
          });

          scope.get('/api/view', async () => (await look()).view ?? { members: [] });
        });
      },
    };
  },
});
