import { useState } from 'preact/hooks';
import type { About } from '../../about.ts';
import { Refused, send } from '../ask.ts';
import { publicAddressOf, cliOf } from '../commands.ts';
import { Command } from '../parts/command.tsx';
import { FormField } from '../parts/field.tsx';
import { ProblemText } from '../parts/problem.tsx';
import { namesOf } from '../frame/headline-box.tsx';
import type { DescribedFaultKind } from './kind.ts';
import { ParameterField } from './parameter-field.tsx';
import { injectWords, requestOf, type Draft } from './request.ts';
import { startingParams } from './starting-params.ts';

interface Preview {
  readonly victims: readonly string[];
  readonly casualties: readonly string[];
  readonly objections: readonly string[];
}

/** Kind, target, parameters and time to live. First a dry run says who would be hit; then the fault can be injected. */
export function FaultForm({
  about,
  kinds,
  target,
}: {
  about: About;
  kinds: readonly DescribedFaultKind[];
  target: string;
}) {
  const isOfUse = ({ group }: About['nodes'][number]) => !about.control.includes(group);
  const start = (about.nodes.find(({ id }) => id === target) ?? about.nodes.find(isOfUse) ?? about.nodes[0]!).id;
  const startOf = (kindName: string, id: string) =>
    startingParams(
      kindName,
      about.nodes.find((it) => it.id === id)!,
      about.nodes,
    );
  const [draft, setDraft] = useState<Draft>({
    kind: 'limp.latency',
    target: start,
    ttl: '30',
    params: startOf('limp.latency', start),
  });
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState<string>();
  const kind = kinds.find((it) => it.kind === draft.kind) ?? kinds[0]!;
  const node = about.nodes.find(({ id }) => id === draft.target);
  const isAsStarted = JSON.stringify(draft.params) === JSON.stringify(startOf(draft.kind, draft.target));

  function change(next: Partial<Draft>): void {
    setDraft({ ...draft, ...next });
    setPreview(undefined);
    setProblem(undefined);
    setDone(undefined);
  }

  /** Runs an order, and shows its problem. */
  async function order(work: () => Promise<void>): Promise<void> {
    setProblem(undefined);
    setDone(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Refused ? withoutFlag(error.message) : String(error));
    }
  }
  const dryRun = () =>
    order(async () => setPreview(await send<Preview>('POST', '/api/faults?dryRun=true', requestOf(draft, kind))));
  const inject = (beyondTolerance: boolean) =>
    order(async () => {
      await send('POST', '/api/faults', { ...requestOf(draft, kind), beyondTolerance });
      setPreview(undefined);
      setDone(`${draft.kind} is in effect at ${draft.target}.`);
    });

  return (
    <form
      class="fault-form"
      onSubmit={(event) => {
        event.preventDefault();
        void dryRun();
      }}
    >
      <div class="fields">
        <FormField name="Target">
          {(ids) => (
            <select
              {...ids}
              value={draft.target}
              onChange={({ currentTarget: { value } }) =>
                // If the person has typed values, they stay. If not, the starting values are set again, because some
                // of them name the target.
                change({ target: value, ...(isAsStarted && { params: startOf(draft.kind, value) }) })
              }
            >
              {about.nodes.map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          )}
        </FormField>
        <FormField name="Kind">
          {(ids) => (
            <select
              {...ids}
              value={draft.kind}
              onChange={({ currentTarget: { value } }) => change({ kind: value, params: startOf(value, draft.target) })}
            >
              {kinds.map((it) => (
                <option key={it.kind} value={it.kind}>
                  {`${it.kind}: ${it.summary}`}
                </option>
              ))}
            </select>
          )}
        </FormField>
        <FormField name="Time to live, s">
          {(ids) => (
            <input
              {...ids}
              type="number"
              min="1"
              max="900"
              required
              value={draft.ttl}
              onInput={(event) => change({ ttl: event.currentTarget.value })}
            />
          )}
        </FormField>
      </div>
      {node && (
        <p class="presets">
          {node.breaks.map(({ name, label, explanation, fault }) => (
            <button
              key={name}
              type="button"
              title={explanation}
              aria-pressed={fault.kind === draft.kind}
              onClick={() =>
                change({ kind: fault.kind, ttl: String(fault.ttlMs / 1_000), params: startOf(fault.kind, node.id) })
              }
            >
              {label}
            </button>
          ))}
        </p>
      )}
      <div class="fields">
        {Object.entries(kind.params.properties).map(([name, property]) => (
          <ParameterField
            key={`${kind.kind} ${name}`}
            name={name}
            property={property}
            value={draft.params[name] ?? ''}
            onChange={(value) => change({ params: { ...draft.params, [name]: value } })}
          />
        ))}
      </div>
      <p class="buttons">
        <button class="primary">Dry run</button>
        <button type="button" disabled={!preview || preview.objections.length > 0} onClick={() => void inject(false)}>
          Inject
        </button>
        {preview && preview.objections.length > 0 && (
          <button type="button" class="danger" onClick={() => void inject(true)}>
            Inject anyway
          </button>
        )}
        <Command
          of="this fault"
          commands={{
            curl: curlOf(draft, kind, publicAddressOf(about, 'chaos', location.hostname)),
            cli: cliOf(about, safely(() => injectWords(draft, kind)) ?? `chaos inject ${kind.kind}`),
          }}
        />
      </p>
      <div role="status">
        {preview && <PreviewBox preview={preview} />}
        {done !== undefined && <p class="good">{done}</p>}
      </div>
      <ProblemText text={problem} />
    </form>
  );
}

function PreviewBox({ preview: { victims, casualties, objections } }: { preview: Preview }) {
  return (
    <div class="preview">
      <p>
        Would be hit: <strong>{namesOf(casualties.length > 0 ? casualties : victims)}</strong>
        {casualties.length > 0 && victims.length > casualties.length && ` (${victims.length} nodes carry it out)`}.
      </p>
      {objections.map((text) => (
        <p key={text} class="warning">
          {withoutFlag(text)}.
        </p>
      ))}
      {objections.length > 0 && <p>Users may notice this fault.</p>}
    </div>
  );
}

/** The page has a button where the API has a flag. */
const withoutFlag = (objection: string): string => objection.replaceAll(' (beyondTolerance allows more)', '');

function curlOf(draft: Draft, kind: DescribedFaultKind, controller: string): string {
  const body = JSON.stringify(safely(() => requestOf(draft, kind)) ?? {});
  const headers = `-H "authorization: Bearer $TIERLAB_OPERATOR_TOKEN" -H 'content-type: application/json'`;
  return `curl -s -X POST ${headers} -d '${body}' '${controller}/api/chaos/faults?dryRun=true'`;
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
