/**
 * Mean time in system (waiting and service) of a queue; Infinity at and beyond saturation. Rates per second, times in
 * seconds.
 */
export interface QueuePrediction {
  utilisation: number;
  meanS: number;
}

/** M/M/1: Poisson arrivals, exponential service. The mean time in system is S/(1-rho) (Kleinrock 1975, 3.2). */
export function mm1(rate: number, serviceS: number): QueuePrediction {
  const utilisation = rate * serviceS;
  const meanS = utilisation < 1 ? serviceS / (1 - utilisation) : Infinity;
  return { utilisation, meanS };
}

/** The share of arrivals that must wait when `servers` servers get `load` erlangs (Erlang C, 1917). */
export function erlangC(servers: number, load: number): number {
  if (load >= servers) return 1;
  // Erlang B by its stable recurrence, then Erlang C from it.
  let blocking = 1;
  for (let k = 1; k <= servers; k++) blocking = (load * blocking) / (k + load * blocking);
  return blocking / (1 - (load / servers) * (1 - blocking));
}

/** M/M/c: like M/M/1, with `servers` servers and one line. */
export function mmc(rate: number, serviceS: number, servers: number): QueuePrediction {
  const load = rate * serviceS;
  const utilisation = load / servers;
  const meanS = utilisation < 1 ? serviceS + (erlangC(servers, load) * serviceS) / (servers - load) : Infinity;
  return { utilisation, meanS };
}

/** M/D/1: Poisson arrivals, constant service; half the waiting time of M/M/1 (Pollaczek-Khinchine). */
export function md1(rate: number, serviceS: number): QueuePrediction {
  const utilisation = rate * serviceS;
  return {
    utilisation,
    meanS: utilisation < 1 ? serviceS + (utilisation * serviceS) / (2 * (1 - utilisation)) : Infinity,
  };
}
