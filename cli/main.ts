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
  const { endWhenOutputIsLost } = await import('./output-lost.ts');
  endWhenOutputIsLost();
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
}
