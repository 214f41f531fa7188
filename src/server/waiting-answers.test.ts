import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, test } from 'node:test'
import { awaitHttpTaking } from './waiting-answers.ts'

const ANSWER = Buffer.alloc(80 << 20)
const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
const answers: ServerResponse[] = []
let answered = Promise.withResolvers<void>()
const server = createServer((incoming, outgoing) => {
  answers.push(outgoing)
  outgoing.setHeader('content-length', ANSWER.length)
  awaitHttpTaking(incoming, outgoing, ANSWER.length)
  outgoing.end(ANSWER)
  answered.resolve()
})
before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
after(() => {
  server.closeAllConnections()
  server.close()
})

/** Resolves when its requests have been answered; it takes nothing. */
async function deaf(requests: number) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  socket.on('error', () => {})
  answered = Promise.withResolvers()
  socket.write(REQUEST.repeat(requests))
  await answered.promise
  return socket
}

test('whoever has not taken his answer for longest makes room; who has gone takes none', async () => {
  const first = await deaf(1)
  const second = await deaf(1)
  assert.deepEqual(
    answers.map(({ destroyed }) => destroyed),
    [false, false],
  )
  const third = await deaf(1)
  assert.deepEqual(
    answers.map(({ destroyed }) => destroyed),
    [true, false, false],
  )
  // Two behind each other on one connection: both go with it.
  const [, ...left] = [second, third].map((socket) => socket.destroy())
  await Promise.all(answers.slice(1).map((one) => one.closed || once(one, 'close')))
  const both = await deaf(2)
  both.destroy()
  await once(answers[3]!, 'close')
  const late = [await deaf(1), await deaf(1)]
  assert.deepEqual(
    answers.slice(5).map(({ destroyed }) => destroyed),
    [false, false],
  )
  for (const socket of [first, ...left, ...late]) socket.destroy()
})

test('an answer that is taken is not counted any more', async () => {
  const before = answers.length
  for (let i = 0; i < 4; i++) {
    const socket = await deaf(1)
    socket.resume()
    await once(answers.at(-1)!, 'finish')
    socket.destroy()
  }
  assert.equal(answers.length, before + 4)
})
