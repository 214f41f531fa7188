/**
 * Whole answers that have been handed to sockets and not been taken by their clients. They are held until they are, and a
 * client that never reads would hold his for minutes: when all of them together are more than fits, whoever has had his for
 * longest loses the connection. One who reads, however slowly, is waited for as long as there is room.
 */
import type { Socket } from 'node:net'
import type { Incoming, Outgoing } from './exchange.ts'

const MOST_BYTES = 192 << 20
/** Less is not worth the counting: the kernel takes it at once. */
const SMALL_BYTES = 64 << 10

interface Waiting {
  readonly bytes: number
  readonly hangUp: () => void
}

/** In the order in which they were answered. */
const waiting = new Set<Waiting>()
let waitingBytes = 0
const ofConnection = new WeakMap<Socket, Set<() => void>>()

/** To be called before the answer is handed over. Answers what to call once it has been taken, or nobody is there any more. */
export function awaitTaking(bytes: number, hangUp: () => void): () => void {
  const answer = { bytes, hangUp }
  waiting.add(answer)
  waitingBytes += bytes
  for (const oldest of waiting) {
    if (waitingBytes <= MOST_BYTES || oldest === answer) break
    forget(oldest)
    oldest.hangUp()
  }
  return () => forget(answer)
}

function forget(answer: Waiting): void {
  if (waiting.delete(answer)) waitingBytes -= answer.bytes
}

export function awaitHttpTaking(incoming: Incoming, outgoing: Outgoing, bytes: number): void {
  if (bytes < SMALL_BYTES) return
  const taken = awaitTaking(bytes, () => outgoing.destroy())
  outgoing.once('finish', taken).once('close', taken)
  if (incoming.httpVersionMajor > 1) return
  // An answer behind others of its connection never hears that the connection has closed.
  const { socket } = incoming
  let answers = ofConnection.get(socket)
  if (!answers) {
    const all = new Set<() => void>()
    answers = all
    ofConnection.set(socket, all)
    socket.once('close', () => {
      for (const one of all) one()
    })
  }
  answers.add(taken)
  outgoing.once('finish', () => answers.delete(taken))
}
