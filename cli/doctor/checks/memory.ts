import { tierlab } from '../../command-line.ts';
import type { DoctorCheck } from '../facts.ts';
import { inMegabytes, megabyte } from '../size.ts';

/**
 * Measured with `tierlab load -u 32 -d 20s`, as the greatest sum of proportional set sizes (/proc/PID/smaps_rollup):
 * the 21 nodes of multitier with watchdog and spare process take 1,158 MB, single-server takes 279 MB, because one node
 * hosts all components. The two constants cover both clusters. Without load, these clusters take 789 and 132 MB.
 */
const perNode = 50 * megabyte;
const besides = 230 * megabyte;
/** What a running cluster takes under load beyond what it has when idle: multitier 369 MB, single-server 147 MB. */
const reserve = 370 * megabyte;

export const memory: DoctorCheck = ({ availableMemory, topology, startedNodes, running, place }) => {
  if (availableMemory === undefined) return [];
  const needed = running === undefined ? startedNodes.size * perNode + besides : reserve;
  const found = `${inMegabytes(availableMemory)} are free`;
  if (availableMemory >= needed) return { check: 'memory', level: 'ok', found };
  const needs = `${running === undefined ? topology : 'the running cluster'} needs about ${inMegabytes(needed)}`;
  const todo =
    running !== undefined || topology === 'tiny'
      ? 'Stop other programs. This shows the largest: ps -eo pid,rss,args --sort=-rss | head'
      : `Stop other programs, or start a smaller cluster: ${tierlab('up --topology tiny', place)}`;
  return { check: 'memory', level: 'problem', found: `${found}, but ${needs}`, todo };
};
