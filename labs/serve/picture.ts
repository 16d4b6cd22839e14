import { askControl } from '../../shared/control/client.ts';
import { expandTopology } from '../../shared/cluster/topology-file.ts';
import type { Topology, TopologyFile } from '../../shared/cluster/topology.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { aboutCluster, type About } from '../../services/console/about.ts';
import { createLiveCollector } from '../../services/console/live/collector.ts';
import { createNodeReadings } from '../../services/console/live/node-readings.ts';
import { createSources } from '../../services/console/sources.ts';
import type { RunEvent } from '../runner/events.ts';

interface PictureOptions {
  /** Nodes are asked often only while a page is open. */
  readonly isWatched: () => boolean;
  readonly onAbout: (about: About | undefined) => void;
  /** Gets each snapshot as JSON, once a second. */
  readonly onSnapshot: (json: string) => void;
}

/** The live picture of a lab's own cluster: what the console shows, without a node that hosts a console. */
export function createPicture({ isWatched, onAbout, onSnapshot }: PictureOptions) {
  let collector: ReturnType<typeof createLiveCollector> | undefined;
  let about: About | undefined;

  function close(): void {
    collector?.stop();
    collector = undefined;
    if (about) onAbout((about = undefined));
  }

  return {
    about: () => about,
    /** Follows the cluster of the run: opens with it, and closes with it. */
    follow(event: RunEvent): void {
      if (event.kind === 'cluster-stopped') close();
      if (event.kind !== 'cluster') return;
      close();
      const topology = topologyOf(event);
      if (!topology) return;
      onAbout((about = aboutCluster(topology, '', true)));
      collector = createLiveCollector({
        topology,
        sources: createSources(topology, askControl, undefined),
        readings: createNodeReadings(topology, askControl, systemClock),
        ownView: () => undefined,
        isWatched,
        clock: systemClock,
        scheduler: systemScheduler,
      });
      collector.listen((name, json) => name === 'snapshot' && onSnapshot(json));
    },
    close,
  };
}

/** Undefined where it cannot be expanded: a run goes on without its picture. */
function topologyOf({ topology, portBase }: Extract<RunEvent, { kind: 'cluster' }>): Topology | undefined {
  try {
    return expandTopology({ summary: 'The cluster of a lab', ...topology } as TopologyFile, { portBase });
  } catch {
    return undefined;
  }
}
