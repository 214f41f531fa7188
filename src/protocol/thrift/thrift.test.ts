import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frame, MessageStream, readHead, writeHead } from './message.ts'
import { Reader } from './reader.ts'
import {
  binary,
  bool,
  byte,
  double,
  i16,
  i32,
  i64,
  list,
  mapOf,
  record,
  type Struct,
  string,
  struct,
  ThriftError,
} from './types.ts'
import { Writer } from './writer.ts'

const LIMIT = 1 << 20
/** `ping`, the seventh call, with field 1 = "hi": laid out by hand after thrift-binary-protocol.md. */
const ARGS = '0b0001 00000002 6869 00'
const STRICT = bytes(`80010001 00000004 70696e67 00000007 ${ARGS}`)
const OLD = bytes(`00000004 70696e67 01 00000007 ${ARGS}`)

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex')
}

function written<T>(type: Struct<T>, value: T): string {
  const writer = new Writer(LIMIT)
  writer.struct(type, value)
  return writer.finish().toString('hex')
}

const everything = struct({
  flag: [1, bool],
  small: [2, byte],
  short: [3, i16],
  int: [4, i32],
  long: [5, i64],
  real: [6, double],
  name: [7, string],
  raw: [8, binary],
  names: [9, list(string)],
  settings: [10, record(i32)],
  places: [11, mapOf(list(string), bool)],
  inner: [12, struct({ a: [1, i32] })],
})

test('every type is written as the specification has it, and read back', () => {
  const value = {
    flag: true,
    small: -1,
    short: -2,
    int: 305419896,
    long: 9007199254740993n,
    real: 1.5,
    name: 'é',
    raw: new Uint8Array([0, 255]),
    names: ['a', ''],
    settings: { x: 1 },
    places: new Map([[['k'], false]]),
    inner: { a: 7 },
  }
  const expected = [
    '02 0001 01',
    '03 0002 ff',
    '06 0003 fffe',
    '08 0004 12345678',
    '0a 0005 0020000000000001',
    '04 0006 3ff8000000000000',
    '0b 0007 00000002 c3a9',
    '0b 0008 00000002 00ff',
    '0f 0009 0b 00000002 00000001 61 00000000',
    '0d 000a 0b08 00000001 00000001 78 00000001',
    '0d 000b 0f02 00000001 0b 00000001 00000001 6b 00',
    '0c 000c 08 0001 00000007 00',
    '00',
  ].join('')
  assert.equal(written(everything, value), bytes(expected).toString('hex'))
  assert.deepEqual(new Reader(bytes(expected)).struct(everything), value)
})

test('whole numbers are numbers as far as they are exact', () => {
  const one = struct({ long: [1, i64] })
  for (const long of [0, -1, 2 ** 53 - 1, -(2n ** 63n), 2n ** 63n - 1n])
    assert.deepEqual(new Reader(bytes(written(one, { long }))).struct(one), { long })
})

test('fields that nobody knows, or that have another type, are passed over', () => {
  const known = struct({ a: [1, i32], b: [2, string] })
  const unknown = '0d 0063 0b0c 00000001 00000001 6b 0f0001 0a 00000001 0000000000000001 00'
  const mistyped = '0b 0001 00000001 78'
  assert.deepEqual(new Reader(bytes(`${unknown} ${mistyped} 0b 0002 00000001 79 00`)).struct(known), { b: 'y' })
})

test('a required field that does not come is missed', () => {
  const strict = struct({ a: [1, i32, 'required'] })
  assert.throws(() => new Reader(bytes('00')).struct(strict), /Required field 'a' was not present!/)
})

test('heads are read and written in both forms', () => {
  for (const [message, strict] of [
    [STRICT, true],
    [OLD, false],
  ] as const) {
    const head = readHead(new Reader(message))
    assert.deepEqual(head, { name: 'ping', type: 1, sequence: 7, strict })
    const writer = new Writer(LIMIT)
    writeHead(writer, head)
    assert.equal(writer.finish().compare(message.subarray(0, message.length - 10)), 0)
  }
  assert.throws(() => readHead(new Reader(bytes('80020001 00000004 70696e67 00000007'))), ThriftError)
})

test('messages are found however they are cut, framed or not, strict or old', () => {
  for (const message of [STRICT, OLD, frame(STRICT), frame(OLD)]) {
    for (let cut = 1; cut <= message.length; cut++) {
      const stream = new MessageStream(LIMIT)
      const found: Buffer[] = []
      const all = Buffer.concat([message, message])
      for (let at = 0; at < all.length; at += cut) {
        stream.push(all.subarray(at, at + cut))
        for (let one = stream.next(); one; one = stream.next()) found.push(one)
      }
      const bare = stream.framed ? message.subarray(4) : message
      assert.deepEqual(found, [bare, bare])
      assert.equal(stream.pending, false)
    }
  }
})

test('what is no Thrift, lies about its length or nests without end is refused before it is waited for', () => {
  const head = '80010001 00000004 70696e67 00000007'
  const refused = {
    http: Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    post: Buffer.from('POST / HTTP/1.1\r\n\r\n'),
    'a long string': bytes(`${head} 0b 0001 7fffffff`),
    'a negative length': bytes(`${head} 0b 0001 ffffffff`),
    'a long list': bytes(`${head} 0f 0001 0a 7fffffff`),
    'a long map': bytes(`${head} 0d 0001 0b0b 7fffffff`),
    'no type': bytes(`${head} 10 0001`),
    'a type of items that is none': bytes(`${head} 0f 0001 05 00000001`),
    'a long frame': bytes('7fffffff 80010001'),
    'an empty frame': bytes('00000000 80010001'),
    'structs in structs': Buffer.concat([bytes(head), bytes('0c0001'.repeat(80))]),
    'lists in lists': Buffer.concat([bytes(`${head} 0f0001`), bytes('0f00000001'.repeat(80))]),
    'a long name': bytes('80010001 00001000'),
  }
  for (const [name, hostile] of Object.entries(refused)) {
    const stream = new MessageStream(LIMIT)
    stream.push(hostile)
    assert.throws(() => stream.next(), ThriftError, name)
  }
})

test('a reader believes no length beyond its bytes', () => {
  const nested = struct({ names: [1, list(list(string))] })
  for (const hex of [
    '0f 0001 0f 7fffffff',
    '0f 0001 0f 00000001 0b 00000009',
    '0f 0001 0f 00000001 0b 00000001 00000009 61',
  ])
    assert.throws(() => new Reader(bytes(hex)).struct(nested), ThriftError)
  // Deep, and unknown to the struct.
  assert.throws(() => new Reader(bytes('0c0063'.repeat(100))).struct(nested), ThriftError)
})

test('mutated messages are read or refused, and nothing else happens', () => {
  const writer = new Writer(LIMIT)
  writeHead(writer, { name: 'ping', type: 1, sequence: 1, strict: true })
  writer.struct(everything, { names: ['a', 'b'], settings: { x: 1 }, inner: { a: 1 }, name: 'n', long: 5 })
  const original = writer.finish()
  let seed = 1
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return (seed >>> 8) % below
  }
  for (let trial = 0; trial < 20_000; trial++) {
    const mutant = Buffer.from(original)
    for (let i = 0; i <= random(4); i++) mutant[random(mutant.length)] = random(256)
    const stream = new MessageStream(LIMIT)
    stream.push(mutant.subarray(0, random(mutant.length) + 1))
    try {
      const message = stream.next()
      if (!message) continue
      const reader = new Reader(message)
      readHead(reader)
      reader.struct(everything)
    } catch (error) {
      assert.ok(error instanceof ThriftError, String(error))
    }
  }
})

test('an answer beyond the limit is not built', () => {
  const one = struct({ name: [1, string] })
  assert.throws(() => new Writer(100).struct(one, { name: 'x'.repeat(100) }), ThriftError)
})
