import type { RefObject } from 'preact';
import { FormField } from './field.tsx';

/** Where a person types the key that opens this page. Browsers hide it, and do not keep it. */
export function KeyField({ name, field }: { name: string; field: RefObject<HTMLInputElement | null> }) {
  return (
    <FormField name={name}>
      {(ids) => (
        <input {...ids} ref={field} name="key" type="password" required autocomplete="off" spellcheck={false} />
      )}
    </FormField>
  );
}
