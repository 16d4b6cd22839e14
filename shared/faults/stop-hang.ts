import { faultKind, params } from './fault.ts';

/** SIGSTOP: the process neither answers nor dies, while the kernel goes on accepting its connections. */
export const stopHang = faultKind({
  kind: 'stop.hang',
  summary: 'hangs: accepts connections, answers nothing',
  params: params({}),
  endsWithProcess: true,
  plan: () => ({ steps: [{ atMs: 0, action: { do: 'pause' } }], rounds: 1, periodMs: 0, undo: [{ do: 'resume' }] }),
});
