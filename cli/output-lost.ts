/** Ends this command in an orderly way when nobody reads its output any more. */
export function endWhenOutputIsLost(): void {
  let lost = false;
  const onOutputLost = (error: NodeJS.ErrnoException): void => {
    if (lost) return;
    lost = true;
    // A command that must tidy up listens for SIGTERM and then ends. For all other commands, a reader that ends early
    // (`tierlab status | head -1`) is no error.
    if (!process.emit('SIGTERM')) process.exit(error.code === 'EPIPE' ? 0 : 1);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputLost);
}
