/** The package's door: `import { start } from 'lentic'`. */
import { type RunningServer, type StartOptions, start as startServer } from './main.ts'

export type { RunningServer, StartOptions } from './main.ts'

/**
 * Starts a lake inside this process on a free port, keeping everything in a private place that goes with it, unless
 * told otherwise. Instances do not meet. Resolves when it answers; `stop()` leaves nothing behind.
 */
export function start(options: StartOptions = {}): Promise<RunningServer> {
  return startServer({ port: 0, dataDirectory: undefined, ...options })
}
