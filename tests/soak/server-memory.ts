/** What a server holds in memory, asked of its own inspector: after its garbage is collected, whatever is left is kept. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../tools/free-port.ts'

export interface KeptMemory {
  /** JavaScript's objects. */
  readonly heapBytes: number
  /** Buffers outside of the heap. */
  readonly externalBytes: number
  /** Of the process; 0 where the system does not tell. */
  readonly residentBytes: number
}

interface Answer {
  readonly id: number
  readonly result: Record<string, number>
}

/** Options of Node for a server whose memory can be asked for, silently, on a port that was free a moment ago. */
export async function inspectable(): Promise<{ readonly options: string; readonly port: number }> {
  const port = await freePort()
  return { options: `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`, port }
}

export async function keptMemory(port: number, pid: number): Promise<KeptMemory> {
  const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(list[0]!.webSocketDebuggerUrl)
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = reject
    })
    // Twice, and with a pause: what finalizers let go of the first time is collected the second.
    await ask(socket, 1, 'HeapProfiler.collectGarbage')
    await sleep(500)
    await ask(socket, 2, 'HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize } = await ask(socket, 3, 'Runtime.getHeapUsage')
    return { heapBytes: usedSize!, externalBytes: backingStorageSize ?? 0, residentBytes: await residentBytes(pid) }
  } finally {
    socket.close()
  }
}

const ask = (socket: WebSocket, id: number, method: string): Promise<Record<string, number>> =>
  new Promise((resolve) => {
    socket.addEventListener('message', function heard({ data }) {
      const answer = JSON.parse(data as string) as Answer
      if (answer.id !== id) return
      socket.removeEventListener('message', heard)
      resolve(answer.result)
    })
    socket.send(JSON.stringify({ id, method }))
  })

export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}
