import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnType } from '../../core/queries/column-type.ts'
import { builderOf } from '../../formats/vector-builders.ts'
import { INTEGER } from '../../sql/types.ts'
import { RowQueue } from './row-queue.ts'

test('a source that gives what it held, and ends, while it is let go on', async () => {
  const builder = builderOf(columnType(INTEGER))
  const queue = new RowQueue([builder])
  let resumed = 0
  const source = {
    pause() {},
    resume() {
      resumed++
      builder.missing()
      queue.added(1)
      queue.end()
    },
  }
  const rows: number[] = []
  for await (const batch of queue.batches(source, new AbortController().signal)) rows.push(batch.rows)
  assert.deepEqual(rows, [1])
  assert.equal(resumed, 1)
})
