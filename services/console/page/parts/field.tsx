import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldOptions {
  readonly name: string;
  readonly help?: string | undefined;
  /** Makes the control. It must use `id` (for the label) and `aria-describedby` (for the help text). */
  readonly children: (ids: { readonly id: string; readonly 'aria-describedby'?: string }) => ComponentChildren;
}

/** A control of a form with its name above and its meaning below. */
export function FormField({ name, help, children }: FieldOptions) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{name}</label>
      {children({ id, ...(help !== undefined && { 'aria-describedby': `${id}-help` }) })}
      {help !== undefined && <small id={`${id}-help`}>{help}</small>}
    </div>
  );
}
