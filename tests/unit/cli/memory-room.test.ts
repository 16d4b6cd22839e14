import { expect, test } from 'vitest';
import { refuseTooMuchMemory } from '../../../cli/memory-room.ts';
import type { ClusterNode } from '../../../cli/watchdog-client.ts';

const running = [{ id: 'query-1', pid: process.pid }] as unknown as readonly ClusterNode[];

test.runIf(process.platform === 'linux')('new nodes that do not fit into the free memory are refused', () => {
  const most = Math.floor(process.availableMemory() / process.memoryUsage.rss());
  const more = 10 * most + 10;
  expect(() => refuseTooMuchMemory(running, more)).toThrow(new RegExp(`\\b${more}\\b.*\\d MB\\b.*\\d MB\\b`));
  expect(() => refuseTooMuchMemory(running, Math.floor(most / 10))).not.toThrow();
});

test('without a running node nothing is known, and nothing is refused', () => {
  const stopped = [{ id: 'query-1', pid: null }] as unknown as readonly ClusterNode[];
  expect(() => refuseTooMuchMemory(stopped, 1_000_000)).not.toThrow();
});
