import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CorruptData } from '../corrupt-data.ts'
import { fileSlices } from './file-groups.ts'
import { replacedFileIds } from './replaced-files.ts'
import { isCompleted, tableProperties, timelineOf } from './timeline.ts'

test("a table's properties say where its timeline lies", () => {
  const lines = [
    '#Updated at 2024-07-07',
    'hoodie.table.name=t',
    'hoodie.table.type=MERGE_ON_READ',
    'hoodie.timeline.layout.version=1',
  ]
  assert.deepEqual(tableProperties([...lines, 'hoodie.table.version=6'].join('\n')), {
    version: 6,
    baseFileFormat: 'PARQUET',
    timelineFolder: '.hoodie',
  })
  const apart = 'hoodie.table.version=9\r\nhoodie.timeline.path=timeline\r\nhoodie.table.base.file.format=LANCE\r\n'
  assert.deepEqual(tableProperties(apart), { version: 9, baseFileFormat: 'LANCE', timelineFolder: '.hoodie/timeline' })
})

test('an instant is completed when its file says so, or when it is older than what is left of the timeline', () => {
  const timeline = timelineOf([
    '20240101000000001.commit',
    '20240101000000001.commit.requested',
    '20240101000000001.inflight',
    '20240101000000002.deltacommit.inflight',
    '20240101000000003_20240101000000009.replacecommit',
    '20240101000000004.clean',
    'hoodie.properties',
  ])
  const completed = [
    '20230101000000000',
    '20240101000000001',
    '20240101000000002',
    '20240101000000003',
    '20250101000000000',
  ]
  assert.deepEqual(
    completed.map((instant) => isCompleted(timeline, instant)),
    [true, true, false, true, false],
  )
  assert.deepEqual(timeline.replacements, ['20240101000000003_20240101000000009.replacecommit'])
  assert.equal(isCompleted(timelineOf([]), '1'), false)
})

test('of a file group the newest file that was completed counts, and logs after it do not', () => {
  const timeline = timelineOf(['2.commit', '3.commit', '5.commit'])
  const names = [
    'a-0_0-1-1_1.parquet',
    'a-0_0-2-1_3.parquet',
    'a-0_0-3-1_4.parquet',
    'b-0_0-1-1_2.parquet',
    'c-0_0-1-1_2.parquet',
    'd-0_0-1-1_9.parquet',
    '.a-0_1.log.1_0-1-1',
    '.b-0_2.log.1_0-1-1',
    '.c-0_2.log.1_0-1-1',
    '.hoodie_partition_metadata',
    'other.parquet',
  ]
  assert.deepEqual(
    fileSlices(
      names.map((name) => [name, name] as const),
      timeline,
      new Set(['c-0']),
    ),
    { files: ['a-0_0-2-1_3.parquet', 'b-0_0-1-1_2.parquet'], logs: ['.b-0_2.log.1_0-1-1'] },
  )
})

test('the file groups that a write replaced, by JSON and by Avro', () => {
  const json = '{"partitionToWriteStats":{},"partitionToReplaceFileIds":{"10":["x-0"],"20":["y-0","z-0"]}}'
  assert.deepEqual(replacedFileIds(Buffer.from(json)), ['x-0', 'y-0', 'z-0'])
  assert.deepEqual(replacedFileIds(Buffer.from('{"partitionToReplaceFileIds":null}')), [])
  const avro = readFileSync('tests/golden/hudi/replacecommit.avro')
  assert.deepEqual(replacedFileIds(avro), ['old-0', 'older-0', 'gone-0'])
  for (const bad of [
    Buffer.from('not'),
    avro.subarray(0, 100),
    avro.subarray(0, -20),
    Buffer.from('{"partitionToReplaceFileIds":{"a":[1]}}'),
  ])
    assert.throws(() => replacedFileIds(bad), CorruptData)
})
