/** The crowd: a process of its own that keeps so many bad connections open, and opens another for each that it loses. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface CrowdOrder {
  readonly port: number
  readonly connections: number
  /** Path and query of an object that may be read without further signature. */
  readonly large: string
  /** The same of one that may be written. */
  readonly upload: string
}

export interface CrowdState {
  /** Connected just now. */
  readonly open: number
  /** How many the server has hung up on so far. */
  readonly hungUp: number
}

interface Member {
  /** Of a hundred. */
  readonly share: number
  readonly says: string
  /** What it goes on saying, a byte at a time; nothing where it falls silent. */
  readonly trickles?: string
  /** It never reads. */
  readonly deaf?: boolean
}

const OPEN_AT_ONCE = 250
const TRICKLE_EVERY_MS = 5000
const TICK_MS = 100

function members({ port, large, upload }: CrowdOrder): readonly Member[] {
  const host = `host: 127.0.0.1:${port}\r\n`
  const json = 'content-type: application/x-amz-json-1.1\r\nx-amz-target: AWSGlue.GetDatabases\r\n'
  return [
    { share: 25, says: '' },
    { share: 5, says: 'P' },
    { share: 20, says: `GET / HTTP/1.1\r\n${host}x-half:` },
    { share: 15, says: `GET / HTTP/1.1\r\n${host}x-slow: `, trickles: 'a' },
    { share: 10, says: `POST / HTTP/1.1\r\n${host}${json}content-length: 100000\r\n\r\n{`, trickles: ' ' },
    { share: 12, says: `PUT ${upload} HTTP/1.1\r\n${host}content-length: 100000\r\n\r\na`, trickles: 'a' },
    { share: 10, says: `GET /_lentic/health HTTP/1.1\r\n${host}\r\n` },
    { share: 2, says: `GET ${large} HTTP/1.1\r\n${host}\r\n`, deaf: true },
    { share: 1, says: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  ]
}

class Crowd {
  readonly #order: CrowdOrder
  readonly #seats: readonly Member[]
  readonly #sockets = new Map<Socket, Member>()
  #hungUp = 0
  #taken = 0

  constructor(order: CrowdOrder) {
    this.#order = order
    this.#seats = members(order).flatMap((member) => Array.from({ length: member.share }, () => member))
  }

  get state(): CrowdState {
    return { open: this.#sockets.size, hungUp: this.#hungUp }
  }

  async stay(): Promise<never> {
    for (let tick = 0; ; tick++) {
      const missing = Math.min(OPEN_AT_ONCE, this.#order.connections - this.#sockets.size)
      await Promise.all(Array.from({ length: missing }, () => this.#open()))
      this.#trickle(tick)
      await sleep(TICK_MS)
    }
  }

  #open(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    // Neighbours of one kind would come, and be hung up on, all together.
    const member = this.#seats[(this.#taken++ * 37) % this.#seats.length]!
    const socket = connect(this.#order.port, '127.0.0.1', () => {
      this.#sockets.set(socket, member)
      if (member.says) socket.write(member.says)
      resolve()
    })
    if (member.deaf) socket.pause()
    else socket.resume()
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#sockets.delete(socket)) this.#hungUp++
      resolve()
    })
    return promise
  }

  /** Each in its turn, so that all have said a byte after so long. */
  #trickle(tick: number): void {
    const turns = TRICKLE_EVERY_MS / TICK_MS
    let place = 0
    for (const [socket, { trickles }] of this.#sockets)
      if (trickles && place++ % turns === tick % turns && socket.writable) socket.write(trickles)
  }
}

process.once('message', (order: CrowdOrder) => {
  const crowd = new Crowd(order)
  void crowd.stay()
  setInterval(() => process.send?.(crowd.state), TICK_MS)
})
process.once('disconnect', () => process.exit())
