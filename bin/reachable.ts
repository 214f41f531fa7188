import type { ApiTarget } from './api-client.ts'

/** Says what to do when nobody answers. */
export async function reachable<T>(target: ApiTarget, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Error(
      `nobody answers at ${target.endpoint}: start the server with 'lentic serve' (in a clone: npm start), or name another with --endpoint`,
    )
  }
}
