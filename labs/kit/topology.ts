/** A node for one component, or one for each shard of its data. */
export const alone = (name: string, shards = 1) => ({
  name,
  components: [name],
  replicas: 1,
  ...(shards > 1 && { shards }),
});

/** Servers that answer `labPlan`. There is no monitor: it would repair servers that fail as often as a lab wants. */
export const unrepaired = (servers: readonly { readonly name: string; readonly replicas: number }[]) => ({
  nodes: servers.map((server) => ({ ...server, components: ['query', 'database'] })),
});

/** The three tiers of a search in a few processes: an application server with all logic, and a database. */
export const threeTiers = (shards = 1) => ({
  nodes: [
    alone('monitor'),
    { name: 'app', components: ['app', 'query', 'ranking', 'html'], replicas: 1 },
    alone('database', shards),
  ],
});
