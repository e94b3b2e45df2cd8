/** A closed pipe (`| head`) ends the program quietly instead of crashing it. */

/** Work in progress stops as with Ctrl-C; a command that only prints ends with 0. */
export function endOnBrokenPipe(stream: NodeJS.WriteStream): void {
  let isHandled = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // Every further line fails in the same way; a second signal would end the program at once.
    if (isHandled) return;
    isHandled = true;
    if (process.listenerCount('SIGTERM') === 0) process.exit(0);
    process.emit('SIGTERM');
  });
}
