/** The order of importance in an overload: health > user reads > writes > background. */
export type Priority = 'health' | 'read' | 'write' | 'background';
