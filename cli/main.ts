// The hottest path first and alone: 21 of these start at once.
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
    // A command that has something to tidy up listens for SIGTERM, and ends in an orderly way. For all others a
    // reader who has read enough (`tierlab status | head -1`) is no error.
    if (!process.emit('SIGTERM')) process.exit(error.code === 'EPIPE' ? 0 : 1);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputLost);
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
}
