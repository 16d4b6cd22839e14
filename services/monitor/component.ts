import { component } from '../../shared/cluster/component.ts';
import { memberStates, View } from '../../shared/membership/view.ts';
import { monitor } from './contract.ts';
import { createDetector } from './detector.ts';

/** Heartbeats in, a membership view out. */
export const monitorComponent = component({
  contract: monitor,
  calls: {},
  create({ node, topology, incarnation, clock, log, metrics }) {
    // A restarted monitor must not repeat version numbers of its earlier life with another meaning.
    const detector = createDetector(
      node.id,
      topology.nodes.map(({ id }) => id),
      incarnation % 1_000_000_000,
    );
    const heartbeats = metrics.counter('tierlab_heartbeats_total', 'Heartbeats received', ['member']);
    metrics.gauge('tierlab_member_state', '1 for the state that this monitor sees a member in', ['member', 'state'], (gauge) => {
      for (const member of detector.view(clock.now()).members)
        for (const state of memberStates) gauge.set({ member: member.node, state }, member.state === state ? 1 : 0);
    });
    let announced = new Map<string, string>();
    const current = (): View => {
      const view = detector.view(clock.now());
      for (const { node: member, state } of view.members) {
        const before = announced.get(member);
        if (before !== undefined && before !== state) log.info({ member, from: before, to: state }, 'member changed');
      }
      announced = new Map(view.members.map((member) => [member.node, member.state]));
      return view;
    };

    return {
      handlers: {
        async heartbeat(beat) {
          detector.heard(beat, clock.now());
          heartbeats.inc({ member: beat.node });
          const view = current();
          return view.version === beat.viewVersion ? {} : { view };
        },
        view: async () => current(),
      },
      routes(server) {
        server.get('/api/view', async () => current());
      },
      state: () => current(),
    };
  },
});
