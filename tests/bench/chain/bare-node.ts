import { readFileSync } from 'node:fs';
import { caller, nodeArguments, serve, type Message } from './chain-node.ts';
import type { Recording } from './recording.ts';

/**
 * One process of the bare chain. It does no work: it answers with replies recorded from a real search, so that shape
 * and payload are those of the real chain.
 *
 *   gateway -> app -> query.plan; database.find1 and find2 in parallel; ranking.rank; html.results
 */
const node = nodeArguments();
const recording = JSON.parse(readFileSync(node.from, 'utf8')) as Recording;
const send = caller(node);
const call = (message: Message) => send(message, recording[message]!.request);

serve(node, async () => {
  if (node.message === 'gateway') return ((await call('app.search')) as { html: string }).html;
  if (node.message === 'app.search') {
    await call('query.plan');
    await Promise.all([call('database.find1'), call('database.find2')]);
    await call('ranking.rank');
    await call('html.results');
  }
  return recording[node.message]!.reply;
});
