/**
 * npm forwards SIGINT and SIGTERM to its child process, but SIGHUP and SIGKILL end npm without forwarding. So the
 * scripts in package.json set TIERLAB_PARENT to npm's process id, and the child process checks regularly whether npm
 * still runs. A command that starts a cluster of its own sets TIERLAB_PARENT to its own process id, for the same
 * reason. Processes without TIERLAB_PARENT watch no parent.
 */

/** The time between two checks, ms. A check takes 2 µs (two system calls). */
const lookEveryMs = 200;

/** Calls `onGone` once, when npm or the process between npm and this one (a shell, tsx) has ended. */
export function watchParent(onGone) {
  const npm = Number(process.env.TIERLAB_PARENT);
  if (!Number.isInteger(npm) || npm <= 0) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isThere(npm)) return;
    clearInterval(timer);
    // a runner in between, such as "tsx watch", would wait for ever for the next change of a file
    if (process.ppid === parent && parent !== npm) endProcess(parent);
    onGone();
  }, lookEveryMs);
  timer.unref();
}

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function endProcess(pid) {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // the process has ended by itself
  }
}
