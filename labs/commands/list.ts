import { showTable } from '../../cli/table.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { labs } from '../registry.ts';
import type { Home } from '../runner/home.ts';
import { readProgress } from '../runner/progress.ts';
import { verdictSymbols } from '../runner/report/words.ts';
import { nextLab } from './choose.ts';

/** The labs with progress, and the one to do next. */
export function list(home: Home, terminal: Terminal, json: boolean): void {
  const progress = readProgress(home);
  const rows = labs.map((lab) => ({ lab, done: progress[lab.id] }));
  const next = nextLab(progress);
  if (json) {
    const all = rows.map(({ lab: { id, name, question, seconds, cores }, done }) => ({
      id,
      name,
      question,
      seconds,
      cores,
      ...done,
    }));
    process.stdout.write(`${JSON.stringify({ labs: all, next: next?.id ?? null })}\n`);
    return;
  }
  showTable(terminal, rows, [
    { head: 'lab', text: ({ lab }) => lab.id },
    { head: 'topic', text: ({ lab }) => lab.topic },
    { head: 'form', text: ({ lab }) => (lab.live ? (lab.virtual ? 'live, virtual' : 'live') : 'virtual') },
    { head: 'takes', text: ({ lab }) => `${lab.seconds} s`, align: 'right' },
    { head: 'took', text: ({ done }) => (done?.tookS === undefined ? '-' : `${done.tookS} s`), align: 'right' },
    { head: 'tries', text: ({ done }) => String(done?.attempts ?? 0), align: 'right' },
    {
      head: 'so far',
      text: ({ done }) =>
        done?.passed
          ? `${verdictSymbols.PASS} passed`
          : done?.verdict
            ? `${verdictSymbols[done.verdict]} ${done.verdict}`
            : '',
    },
  ]);
  const passed = rows.filter(({ done }) => done?.passed).length;
  terminal.line('');
  terminal.line(`${passed} of ${labs.length} labs passed.`);
  if (!next) return;
  terminal.line(`Next: npm run lab -- ${next.id}`);
  terminal.line(`      ${next.question}`);
}
