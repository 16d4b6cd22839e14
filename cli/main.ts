// The hottest path first and alone: 21 of these start at once.
if (process.argv[2] === 'run-node') {
  const { runNode } = await import('./run-node.ts');
  await runNode(process.argv.slice(3));
} else {
  // `tierlab status | head -1`: who has read enough closes the pipe, and that is no error.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
}
