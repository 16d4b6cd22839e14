import Type, { type Static } from 'typebox';

export const CentralStatisticsSettings = Type.Object(
  {
    share: Type.Number({
      default: 1,
      minimum: 0,
      maximum: 1,
      description: "the share of each node's searches that ask the centre: 0.5 = every second search",
    }),
    node: Type.String({
      default: 'query-1',
      pattern: '^[a-z][a-z0-9-]{0,60}$',
      description: 'the node that keeps the table; it hosts the component query',
    }),
  },
  { additionalProperties: false },
);
export type CentralStatisticsSettings = Static<typeof CentralStatisticsSettings>;
