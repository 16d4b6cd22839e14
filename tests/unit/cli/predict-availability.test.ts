import { expect, test } from 'vitest';
import { run } from './run.ts';

test('availability --predict needs no running cluster where the topology and the nodes are given', async () => {
  const { exitCode, said } = await run(
    'availability',
    '--predict',
    '--topology=service-across-servers',
    '--each=.95',
    '--json',
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(said)).toMatchObject({
    topology: 'service-across-servers',
    assumed: { nodes: 0.95, commonCause: 0 },
    whole: { predicted: expect.closeTo(0.95 ** 2 * (1 - 0.05 ** 2) ** 2, 12) },
    stopTheWhole: ['middle-1', 'client-1'],
  });
});

test.each([
  [['--topology', 'tiny'], /--each is needed/],
  [['--topology', 'tiny', '--each', '95'], /a share from 0 to 1/],
  [['--topology', 'tiny', '--each', '.9', '--needed', 'ranking'], /such as database=2/],
  [['--topology', 'tiny', '--each', '.9', '--needed', 'ranking=2'], /tiny has 1 nodes with ranking/],
])('availability --predict %j is refused', async (flags, reason) => {
  const { exitCode, said } = await run('availability', '--predict', ...flags);
  expect(said).toMatch(reason);
  expect(exitCode).toBe(2);
});
