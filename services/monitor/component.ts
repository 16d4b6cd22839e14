import Type from 'typebox';
import { randomBytes } from 'node:crypto';
import { component } from '../../shared/cluster/component.ts';
import { createHeartbeatReceiver } from '../../shared/membership/heartbeat-receiver.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { steady } from '../../shared/time/clock.ts';
import { availabilityReport } from './availability-report.ts';
import { openIncidentLog } from './incident-log.ts';
import { monitor } from './contract.ts';
import { createDigestSeal } from './digest-seal.ts';
import { monitorMetrics } from './metrics.ts';
import { createMonitor } from './monitor.ts';

/** An exchange that takes longer is given up, because the next one is due, ms. */
const exchangeTimeoutMs = 450;

const IncidentQuery = Type.Object({ last: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })) });

/** Receives heartbeats. Publishes a membership view, verdicts, repair orders and the incident log. */
export const monitorComponent = component({
  contract: monitor,
  calls: {},
  create({
    node,
    topology,
    incarnation,
    clock: nodeClock,
    scheduler,
    log,
    metrics,
    lag,
    ops,
    stateDir,
    clusterStartedAt,
    policy,
    heartbeatKeys,
    toNode,
    newContext,
  }) {
    // The differences between time stamps are durations: a fault of the wall clock must not change them.
    const clock = steady(nodeClock);
    const seals = createDigestSeal({ monitor: node.id, incarnation, keys: heartbeatKeys });
    const incidentLog = openIncidentLog(stateDir, clusterStartedAt, clock.wall(), (text) => log.error(text));
    const nodes = topology.nodes.map(({ id }) => id);
    const it = createMonitor({
      node: node.id,
      incarnation,
      topology,
      clock,
      scheduler,
      lag,
      control: ops.control,
      token: ops.token,
      switches: {
        evidence: () => policy.current.evidence,
        fixedDetector: () => policy.current.fixedDetector,
      },
      open: incidentLog.incidents().filter(({ outcome }) => outcome === 'open'),
      promotions: incidentLog.promotions,
      exchange: async (other, digest) =>
        seals.open(await toNode(monitor, other).exchange(seals.seal(digest, other), newContext(exchangeTimeoutMs))),
      onIncident(incident) {
        incidentLog.note(incident);
        measured.incident(incident);
        if (incident.outcome !== 'open') log.info({ incident }, 'incident over');
      },
      onVerdict: (member, from, { verdict, reasons }) => log.info({ member, from, to: verdict, reasons }, 'verdict'),
      onOrder(order, result, detail) {
        measured.order(order, result);
        log.info({ order, result, detail }, 'repair order');
      },
      onPromotion: (promotion) => incidentLog.promoted(promotion),
    });
    const openIncidents = () => nodes.flatMap((id) => it.diagnoser.incident(id) ?? []);
    const measured = monitorMetrics(metrics, {
      nodes,
      view: it.view,
      phi: it.detector.phi,
      verdict: (id) => it.diagnoser.assessment(id).standing.verdict,
      open: openIncidents,
      availability: () => report(),
    });

    const receive = createHeartbeatReceiver({
      monitor: node.id,
      process: randomBytes(8).toString('base64url'),
      keys: heartbeatKeys.fromNodes,
      heard(beat) {
        try {
          it.heard(beat);
        } catch (thrown) {
          if (!(thrown instanceof RpcError)) throw thrown;
          log.warn({ err: thrown }, 'a heartbeat that cannot be true');
          return false;
        }
        measured.heartbeat(beat.node);
        return true;
      },
      reported: it.reported,
      view: it.viewForNodes,
      onRefused: measured.refusedHeartbeat,
    });
    const incidents = (last: number) => ({
      monitor: node.id,
      since: incidentLog.since,
      at: clock.wall(),
      incidents: incidentLog.incidents().slice(-last),
    });
    const diagnoses = () => ({
      monitor: node.id,
      at: clock.wall(),
      observer: it.detector.observer(),
      evidence: policy.current.evidence,
      nodes: nodes.map((id) => {
        const { standing, seen, suspected } = it.diagnoser.assessment(id);
        const { verdict, reasons } = standing;
        return {
          node: id,
          verdict,
          reasons,
          forMs: clock.now() - standing.since,
          suspected,
          seen: seen.verdict,
          phi: it.detector.phi(id),
          fixed: it.fixedDetector.report(id),
        };
      }),
    });
    const report = () =>
      availabilityReport(topology, incidentLog.incidents(), { from: incidentLog.completeSince, to: clock.wall() });
    const availability = () => ({ monitor: node.id, ...report() });

    return {
      handlers: {
        async exchange(sealed) {
          const digest = seals.open(sealed);
          return seals.seal(it.exchanged(digest), digest.monitor);
        },
        view: async () => it.view(),
      },
      datagrams: receive,
      routes(server) {
        server.get('/api/view', async () => ({ ...it.view(), leader: it.leader(), changes: it.changes() }));
        server.get<{ Querystring: { last?: string } }>(
          '/api/incidents',
          { schema: { querystring: IncidentQuery } },
          async ({ query: { last = Infinity } }) => incidents(Number(last)),
        );
        server.get('/api/diagnoses', async () => diagnoses());
        server.get('/api/availability', async () => availability());
      },
      state: () => ({ view: it.view(), diagnoses: diagnoses().nodes.filter(({ verdict }) => verdict !== 'healthy') }),
      stop: () => it.stop(),
    };
  },
});
