/**
 * Who listens where (DESIGN section 6). All ports are `portBase` plus a fixed offset, so that clusters of different bases
 * run side by side.
 *
 *   portBase (7000)  watchdog
 *   +100 ...         nodes, in topology order          ops port = data port + 1000
 *   +1000 ...        gateways                          ops port = data port + 500
 *   +1080 ...        clients                           ops port = data port + 500
 *   +1090 ...        consoles                          ops port = data port + 500
 */
export const defaultPortBase = 7000;

/** The highest offset in use: a base must leave room for it below 65,536. */
export const portSpan = 1_600;

/** Components with a public HTTP door of their own, and where their doors begin. */
const doorOffsets: Readonly<Record<string, number>> = { client: 1_080, gateway: 1_000, console: 1_090 };
const nodeOffset = 100;

export interface NodePorts {
  readonly port: number;
  readonly opsPort: number;
  readonly doors: Readonly<Record<string, number>>;
}

/** Gives ports to nodes one after the other, in topology order. */
export function portAllocator(portBase: number): (components: readonly string[]) => NodePorts {
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
    const doorPorts = Object.values(doors);
    const [onlyDoor] = doorPorts;
    const port = onlyDoor !== undefined && doorPorts.length === 1 ? onlyDoor : portBase + nodeOffset + nodes++;
    return { port, opsPort: port + (port < portBase + 1_000 ? 1_000 : 500), doors };
  };
}
