import { useState } from 'preact/hooks';

export interface Commands {
  readonly curl?: string;
  readonly promql?: string;
  readonly cli?: string;
}

const names = { curl: 'HTTP', promql: 'PromQL', cli: 'Terminal' } as const;

/** The commands that print the same numbers. They stay folded until the reader opens them. */
export function Command({ of, commands }: { of: string; commands: Commands }) {
  return (
    <details class="command">
      <summary aria-label={`Show the commands behind ${of}`} title="Show me the command">
        <span aria-hidden="true">{'>_'}</span>
      </summary>
      <dl>
        {(['curl', 'promql', 'cli'] as const).map(
          (kind) => commands[kind] !== undefined && <Line key={kind} name={names[kind]} text={commands[kind]} />,
        )}
      </dl>
    </details>
  );
}

function Line({ name, text }: { name: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{text}</code>
        <button
          type="button"
          class="quiet"
          onClick={() => void copy()}
          aria-label={`${copied ? 'Copied' : 'Copy'} (${name})`}
        >
          {copied ? 'Copied' : 'Copy'}
        </button>
      </dd>
    </div>
  );
}
