/**
 * The layers of the course: applications serve people, middleware lets them work together, the platform carries both.
 */
export const layers = ['application', 'middleware', 'platform'] as const;
export type ArchitectureLayer = (typeof layers)[number];

/** The function of a component in one sentence. */
export const functions: Readonly<Record<string, string>> = {
  client: 'Shows search pages to people, and sends their requests to a gateway.',
  gateway: 'Takes in every request from outside: checks it, limits it, names it and forwards it.',
  app: 'Runs a search: calls the components below and joins their answers.',
  query: 'Turns the words of a person into a plan: corrections, synonyms, shards.',
  database: 'Holds the pages and the inverted index; finds candidates in its shard.',
  ranking: 'Puts the candidates in order of relevance.',
  html: 'Makes pages from results.',
  monitor: 'Takes in heartbeats, diagnoses failures, orders repairs and keeps the incident log.',
  chaos: 'Injects faults within safety rules, and keeps their journal.',
  traces: 'Collects the path of single requests through the nodes.',
  console: 'Shows the cluster to people: this page.',
};

/** The parts that every node has beside its components, from the top of a call down to the machine. */
export const everywhere: readonly {
  readonly layer: Exclude<ArchitectureLayer, 'application'>;
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
