/** Who goes first when there is too much to do: health > user reads > writes > background. */
export type Priority = 'health' | 'read' | 'write' | 'background';
