/** The settings of the chaos component. The watchdog sets them; people do not. */
export interface ChaosSettings {
  /** The cluster was started with --chaos. */
  readonly enabled: boolean;
  /** The folder of the journal; undefined: in memory only. */
  readonly runDir: string | undefined;
}

export function chaosSettings(environment: Readonly<Record<string, string | undefined>>): ChaosSettings {
  return {
    enabled: environment.TIERLAB_CHAOS === '1',
    runDir: environment.TIERLAB_RUN_DIR || undefined,
  };
}
