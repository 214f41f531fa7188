import type { AddressInfo, Server } from 'node:net'

interface Place {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** The port it listens on, once it does. Throws Error where the address is taken or not ours. */
export async function listenOn(server: Server, { host, port }: Place): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'something listens there already' : error.message
      reject(new Error(`Cannot listen on ${host}, port ${port}: ${why}`, { cause: error }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}
