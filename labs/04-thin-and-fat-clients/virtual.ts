import { createPlacement } from '../../services/client/placements/create.ts';
import { type PlacementName, placementNames } from '../../services/client/placements/names.ts';
import type { Screen } from '../../services/client/placements/screen.ts';
import { earlierKeys, sessionKeys } from '../../services/client/placements/session.ts';
import type { WireService } from '../../services/client/placements/server/service.ts';
import type { Wire } from '../../services/client/placements/wire.ts';
import type { Context } from '../../shared/rpc/context.ts';
import type { Variant } from '../runner/lab.ts';
import { createEngine } from './engine.ts';
import { typedQuery } from './script.ts';

export interface ClientSession {
  readonly name: PlacementName;
  /** The messages in their order. */
  readonly messages: readonly string[];
  readonly tookMs: number;
  readonly last: Screen;
}

/** The engine answers the same for ever, so all runs share one. */
let engine: WireService | undefined;

/** The session in each placement, in virtual time: the code of the page, and a wire on which a message takes r. */
export async function virtualSessions(turns: number, r: number, variant: Variant): Promise<ClientSession[]> {
  engine ??= createEngine();
  const sessions: ClientSession[] = [];
  for (const name of placementNames) sessions.push(await session(name, engine));
  return sessions;

  async function session(name: PlacementName, service: WireService): Promise<ClientSession> {
    let nowMs = 0;
    let messages: string[] = [];
    const wire = wireTo(service, (message) => {
      nowMs += r;
      messages.push(message);
    });
    // Broken: the server gives leases of zero length, so the cache never answers.
    const leased: Wire = {
      ...wire,
      parts: async (term) => ({ ...(await wire.parts(term)), ...(variant === 'broken' && { leaseMs: 0 }) }),
      texts: async (ids) => ({ ...(await wire.texts(ids)), ...(variant === 'broken' && { leaseMs: 0 }) }),
    };
    const placement = createPlacement(name, leased, () => nowMs);
    await placement.prepare();
    // Control: the user comes for the first time.
    if (variant !== 'control')
      for (const key of [...earlierKeys(typedQuery), ...Array.from(typedQuery, () => 'Backspace')])
        await placement.press(key);
    messages = [];
    const beginMs = nowMs;
    let last: Screen | undefined;
    for (const key of sessionKeys(typedQuery, turns)) last = await placement.press(key);
    return { name, messages, tookMs: nowMs - beginMs, last: last! };
  }
}

/** A wire that notes each message before it hands it to the service. */
function wireTo(service: WireService, note: (message: string) => void): Wire {
  const context: Context = {
    requestId: 'lab',
    trace: { traceId: '', spanId: '', sampled: false },
    deadlineAt: Infinity,
    signal: new AbortController().signal,
    priority: 'read',
    servedBy: [],
  };
  const send =
    <Request, Answer>(message: keyof Wire, answer: (request: Request, context: Context) => Promise<Answer>) =>
    (request: Request): Promise<Answer> => {
      note(message);
      return answer(request, context);
    };
  return {
    press: send('press', service.press),
    search: send('search', service.search),
    candidates: send('candidates', service.candidates),
    parts: send('parts', service.parts),
    texts: send('texts', service.texts),
    words: send('words', service.words),
  };
}
