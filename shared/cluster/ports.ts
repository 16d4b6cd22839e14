/**
 * The ports of all processes. Each port is `portBase` plus a fixed offset, so clusters with different bases run side by
 * side.
 *
 *   portBase (7000)  watchdog
 *   +100 ...         nodes, in topology order          ops port = data port + 1000
 *   +1000 ...        gateways                          ops port = public port + 500
 *   +1080 ...        clients                           ops port = public port + 500
 *   +1090 ...        consoles                          ops port = public port + 500
 *
 * With TLS, the data port accepts only TLS, so public routes need another port. These ports are added:
 *
 *   +500 ... +590    data ports of gateways, clients and consoles (public port - 500)
 *   +700 ...         public routes of all other nodes (data port + 600)
 */
export const defaultPortBase = 7000;

/** With a base above `most`, ports of nodes could be among the ports that Linux takes for outgoing connections. */
export const portBases = { least: 1_024, most: 31_000 } as const;

export const isPortBase = (text: string): boolean =>
  /^\d+$/.test(text) && Number(text) >= portBases.least && Number(text) <= portBases.most;

/** The words for a port base that is refused. */
export const portBaseWords = `a whole number from ${portBases.least} to ${portBases.most} is wanted, such as 20000`;

/** The highest offset in use: a base must leave room for it below 65,536. */
export const portSpan = 1_600;

/** Components with their own public HTTP port (door), and the offsets of these ports. */
const doorOffsets: Readonly<Record<string, number>> = { client: 1_080, gateway: 1_000, console: 1_090 };
const nodeOffset = 100;

/** Possible public ports that browsers and fetch refuse to open (WHATWG Fetch, "bad port"). */
export const blockedPorts: ReadonlySet<number> = new Set([
  2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

export interface NodePorts {
  /** For calls between nodes; without TLS also for public routes of components without a door. */
  readonly port: number;
  /** Public routes of the components that have no door of their own. */
  readonly publicPort: number;
  readonly opsPort: number;
  readonly doors: Readonly<Record<string, number>>;
}

/** The port of a component's public routes. */
export const publicPortOf = (
  { doors, publicPort }: Pick<NodePorts, 'doors' | 'publicPort'>,
  component: string,
): number => doors[component] ?? publicPort;

/** Assigns ports to nodes in topology order. */
export function portAllocator(portBase: number, tls = false): (components: readonly string[]) => NodePorts {
  const taken: Record<string, number> = {};
  let nodes = 0;
  return function allocate(components) {
    const doors: Record<string, number> = {};
    for (const component of components) {
      const offset = doorOffsets[component];
      if (offset === undefined) continue;
      const nth = (taken[component] = (taken[component] ?? 0) + 1);
      doors[component] = portBase + offset + nth - 1;
    }
    const [door, ...more] = Object.values(doors);
    if (door !== undefined && more.length === 0)
      return { port: tls ? door - 500 : door, publicPort: door, opsPort: door + 500, doors };
    const port = portBase + nodeOffset + nodes++;
    return { port, publicPort: tls ? port + 600 : port, opsPort: port + 1_000, doors };
  };
}
