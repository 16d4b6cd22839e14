/** The part of jstat that is used; the package has no types of its own. */
declare module 'jstat' {
  interface Inverse {
    inv(p: number, a: number, b: number): number;
  }
  const jStat: {
    readonly beta: Inverse;
    readonly gamma: Inverse;
    readonly normal: Inverse;
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
  };
  export default jStat;
}
