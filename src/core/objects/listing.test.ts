import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import { compareKeys } from '../key-order.ts'
import type { StateReader, StateStore } from '../ports.ts'
import { type ListOptions, listObjects } from './listing.ts'
import { spaces } from './object.ts'

const bucket = 'b'

async function stateOf(keys: readonly string[]): Promise<StateStore> {
  const state = openMemoryState()
  await state.transaction((tx) => {
    for (const key of keys) tx.put(spaces.objects(bucket), key, { id: key })
  })
  return state
}

/** All pages of a listing, walked as a client walks them. */
function walk(state: StateReader, options: ListOptions): string[] {
  const found: string[] = []
  let after = options.after
  for (;;) {
    const page = listObjects(state, bucket, { ...options, after })
    found.push(...[...page.entries.map((entry) => entry.key), ...page.prefixes].sort(compareKeys))
    if (!page.truncated) return found
    after = page.next?.key
  }
}

/** The same by the definition, over all keys. */
function expected(keys: readonly string[], prefix: string, delimiter: string | undefined): string[] {
  const folded = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1
      return end < 0 ? key : key.slice(0, end + delimiter!.length)
    })
  return [...new Set(folded)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

const alphabet = ['a', 'b', '/', '-', '\u00e9', '\uffee', '\u{1f600}', '\u{10ffff}']

function* someKeys(count: number): Iterable<string> {
  let seed = 42
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % below
  }
  for (let i = 0; i < count; i++) yield Array.from({ length: 1 + random(6) }, () => alphabet[random(8)]).join('')
}

describe('listing', () => {
  it('equals the definition for every prefix, delimiter and page size', async () => {
    const keys = [...new Set(someKeys(600))]
    const state = await stateOf(keys)
    for (const prefix of ['', 'a', 'a/', '/', '\u{1f600}', '\u{10ffff}', 'none']) {
      for (const delimiter of [undefined, '/', 'b', '-a', '\u{10ffff}']) {
        for (const limit of [1, 3, 1000]) {
          assert.deepEqual(walk(state, { prefix, delimiter, limit }), expected(keys, prefix, delimiter))
        }
      }
    }
  })

  it('touches only what it answers', async () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `t/day=${Math.floor(i / 1000)}/${i}`)
    const state = await stateOf(keys)
    let documents = 0
    const counting: StateReader = {
      get: (space, key) => state.get(space, key),
      count: (space, prefix) => state.count(space, prefix),
      bytes: (key) => state.bytes(key),
      keys: (space, range) => state.keys(space, range),
      list(space, range) {
        const page = state.list<never>(space, range)
        documents += page.length
        return page
      },
    }
    const page = listObjects(counting, bucket, { prefix: 't/', delimiter: '/', limit: 1000 })
    assert.equal(page.prefixes.length, 20)
    assert.ok(documents <= 60, `${documents} documents were read for 20 prefixes`)
  })

  it('answers nothing for no keys', async () => {
    const page = listObjects(await stateOf(['a']), bucket, { limit: 0 })
    assert.deepEqual(page, { entries: [], prefixes: [], truncated: false, next: undefined })
  })
})
