import { type PlacementName, placementNames } from '../../services/client/placements/names.ts';
import { check, exactly, nothing } from '../kit/checks.ts';
import { lab } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { liveRun } from './live.ts';
import { asScript, messagesIn, scriptInWords, typedQuery, scripts } from './script.ts';
import { virtualSessions } from './virtual.ts';

const labels: Readonly<Record<PlacementName, string>> = {
  terminal: 'terminal (course e, book a)',
  'user-interface': 'user-interface (course d, book b)',
  'shared-application': 'shared-application (course c, book c)',
  application: 'application (course b, book d)',
  'data-cache': 'data-cache (course a, book e)',
};

/** One search engine, cut at five places: how often does the client ask the server? */
export const thinAndFatClients = lab({
  id: '04',
  name: 'thin-and-fat-clients',
  topic: 'thin and fat clients',
  question:
    'You move a search engine piece by piece from the server to the client. How often does the client still ask?',
  seconds: 110,
  cores: 2,
  failuresExpected: true,
  parameters: {
    turns: { unit: 'count', values: [3, 2, 4, 5] },
    r: { unit: 'ms', values: [20, 18, 22, 25] },
  },
  formula:
    'round trips = the messages of the script. terminal: 20 + 1 + a; user-interface: 1 + a; shared-application: 1; ' +
    'application: 3 + 1 + a; data-cache: those of application that are not in the cache. a = turns + 1 actions',
  assumptions: [
    'the user made the same search before, up to page 2, at most a minute ago',
    'the client has the words of the corpus, which were fetched before; user-interface offers no suggestions',
    'one message at a time, and nothing fails or is sent twice',
  ],
  quantities: ({ turns }) =>
    placementNames.map((name) => ({
      id: name,
      label: `round trips, ${labels[name]}`,
      unit: 'count',
      theory: messagesIn(scripts[name](turns!)),
    })),
  async virtual({ turns, r }, _seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const sessions = await virtualSessions(turns!, r!, variant);
    return {
      points: sessions.map(({ name, messages }) => exactly(name, messages.length, 1)),
      checks: [
        ...sessions.map(({ name, messages }) => {
          const wanted = scripts[name](turns!);
          const sent = asScript(messages);
          return check(
            `${name}: the messages are those of the script`,
            scriptInWords(sent) === scriptInWords(wanted),
            `sent: ${scriptInWords(sent)}; script: ${scriptInWords(wanted)}`,
          );
        }),
        check(
          'all placements end with the same screen',
          sessions.every(({ last }) => last.html === sessions[0]!.last.html),
          sessions[0]!.last.said,
        ),
      ],
      timeline: [
        `the session: "${typedQuery}" key by key, Enter, ${turns!} pages on, the order of titles`,
        ...sessions.map(
          ({ name, messages, tookMs }) =>
            `  ${name}: ${scriptInWords(asScript(messages))}; ${digits(tookMs)} ms on the wire`,
        ),
      ],
    };
  },
  live: ({ turns, r }, context) => liveRun(turns!, r!, context),
  variants: {
    broken: 'the server gives leases of zero length, so the cache of data-cache never answers',
    control: 'the user comes for the first time, so nothing is in the cache',
  },
  hints: [
    'Follow one key from the keyboard to the screen. Which components does it need, and on which side of the cut are ' +
      'they?',
    'Write down the messages of a session: 20 keys, a submit, one action for each further page, and the sorting. ' +
      'A message is needed where an action needs a component, or data, that is not on the client.',
    'A shop: you ask a clerk for every item on a list of 12, which is 12 walks. Or you fetch the catalogue once, and ' +
      'then two items: 3 walks. Or the catalogue and one of the items are still at home: 1 walk.',
  ],
  explanation: ({ turns }) => {
    const count = (name: PlacementName): number => messagesIn(scripts[name](turns!));
    const counts = placementNames.map(count).join(', ');
    return `More on the client does not always mean fewer round trips: ${counts}. A terminal asks for each key,
because even the echo is made by the server. A client with the whole user interface asks once for each screen.

The cut inside the application costs least. What crosses it is one query and 100 candidates, and all later actions need
only these. One step further, the cut lies between application and data. The application needs ${count('application')}
answers from the data tier, and the wire lies between them. So the fatter client asks more often. A cache answers what
it has seen before, and ${count('data-cache')} messages are left.

The work does not vanish, it moves. A thin client leaves it to the server, which pays for each user. A fat client needs
a good processor: on a slow one, its user waits for the client's own work. It also needs the words and the program
before its first key.

When the server dies, a client can do what its components and its data allow. Only data-cache
can answer an old search again. A new search fails in all five placements.`;
  },
  transfer: {
    question: 'Your users are on a satellite link with r = 600 ms, and their phones are slow. Which cut do you choose?',
    answer:
      'The one inside the application: one round trip for a session. Ranking 100 candidates is little work for a ' +
      'phone. The two fatter ones cost more round trips and more work; a terminal would echo each key after 600 ms.',
  },
});
