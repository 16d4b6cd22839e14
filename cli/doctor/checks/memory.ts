import { tierlab } from '../../command-line.ts';
import type { Check } from '../facts.ts';
import { inMegabytes, megabyte } from '../size.ts';

/** An idle node takes about 50 MB (docs/performance.md, row 6); under load and while it starts, it takes more. */
const perNode = 70 * megabyte;
/** The watchdog and its spare process. */
const besides = 150 * megabyte;
/** A running cluster has its memory, and needs only a reserve. */
const reserve = 150 * megabyte;

export const memory: Check = ({ availableMemory, topology, startedNodes, running, place }) => {
  if (availableMemory === undefined) return [];
  const needed = running === undefined ? startedNodes.size * perNode + besides : reserve;
  const found = `${inMegabytes(availableMemory)} are free`;
  if (availableMemory >= needed) return [{ check: 'memory', level: 'ok', found }];
  const needs = `${running === undefined ? topology : 'the running cluster'} needs about ${inMegabytes(needed)}`;
  const todo =
    running !== undefined || topology === 'tiny'
      ? 'Stop other programs. This shows the largest: ps -eo pid,rss,args --sort=-rss | head'
      : `Stop other programs, or start a smaller cluster: ${tierlab('up --topology tiny', place)}`;
  return [{ check: 'memory', level: 'problem', found: `${found}, but ${needs}`, todo }];
};
