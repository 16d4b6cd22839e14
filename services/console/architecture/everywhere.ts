/**
 * The parts that every node has beside its components, from the top of a call down to the machine. Middleware lets
 * applications work together, and the platform carries both.
 */
export const everywhere: readonly {
  readonly layer: 'middleware' | 'platform';
  readonly name: string;
  readonly text: string;
}[] = [
  {
    layer: 'middleware',
    name: 'calls',
    text: 'Typed operations over HTTP or a function call; deadlines, retries, hedges, votes.',
  },
  {
    layer: 'middleware',
    name: 'membership',
    text: 'Heartbeats and the view of who is alive; callers choose replicas by it.',
  },
  {
    layer: 'middleware',
    name: 'security',
    text: 'Keys, signed heartbeats and receipts; mutual TLS where the topology asks for it.',
  },
  { layer: 'middleware', name: 'observation', text: 'Metrics, traces and logs with the ids of requests.' },
  {
    layer: 'platform',
    name: 'watchdog',
    text: 'Starts the processes of a machine, and starts them again when they end.',
  },
  {
    layer: 'platform',
    name: 'Node.js and the operating system',
    text: 'Processes, sockets, files, clocks and memory.',
  },
];
