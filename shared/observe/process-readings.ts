import { constants, PerformanceObserver, type PerformanceNodeEntry } from 'node:perf_hooks';

export interface ProcessReading {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

/** Names and units are those of the library prom-client, which dashboards of other authors also know. */
export const processReadings: readonly ProcessReading[] = [
  {
    type: 'counter',
    name: 'process_cpu_user_seconds_total',
    help: 'User CPU time of the process',
    read: () => process.cpuUsage().user / 1e6,
  },
  {
    type: 'counter',
    name: 'process_cpu_system_seconds_total',
    help: 'System CPU time of the process',
    read: () => process.cpuUsage().system / 1e6,
  },
  {
    type: 'counter',
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time of the process',
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    type: 'gauge',
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970',
    read: () => Math.round(performance.timeOrigin / 1_000),
  },
  {
    type: 'gauge',
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process',
    read: () => process.memoryUsage.rss(),
  },
  {
    type: 'gauge',
    name: 'nodejs_heap_size_total_bytes',
    help: 'Size of the heap of JavaScript',
    read: () => process.memoryUsage().heapTotal,
  },
  {
    type: 'gauge',
    name: 'nodejs_heap_size_used_bytes',
    help: 'Used part of the heap of JavaScript',
    read: () => process.memoryUsage().heapUsed,
  },
  {
    type: 'gauge',
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside the heap that objects of JavaScript hold',
    read: () => process.memoryUsage().external,
  },
];

const kinds = new Map<number, string>([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** Calls `onCollection` after each garbage collection of this process. */
export function watchCollections(onCollection: (kind: string, seconds: number) => void): void {
  new PerformanceObserver((list) => {
    for (const { detail, duration } of list.getEntries() as PerformanceNodeEntry[])
      onCollection(kinds.get((detail as { readonly kind: number }).kind) ?? 'other', duration / 1_000);
  }).observe({ entryTypes: ['gc'] });
}
