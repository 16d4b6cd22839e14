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
    'round trips: terminal 20 + 1 + a; user-interface 1 + a; shared-application 1; application 3 + 1 + a; ' +
    'data-cache: those of application that are not in the cache. a = turns + 1: the actions after the submit',
  assumptions: [
    'the user made the same search before, up to page 2, at most a minute ago',
    'the client has the words for suggestions; user-interface offers no suggestions',
    'the client sends one message at a time; nothing fails, and nothing is sent twice',
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
            `${name}: the messages are those of the table`,
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
        `the session: "${typedQuery}" key by key, Enter, ${turns!} pages on, sort by title`,
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
    'Write down the actions of a session: 20 keys, a submit, one action for each further page, and the sorting. ' +
      'An action needs a message if it needs a component, or data, that is not on the client.',
    'You look for items in a shop. If you ask the clerk for each of 12 items, you walk 12 times. If you fetch the ' +
      'catalogue first, and then two items, you walk 3 times. If you have the catalogue and one item at home, once.',
  ],
  explanation: ({ turns }) => {
    const count = (name: PlacementName): number => messagesIn(scripts[name](turns!));
    const counts = placementNames.map(count).join(', ');
    return `A client with more components does not always need fewer round trips: ${counts}. A terminal asks for each
key, because the server even draws the key on the screen. A client with the whole user interface asks once for each
screen.

The cut inside the application needs the fewest messages. One query and 100 candidates cross this cut. All later actions
need only these candidates. In the next placement, the cut is between application and data. The application needs
${count('application')} answers from the data, and each one is a message. So this client asks more often, although it
has more components. With a cache, ${count('data-cache')} messages are left.

The work is the same, but at another place. With a thin client, the server works for each user. A fat client needs a
fast processor. On a slow one, its user waits for the client. A fat client must also load the words and the program
before the first key.

When the server crashes, only data-cache can answer an old search again. A new search fails in all five placements.`;
  },
  transfer: {
    question: 'Your users have slow phones, and a satellite link with r = 600 ms. Which placement do you choose?',
    answer:
      'shared-application: it needs one round trip for a session. Ranking 100 candidates is little work for a phone. ' +
      'The two fatter clients need more round trips and more work. A terminal shows each key only after 600 ms.',
  },
});
