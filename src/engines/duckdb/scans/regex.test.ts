import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { INTEGER, VARCHAR } from '../../../sql/types.ts'
import { dataColumns, openShelf, relationOf, type Shelf } from './scan.fixture.ts'

let shelf: Shelf
before(async () => {
  shelf = await openShelf()
})
after(() => shelf.close())

test('regex: a column per group, whole lines only', async () => {
  const relation = relationOf(
    { kind: 'regex', pattern: '(\\S+) "([^"]*)" (?!x)([0-9]+)( \\p{Alpha}+)?', ignoreCase: false },
    dataColumns(['host', VARCHAR], ['request', VARCHAR], ['status', INTEGER], ['more', VARCHAR]),
    [shelf.file('access.log', 'h1 "GET /" 200 ok\nnonsense\nh2 "PUT /é" 404\n')],
  )
  assert.deepEqual(await shelf.read(relation), [
    ['h1', 'GET /', 200, ' ok'],
    [null, null, null, null],
    ['h2', 'PUT /é', 404, null],
  ])
})
