/** One back end, in a process of its own. The parent says when it is slow. */
import { randomInt } from 'node:crypto';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { backend } from '../kit/backend-client.ts';
import { serveParent } from '../kit/serve-parent.ts';
import { slowMs, usual } from './model.ts';

const random = seededRandom(randomInt(2 ** 31));
let isSlow = false;
async function read(): Promise<object> {
  await sleep(systemScheduler, isSlow ? slowMs : usual(random));
  return {};
}
process.on('message', (now: boolean) => (isSlow = now));
serveParent({ contract: backend, handlers: { read } });
