/** A share with all its nines: 99.9994%. */
export function shareWithNines(value: number): string {
  if (value >= 1) return '100%';
  const nines = Math.min(4, Math.max(1, Math.ceil(-Math.log10(1 - value)) - 1));
  return `${(Math.floor(value * 10 ** (nines + 2)) / 10 ** nines).toFixed(nines)}%`;
}
