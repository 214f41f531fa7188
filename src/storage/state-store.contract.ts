import assert from 'node:assert/strict'
import { afterEach, beforeEach, suite, test } from 'node:test'
import { Fault } from '../core/faults.ts'
import type { KeyRange, StateStore } from '../core/ports.ts'

export function stateStoreContract(name: string, open: () => StateStore): void {
  suite(`state store: ${name}`, () => {
    let store: StateStore
    beforeEach(() => {
      store = open()
    })
    afterEach(() => store.close())
    const put = (space: string, key: string, doc: unknown = {}, expect?: number) =>
      store.transaction((tx) => tx.put(space, key, doc, expect))
    /** Both ways to ask must agree. */
    const keys = (space: string, range: Partial<KeyRange> = {}) => {
      const found = store.keys(space, { limit: 100, ...range })
      assert.deepEqual(
        store.list(space, { limit: 100, ...range }).map(({ key }) => key),
        found,
      )
      return found
    }

    test('gives back what was put, with its version', async () => {
      const doc = { text: 'grüße 🦆', nested: { list: [1, null, 'a\0b'], __proto__x: true }, long: 2n ** 63n - 1n }
      assert.equal(await put('a', 'k', doc), 1)
      assert.deepEqual(store.get('a', 'k'), { key: 'k', version: 1, doc })
      assert.equal(await put('a', 'k', 2), 2)
      assert.deepEqual(store.get('a', 'k'), { key: 'k', version: 2, doc: 2 })
      assert.equal(store.get('a', 'other'), undefined)
      assert.equal(store.get('b', 'k'), undefined)
    })

    test('compares versions when asked to', async () => {
      const conflict = (error: unknown) =>
        error instanceof Fault && error.kind === 'conflict' && error.noun === 'document'
      assert.equal(await put('a', 'k', 1, 0), 1)
      await assert.rejects(put('a', 'k', 2, 0), conflict)
      await assert.rejects(put('a', 'k', 2, 2), conflict)
      assert.equal(await put('a', 'k', 2, 1), 2)
      await assert.rejects(
        store.transaction((tx) => tx.delete('a', 'k', 1)),
        conflict,
      )
      assert.equal(await store.transaction((tx) => tx.delete('a', 'k', 2)), true)
      assert.equal(await store.transaction((tx) => tx.delete('a', 'k')), false)
      await assert.rejects(put('a', 'k', 2, 2), conflict)
    })

    test('orders keys by their UTF-8 bytes', async () => {
      const inOrder = [
        '',
        '\0',
        'A',
        'B',
        'a',
        'a\0',
        'a\0b',
        'a/',
        'a/b',
        'ab',
        'é',
        '퟿',
        '\uE000',
        '\uFFFF',
        '🦆',
        '\u{10FFFF}',
      ]
      const shuffled = inOrder.toSorted((a, b) => a.length - b.length || (a < b ? 1 : -1))
      await store.transaction((tx) => {
        for (const key of shuffled) tx.put('s', key, key)
      })
      const byBytes = inOrder.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(byBytes, inOrder)
      assert.deepEqual(keys('s'), inOrder)
      assert.deepEqual(keys('s', { descending: true }), inOrder.toReversed())
      for (const after of inOrder) {
        const place = inOrder.indexOf(after)
        assert.deepEqual(keys('s', { after }), inOrder.slice(place + 1), `after ${JSON.stringify(after)}`)
        assert.deepEqual(keys('s', { before: after }), inOrder.slice(0, place), `before ${JSON.stringify(after)}`)
      }
      for (const prefix of inOrder)
        assert.deepEqual(
          keys('s', { prefix }),
          inOrder.filter((key) => key.startsWith(prefix)),
          JSON.stringify(prefix),
        )
    })

    test('lists a range: prefix, bounds, limit, both directions', async () => {
      await store.transaction((tx) => {
        for (const key of ['a/1', 'a/2', 'a/3', 'a0', 'b/1']) tx.put('s', key, key)
        tx.put('s2', 'a/9', 0)
      })
      assert.deepEqual(keys('s', { prefix: 'a/' }), ['a/1', 'a/2', 'a/3'])
      assert.deepEqual(keys('s', { prefix: 'a/', limit: 2 }), ['a/1', 'a/2'])
      assert.deepEqual(keys('s', { prefix: 'a/', limit: 0 }), [])
      assert.deepEqual(keys('s', { prefix: 'a/', after: 'a/1' }), ['a/2', 'a/3'])
      assert.deepEqual(keys('s', { prefix: 'a/', after: 'a/1', before: 'a/3' }), ['a/2'])
      assert.deepEqual(keys('s', { prefix: 'a/', after: '0' }), ['a/1', 'a/2', 'a/3'])
      assert.deepEqual(keys('s', { prefix: 'a/', after: 'z' }), [])
      assert.deepEqual(keys('s', { prefix: 'a/', before: 'z', descending: true, limit: 2 }), ['a/3', 'a/2'])
      assert.deepEqual(keys('s', { after: 'a/3', before: 'b/1' }), ['a0'])
      assert.deepEqual(keys('s', { after: 'b', before: 'a' }), [])
      assert.deepEqual(keys('none'), [])
      assert.equal(store.count('s'), 5)
      assert.equal(store.count('s', 'a/'), 3)
      assert.equal(store.count('none'), 0)
    })

    test('deletes a prefix, a space, and nothing else', async () => {
      await store.transaction((tx) => {
        for (const key of ['a', 'a/1', 'a/2', 'b']) tx.put('s', key, 0)
        tx.put('t', 'a/1', 0)
      })
      assert.equal(await store.transaction((tx) => tx.deleteAll('s', 'a/')), 2)
      assert.deepEqual(keys('s'), ['a', 'b'])
      assert.equal(await store.transaction((tx) => tx.deleteAll('s', '')), 2)
      assert.deepEqual(keys('s'), [])
      assert.deepEqual(keys('t'), ['a/1'])
    })

    test('a transaction sees its own writes; outside only what is done is seen', async () => {
      await put('s', 'k', 'old')
      const done = store.transaction((tx) => {
        tx.put('s', 'k', 'new')
        tx.put('s', 'k2', 'new')
        assert.equal(tx.get('s', 'k')?.doc, 'new')
        assert.deepEqual(
          tx.list('s', { limit: 10 }).map((found) => found.key),
          ['k', 'k2'],
        )
        assert.equal(tx.count('s'), 2)
        return 'value'
      })
      assert.equal(store.get('s', 'k')?.doc, 'old')
      assert.equal(store.count('s'), 1)
      assert.equal(await done, 'value')
      assert.equal(store.get('s', 'k')?.doc, 'new')
    })

    test('work that throws leaves nothing behind and rejects with what it threw', async () => {
      await put('s', 'k', 'old')
      const reason = new Error('no')
      const failing = store.transaction((tx) => {
        tx.put('s', 'k', 'new')
        tx.delete('s', 'k')
        tx.put('s', 'other', 1)
        tx.deleteAll('s', '')
        throw reason
      })
      await assert.rejects(failing, (error) => error === reason)
      assert.deepEqual(store.list('s', { limit: 10 }), [{ key: 'k', version: 1, doc: 'old' }])
    })

    test('one failing does not undo the others of its turn', async () => {
      const settled = await Promise.allSettled(
        Array.from({ length: 9 }, (_, i) =>
          store.transaction((tx) => {
            tx.put('s', `${i}`, i)
            if (i % 3 === 1) throw new Error(`no ${i}`)
            return i
          }),
        ),
      )
      assert.deepEqual(
        settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message)),
        [0, 'no 1', 2, 3, 'no 4', 5, 6, 'no 7', 8],
      )
      assert.deepEqual(keys('s'), ['0', '2', '3', '5', '6', '8'])
    })

    test('tells when later ones lie behind, before it resolves, and of none that fails', async () => {
      const told: string[] = []
      const one = store.transaction(
        (tx) => tx.put('s', 'k', 1),
        () => told.push('ordered'),
      )
      await one.then(() => told.push('resolved'))
      assert.deepEqual(told, ['ordered', 'resolved'])
      const failing = store.transaction(
        () => {
          throw new Error('no')
        },
        () => told.push('failed'),
      )
      await assert.rejects(failing, /no/)
      assert.equal(told.length, 2)
    })

    test('transactions run one after another, in order', async () => {
      await put('s', 'n', 0)
      const increments = Array.from({ length: 1200 }, () =>
        store.transaction((tx) => tx.put('s', 'n', tx.get<number>('s', 'n')!.doc + 1)),
      )
      const versions = await Promise.all(increments)
      assert.deepEqual(
        versions,
        Array.from({ length: 1200 }, (_, i) => i + 2),
      )
      assert.equal(store.get('s', 'n')?.doc, 1200)
    })

    test('keeps bytes as it keeps documents', async () => {
      const given = Uint8Array.from([0, 1, 255])
      await store.transaction((tx) => {
        tx.putBytes('a/1', given)
        given.fill(7)
        assert.deepEqual(tx.bytes('a/1'), Uint8Array.from([0, 1, 255]))
        tx.putBytes('a/empty', new Uint8Array(0))
      })
      store.bytes('a/1')?.fill(9)
      assert.deepEqual(store.bytes('a/1'), Uint8Array.from([0, 1, 255]))
      assert.deepEqual(store.bytes('a/empty'), new Uint8Array(0))
      assert.equal(store.bytes('a'), undefined)
      await assert.rejects(store.transaction((tx) => tx.putBytes('a/1', given)))
      const failing = store.transaction((tx) => {
        assert.equal(tx.deleteBytes('a/1'), true)
        assert.equal(tx.deleteBytes('a/1'), false)
        tx.putBytes('a/2', given)
        throw new Error('after all not')
      })
      await assert.rejects(failing, /after all not/)
      assert.deepEqual([store.bytes('a/1')?.length, store.bytes('a/2')], [3, undefined])
      await store.transaction((tx) => tx.deleteBytes('a/1'))
      assert.equal(store.bytes('a/1'), undefined)
    })

    test('nobody sees what has not been acknowledged, but the transactions behind it', async () => {
      for (let i = 1; i <= 50; i++) {
        let acknowledged = false
        const written = put('s', 'n', i).then(() => {
          acknowledged = true
        })
        const behind = store.transaction((tx) => tx.get('s', 'n')?.doc)
        while (!acknowledged) {
          assert.equal(store.get('s', 'n')?.doc, i === 1 ? undefined : i - 1)
          await new Promise(setImmediate)
        }
        await written
        assert.deepEqual([store.get('s', 'n')?.doc, await behind], [i, i])
      }
    })

    test('refuses work that is not synchronous and documents that are not JSON', async () => {
      await assert.rejects(
        store.transaction(async (tx) => tx.put('s', 'k', 1)),
        TypeError,
      )
      await assert.rejects(
        store.transaction((tx) => tx.put('s', 'k', undefined)),
        TypeError,
      )
      assert.equal(store.get('s', 'k'), undefined)
    })

    test('closing waits for what was started and refuses what comes later', async () => {
      const written = put('s', 'k', 1)
      await store.close()
      assert.equal(await written, 1)
      await assert.rejects(put('s', 'k', 2))
    })
  })
}
