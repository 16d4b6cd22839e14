import type { ComponentChildren } from 'preact';
import { Command, type Commands } from './command.tsx';
import { Sparkline } from './sparkline.tsx';

interface TileOptions {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly unit?: string | undefined;
  readonly trend?: readonly (number | undefined)[];
  readonly tone?: 'warn' | 'bad' | undefined;
  readonly commands?: Commands;
}

/** One number with its name and its last minutes. */
export function Tile({ name, value, unit, trend, tone, commands }: TileOptions) {
  return (
    <div class={`tile ${tone ?? ''}`} role="group" aria-label={name}>
      <p class="tile-name">{name}</p>
      <p class="tile-value">
        <strong>{value}</strong>
        {unit !== undefined && <small> {unit}</small>}
      </p>
      {trend && <Sparkline values={trend} label={`${name} over the last minutes`} />}
      {commands && <Command of={name} commands={commands} />}
    </div>
  );
}
