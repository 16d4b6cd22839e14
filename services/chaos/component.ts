import { component } from '../../shared/cluster/component.ts';
import { steady } from '../../shared/time/clock.ts';
import { chaos } from './contract.ts';
import { createController } from './controller.ts';
import { createExperiments } from './experiments.ts';
import { order } from './control-port.ts';
import { httpTargets } from './http-targets.ts';
import { createJournal } from './journal.ts';
import { journalFileIn, journalLines, openJournalFile } from './journal-file.ts';
import { chaosRoutes } from './rest.ts';
import { runExperiment } from './run.ts';
import { chaosSettings } from './settings.ts';
import { createSteadyMeter } from './steady.ts';
import { userProbe } from './user-probe.ts';

/** Five probes a second are enough to detect a stall, and cost even a small cluster little. */
const probeEveryMs = 200;

/** Assembles the chaos controller and its REST API. */
export const chaosComponent = component({
  contract: chaos,
  calls: {},
  create({ node, topology, incarnation, clock: nodeClock, scheduler, metrics, log, ops: { token }, hosts }) {
    // Timestamps follow the order of the events, even while a fault skews the wall clock.
    const clock = steady(nodeClock);
    const { enabled, runDir } = chaosSettings(process.env);
    const file = runDir === undefined ? undefined : journalFileIn(runDir);
    const output = file === undefined ? undefined : openJournalFile(file);
    const past = file === undefined ? [] : journalLines(file);
    const journal = createJournal(
      clock,
      (line) => output?.write(line),
      past,
      (err) => log.error({ err }, 'the journal cannot be written; its lines wait in memory'),
    );
    const meter = createSteadyMeter({ clock, scheduler, probe: userProbe(topology), everyMs: probeEveryMs });
    const controller = createController({
      owner: `${node.id}:${incarnation}`,
      enabled,
      nodes: topology.nodes,
      targets: httpTargets(topology, (port, method, path, body) => order(port, token, method, path, body)),
      journal,
      clock,
      scheduler,
      meter,
    });
    const { nodes } = topology;
    const experiments = createExperiments({
      nodes,
      objectionsTo: controller.objectionsTo,
      execute: (experiment, signal) =>
        runExperiment(experiment, { controller, nodes, meter, journal, clock, scheduler, signal }),
    });
    const remainingMs = (endsAt: number) => Math.max(0, endsAt - clock.now());
    metrics.gauge(
      'tierlab_chaos_active',
      'Faults in effect, by id, kind and victim',
      ['id', 'kind', 'target'],
      (gauge) => {
        gauge.reset();
        for (const { id, kind, faults } of controller.list())
          for (const { target } of faults) gauge.set({ id, kind, target }, 1);
      },
    );
    if (enabled)
      controller.recover().then(
        (left) => left > 0 && log.warn({ left }, 'healed the faults that an earlier process left behind'),
        (err: unknown) => log.error({ err }, 'the faults of an earlier process could not be healed'),
      );

    return {
      handlers: {
        active: async () => ({
          active: controller.list().map(({ id, kind, faults, endsAt }) => {
            return { id, kind, victims: faults.map(({ target }) => target), remainingMs: remainingMs(endsAt) };
          }),
        }),
        journal: async ({ count }) => ({
          entries: journal.recent(count).map(({ at, event, id, kind, target }) => ({ at, event, id, kind, target })),
        }),
      },
      routes: (server) =>
        chaosRoutes(server, {
          enabled,
          token,
          hosts,
          topology,
          controller,
          experiments,
          journal,
          meter,
          clock,
          scheduler,
          remainingMs,
        }),
      state: () => ({ enabled, active: controller.list().length, halts: controller.halts(), journal: file }),
      async stop() {
        await experiments.stop();
        await controller.stop();
        output?.close();
      },
    };
  },
});
