/**
 * Pages of results are read by a few calls at a time. Each is in memory as bytes, as rows and as an answer, and a client
 * may ask for a hundred of them in one breath.
 */
const AT_ONCE = 8

let free = AT_ONCE
const waiting = new Set<() => void>()

/** Rejects without having begun when `signal` aborts first. */
export async function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else await turn(signal)
  try {
    return await work()
  } finally {
    // The place goes to who has waited longest, and is free only where nobody waits.
    const [next] = waiting
    if (next) next()
    else free++
  }
}

function turn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      waiting.delete(begin)
      signal.removeEventListener('abort', leave)
      act()
    }
    const begin = () => settle(resolve)
    const leave = () => settle(() => reject(signal.reason))
    if (signal.aborted) return reject(signal.reason)
    waiting.add(begin)
    signal.addEventListener('abort', leave, { once: true })
  })
}
