// The hottest path first and alone: 21 of these start at once.
if (process.argv[2] === 'run-node') {
  const { runNode } = await import('./run-node.ts');
  await runNode(process.argv.slice(3));
} else {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
}
