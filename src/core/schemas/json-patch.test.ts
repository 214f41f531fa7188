import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonPatch } from './json-patch.ts'

type Json = Record<string, unknown> & unknown[]

/** RFC 6902, as far as the three operations go. */
function applied(document: unknown, patch: ReturnType<typeof jsonPatch>): unknown {
  const root = { '': structuredClone(document) }
  for (const { op, path, value } of patch) {
    const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    let parent = root as unknown as Json
    for (const part of parts.slice(0, -1)) parent = parent[part as never] as Json
    const last = parts.at(-1)!
    if (!Array.isArray(parent)) {
      if (op === 'remove') delete parent[last as never]
      else parent[last as never] = value as never
    } else if (op === 'remove') parent.splice(Number(last), 1)
    else if (op === 'add') parent.splice(Number(last), 0, value)
    else parent[Number(last)] = value
  }
  return root['']
}

test('the patch turns the one into the other', () => {
  const pairs: readonly [unknown, unknown][] = [
    [
      { a: 1, b: { c: [1, 2, 3] } },
      { a: 2, b: { c: [1, 3], d: null } },
    ],
    [
      { 'a/b': 1, 'c~d': 2 },
      { 'a/b': 2, e: 3 },
    ],
    [
      [1, 2],
      [0, 1, 2, 3],
    ],
    [
      [{ n: 1 }, { n: 2 }, { n: 3 }],
      [{ n: 1 }, { n: 9 }],
    ],
    ['text', { a: 1 }],
    [{ a: [] }, { a: {} }],
    [{ a: 1 }, { a: 1 }],
  ]
  for (const [from, to] of pairs) {
    assert.deepEqual(applied(from, jsonPatch(from, to)), to)
    assert.deepEqual(applied(to, jsonPatch(to, from)), from)
  }
  assert.deepEqual(jsonPatch({ a: 1 }, { a: 1 }), [])
  assert.deepEqual(jsonPatch({ fields: [{ name: 'a', type: 'int' }] }, { fields: [{ name: 'a', type: 'long' }] }), [
    { op: 'replace', path: '/fields/0/type', value: 'long' },
  ])
})
