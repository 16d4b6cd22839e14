import jStat from 'jstat';

/**
 * Solves A x = b (n small) by Gaussian elimination with partial pivoting; undefined when A is singular to working
 * precision.
 */
export function solveLinear(a: readonly (readonly number[])[], b: readonly number[]): number[] | undefined {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i] ?? 0]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(cell(m, row, column)) > Math.abs(cell(m, pivot, column))) pivot = row;
    const swap = m[column] as number[];
    m[column] = m[pivot] as number[];
    m[pivot] = swap;
    if (Math.abs(cell(m, column, column)) < 1e-14) return undefined;
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = cell(m, row, column) / cell(m, column, column);
      for (let k = column; k <= n; k++) (m[row] as number[])[k] = cell(m, row, k) - factor * cell(m, column, k);
    }
  }
  return m.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1));
}

/** The diagonal of the inverse of A: the variances of a fit, apart from the factor of the residual variance. */
export function inverseDiagonal(a: readonly (readonly number[])[]): number[] | undefined {
  const diagonal: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const x = solveLinear(
      a,
      a.map((_, k) => (k === i ? 1 : 0)),
    );
    if (!x) return undefined;
    diagonal.push(x[i] ?? 0);
  }
  return diagonal;
}

function cell(m: readonly (readonly number[])[], row: number, column: number): number {
  return m[row]?.[column] ?? 0;
}

/** 97.5% quantile of Student's t: half the width of a 95% interval, in standard errors. */
export const student975 = (freedom: number): number => (freedom < 1 ? Infinity : jStat.studentt.inv(0.975, freedom));
