import path from 'node:path';
import { describe, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { figures } from './run.ts';
import { failing, lying } from './servers.ts';

/** Servers of known behaviour: what is counted does not depend on how busy the machine is. */
describe.concurrent('reported is what was counted', () => {
  test('every fourth answer a 500: counted as errors with their status, exactly', async ({ expect }) => {
    const server = await failing(4, 500);
    const run = await figures(server.url, '-R', '200/s', '-d', '2s');
    expect(run).toMatchObject({ done: 400, right: 300, errors: 100, codes: { status_500: 100 } });
  });

  test('200 but wrong is counted when verified, exactly, and not seen without', async ({ expect }) => {
    const server = await lying(5);
    const args = [server.url, '--workload', 'search', '--vocabulary', '50', '-R', '100/s', '-d', '2s'];
    const honest = await figures(...args, '--verify', '-t', 'wrong==0');
    expect(honest).toMatchObject({ right: 200, wrong: 0, compared: 200 });
    const oracle = path.join(temporaryFolder(), 'oracle.jsonl');
    await figures(...args.slice(0, -1), '100ms', '--verify', '--save-oracle', oracle);
    server.arm();
    const verified = await figures(...args, '--verify', oracle, '-t', 'wrong==0');
    expect(verified).toMatchObject({ done: 200, right: 160, wrong: 40, codes: { wrong_content: 40 } });
    expect(verified.thresholds).toEqual([expect.objectContaining({ text: 'wrong==0', passed: false })]);
    expect(verified.zipf?.achieved).toBeGreaterThan(0.7);
    const trusting = await figures(...args);
    expect(trusting).toMatchObject({ right: 200, wrong: 0 });
  });
});
