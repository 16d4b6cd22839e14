import type { ComponentChildren } from 'preact';

interface TableOptions {
  readonly label: string;
  readonly columns: readonly string[];
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A table with one heading per column. Where it is wider than the page, it scrolls, also with the keyboard. */
export function Table({ label, columns, class: name, children }: TableOptions) {
  return (
    <div class="table" tabindex={0} role="region" aria-label={label}>
      <table class={name}>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th key={`${i} ${column}`} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
