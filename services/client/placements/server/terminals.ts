import { LRUCache } from 'lru-cache';
import { RpcError } from '../../../../shared/rpc/errors.ts';
import type { Application } from '../application.ts';
import type { Pressed, Wire } from '../wire.ts';
import { createUserInterface, type UserInterface } from '../user-interface.ts';

/**
 * The most terminals that this node serves. When one more comes, the terminal that was silent for the longest time
 * loses its session.
 */
const maxSessions = 1_000;

interface Session {
  readonly ui: UserInterface;
  busy: boolean;
}

export interface Terminals {
  /** Throws `not_found` for an unknown session, and `conflict` when its last key is still being handled. */
  readonly press: (request: Parameters<Wire['press']>[0], application: Application) => Promise<Pressed>;
}

/** The user interfaces of terminals: they run here, because a terminal only has keys and a display. */
export function createTerminals(newSession: () => string): Terminals {
  const sessions = new LRUCache<string, Session>({ max: maxSessions });

  function open(): [string, Session] {
    const id = newSession();
    const session = { ui: createUserInterface(), busy: false };
    sessions.set(id, session);
    return [id, session];
  }

  return {
    async press({ session: known, key }, application) {
      const found = known === undefined ? undefined : sessions.get(known);
      if (known !== undefined && found === undefined)
        throw new RpcError(
          'not_found',
          'This terminal session has ended: the server was restarted, or too many others came.',
        );
      const [id, session] = found === undefined ? open() : [known!, found];
      if (session.busy) throw new RpcError('conflict', 'The last key of this terminal is still being handled.');
      session.busy = true;
      try {
        return { session: id, screen: await session.ui.press(key, application) };
      } finally {
        session.busy = false;
      }
    },
  };
}
