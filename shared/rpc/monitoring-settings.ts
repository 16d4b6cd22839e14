import Type, { type Static } from 'typebox';

const source = (description: string) => Type.Boolean({ default: true, description });

/** From which sources a monitor diagnoses. A source that is off is not heard, as if nobody reported it. */
export const EvidenceSettings = Type.Object(
  {
    heartbeats: source('how long a node has been silent, and whether a new process speaks in its name'),
    calls: source('how calls to a node ended and how long they took, as its callers report'),
    votes: source('lost votes, invalid replies and proofs, as callers report'),
    self: source('what a node reports about itself'),
    probes: source('what the ops port of a node and its watchdog answer'),
    monitors: source('which nodes the other monitors hear'),
  },
  { additionalProperties: false },
);
export type EvidenceSettings = Static<typeof EvidenceSettings>;

export const FixedDetectorSettings = Type.Object(
  {
    deadAfterMs: Type.Number({
      default: 1_750,
      minimum: 1,
      maximum: 600_000,
      description: 'a node is called dead after this silence: 3.5 heartbeats',
    }),
  },
  { additionalProperties: false },
);
export type FixedDetectorSettings = Static<typeof FixedDetectorSettings>;
