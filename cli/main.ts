// A node's start comes first and loads nothing else, because up to 21 nodes start at once.
if (process.argv[2] === 'run-node') {
  const { runNode } = await import('./run-node.ts');
  await runNode(process.argv.slice(3));
} else if (process.argv[2] === 'run-spare') {
  const { runSpare } = await import('./run-spare.ts');
  await runSpare();
} else {
  const { watchParent } = await import('../shared/parent-watch.mjs');
  watchParent(() => process.kill(process.pid, 'SIGTERM'));
  let lost = false;
  const onOutputLost = (error: NodeJS.ErrnoException): void => {
    if (lost) return;
    lost = true;
    // A command that must tidy up listens for SIGTERM and then ends. For all other commands, a reader that ends early
    // (`tierlab status | head -1`) is no error.
    if (!process.emit('SIGTERM')) process.exit(error.code === 'EPIPE' ? 0 : 1);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputLost);
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
}
