import type { Terminal } from '../../cli/terminal.ts';
import { labs } from '../registry.ts';
import { LabUnknownError, labExitCodes } from '../runner/errors.ts';
import type { Home } from '../runner/home.ts';
import type { LabVerdict } from '../runner/lab.ts';
import type { Owner } from '../runner/parameters.ts';
import { verdictSymbols } from '../runner/report/words.ts';
import { formOf, type FormFlags } from './choose.ts';
import { runInTerminal } from './run.ts';

/** Every lab, one after the other; `--virtual` and `--live` choose the form where a lab has both. */
export async function all(owner: Owner, home: Home, flags: FormFlags, terminal: Terminal): Promise<number> {
  const verdicts: { readonly id: string; readonly verdict: LabVerdict; readonly seconds: number }[] = [];
  for (const lab of labs) {
    const startedAt = performance.now();
    const form = formOf(lab, lab.live && lab.virtual ? flags : {});
    const verdict = await runInTerminal({ lab, form, owner, home, json: false }, { yes: true }, terminal).then(
      ({ result }) => result.verdict,
      (error: unknown) => {
        if (!(error instanceof LabUnknownError)) throw error;
        terminal.line(`? UNKNOWN  ${error.message}. Next: ${error.next}`);
        return 'UNKNOWN' as const;
      },
    );
    verdicts.push({ id: lab.id, verdict, seconds: (performance.now() - startedAt) / 1_000 });
    terminal.line('-'.repeat(60));
  }
  for (const { id, verdict, seconds } of verdicts)
    terminal.line(`${verdictSymbols[verdict]} ${id}  ${verdict}  ${seconds.toFixed(1)} s`);
  const total = verdicts.reduce((sum, { seconds }) => sum + seconds, 0);
  const passed = verdicts.filter(({ verdict }) => verdict === 'PASS').length;
  terminal.line(`${passed} of ${verdicts.length} labs passed in ${(total / 60).toFixed(1)} minutes`);
  if (verdicts.some(({ verdict }) => verdict === 'FAIL')) return labExitCodes.failed;
  return passed === verdicts.length ? labExitCodes.passed : labExitCodes.unknown;
}
