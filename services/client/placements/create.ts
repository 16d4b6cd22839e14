import { complete } from '../../query/completion.ts';
import { buildVocabulary, emptyVocabulary, type Vocabulary } from '../../query/vocabulary.ts';
import type { Application } from './application.ts';
import { type Key, offeredSuggestions } from './keys.ts';
import { createLeasedData } from './leased-data.ts';
import type { PlacementName } from './names.ts';
import type { Screen } from './screen.ts';
import { createSharedApplication } from './shared-application.ts';
import { createUserInterface } from './user-interface.ts';
import { createWholeApplication } from './whole-application.ts';
import { type Wire, WireError } from './wire.ts';

/** The part of the search engine that runs on the client. */
export interface ClientPlacement {
  /** Fetches what the client needs before its first key. */
  readonly prepare: () => Promise<void>;
  /** Handles one key. Rejects with a sentence for the user when the server was needed and did not answer. */
  readonly press: (key: Key) => Promise<Screen>;
}

/**
 * The five placements of one search engine. Each is put together from the same pieces, and `wire` is where it is cut:
 *
 *     terminal             wire.press
 *     user-interface       user interface, wire.search
 *     shared-application   user interface, ranking, wire.candidates
 *     application          user interface, ranking, query generator, index, wire.parts and wire.texts
 *     data-cache           the same, and a cache before the wire
 */
export function createPlacement(name: PlacementName, wire: Wire, now: () => number): ClientPlacement {
  if (name === 'terminal') return terminal(wire);
  if (name === 'user-interface') return local({ search: wire.search }, async () => undefined);
  const words = clientWords(wire);
  const application: Application = {
    suggest: async (typed) => complete(words.vocabulary(), typed, offeredSuggestions),
    ...(name === 'shared-application'
      ? createSharedApplication(wire)
      : createWholeApplication(
          name === 'application' ? wireData(wire) : createLeasedData(wire, now),
          words.vocabulary,
        )),
  };
  return local(application, words.fetch);
}

/** Only keys and screens: the user interface runs on the server. */
function terminal(wire: Pick<Wire, 'press'>): ClientPlacement {
  let session: string | undefined;
  return {
    prepare: async () => undefined,
    async press(key) {
      const request = { key, ...(session !== undefined && { session }) };
      const answer = await wire.press(request).catch((error: unknown) => {
        // After a session that has ended, the next key begins a new one.
        if (error instanceof WireError && error.code === 'not_found') session = undefined;
        throw error;
      });
      ({ session } = answer);
      return answer.screen;
    },
  };
}

function local(application: Application, prepare: () => Promise<void>): ClientPlacement {
  const ui = createUserInterface();
  return { prepare, press: (key) => ui.press(key, application) };
}

const wireData = (wire: Pick<Wire, 'parts' | 'texts'>) => ({
  parts: wire.parts,
  texts: async (ids: readonly string[]) => (await wire.texts(ids)).pages,
});

/** The words of the corpus on the client, for suggestions and corrections. */
function clientWords(wire: Pick<Wire, 'words'>) {
  let vocabulary: Vocabulary = emptyVocabulary;
  return {
    vocabulary: () => vocabulary,
    async fetch(): Promise<void> {
      const [words, documents]: [string[], number[]] = [[], []];
      for (let total = 1; words.length < total;) {
        const answer = await wire.words(words.length);
        for (const word of answer.words) words.push(word);
        for (const count of answer.documents) documents.push(count);
        total = answer.words.length === 0 ? 0 : answer.total;
      }
      vocabulary = buildVocabulary([{ words, documents }]);
    },
  };
}
