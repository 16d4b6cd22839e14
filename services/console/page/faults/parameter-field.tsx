import { FormField } from '../parts/field.tsx';
import type { Property } from './kind.ts';

interface ParameterOptions {
  readonly name: string;
  readonly property: Property;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One parameter of a fault: a list of choices, a number or a text. Empty means the default. */
export function ParameterField({ name, property, value, onChange }: ParameterOptions) {
  const { type, description, minimum, maximum } = property;
  const fallback = property.default === undefined ? '' : JSON.stringify(property.default).replaceAll('"', '');
  const choices = property.enum ?? (type === 'boolean' ? ['true', 'false'] : undefined);
  const isNumber = type === 'number' || type === 'integer';
  return (
    <FormField name={name} help={description}>
      {(ids) => {
        const common = {
          ...ids,
          value,
          placeholder: fallback,
          onInput: (event: InputEvent) => onChange((event.target as HTMLInputElement).value),
        };
        if (isNumber)
          return <input type="number" step={type === 'integer' ? 1 : 'any'} min={minimum} max={maximum} {...common} />;
        if (!choices) return <input type="text" {...common} />;
        return (
          <select {...ids} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
            <option value="">{fallback === '' ? 'not set' : `${fallback} (default)`}</option>
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        );
      }}
    </FormField>
  );
}
