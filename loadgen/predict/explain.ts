/** One measurement beside the three predictions; mean times in ms. */
export interface PredictionRow {
  rate: number;
  utilisation: number;
  servers: number;
  measuredMs: number;
  mm1Ms: number;
  mmcMs: number;
  md1Ms: number;
  serviceMs: number;
  /** Coefficient of variation of the service time, measured without load. */
  serviceVariation: number;
  errorShare: number;
  valid: boolean;
}

const close = 0.15;

/** One sentence: why the measurement agrees with the prediction or differs from it. */
export function explainPrediction(p: PredictionRow): string {
  if (!p.valid) return 'the measurement is not valid';
  if (p.errorShare > 0.01)
    return (
      `${(p.errorShare * 100).toFixed(1)}% of the requests failed: they leave the queue early, and no model counts ` +
      'this'
    );
  const near = (ms: number) => Number.isFinite(ms) && Math.abs(p.measuredMs / ms - 1) <= close;
  const single = p.servers === 1;
  const model = single ? 'M/M/1' : `M/M/${p.servers}`;
  const modelMs = single ? p.mm1Ms : p.mmcMs;
  if (!Number.isFinite(modelMs))
    return (
      `utilisation is ${p.utilisation.toFixed(2)}: more work comes than the server can do, so the queue grows until ` +
      'the run ends'
    );
  const steady = p.serviceVariation < 0.7;
  if (single && steady && near(p.md1Ms) && Math.abs(p.measuredMs - p.md1Ms) <= Math.abs(p.measuredMs - p.mm1Ms))
    return (
      `like M/D/1: service times vary little (coefficient of variation ${p.serviceVariation.toFixed(2)}), so ` +
      'requests wait half as long as in M/M/1'
    );
  if (near(modelMs)) return `like ${model}`;
  if (p.measuredMs < modelMs) {
    if (single && steady && p.measuredMs > p.md1Ms)
      return (
        'between M/D/1 and M/M/1: service times vary less than exponential ones (coefficient of variation ' +
        `${p.serviceVariation.toFixed(2)})`
      );
    if (single && p.measuredMs > p.serviceMs * 1.2)
      return (
        'shorter than M/M/1, although service times vary as M/M/1 assumes (coefficient of variation ' +
        `${p.serviceVariation.toFixed(2)}): too few requests for a mean, or the service time is set too high; ` +
        'measure longer, or set --service'
      );
    return (
      `shorter than a queue for ${p.servers === 1 ? 'one server' : `${p.servers} servers`}: requests are served in ` +
      'parallel (raise --servers), or a part of the service time does not block other requests'
    );
  }
  if (p.serviceVariation > 1.2)
    return (
      'longer: service times vary more than exponential ones (coefficient of variation ' +
      `${p.serviceVariation.toFixed(2)}), and waiting grows with its square`
    );
  return (
    'longer: the service becomes slower under load (shared processor, garbage collection, several queues), but the ' +
    'models assume that it does not'
  );
}
