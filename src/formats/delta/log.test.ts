import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseActions } from './actions.ts'
import { vectorPlace } from './deletion-vector.ts'
import { fileUri } from './file-uri.ts'
import { DeltaLogError } from './log-error.ts'
import { logSegment } from './log-segment.ts'
import { unsupportedProtocol } from './protocol.ts'
import { tableFields } from './schema.ts'
import { Replay } from './snapshot.ts'

const version = (n: number) => String(n).padStart(20, '0')
const commits = (...versions: readonly number[]) => versions.map((n) => `${version(n)}.json`)

test('without a checkpoint every commit counts, from the first', () => {
  assert.deepEqual(logSegment([...commits(1, 0), '_last_checkpoint', `${version(0)}.crc`]), {
    version: 1,
    commits: commits(0, 1),
  })
  assert.throws(() => logSegment(commits(0, 2)), /lacks version 1/)
  assert.throws(() => logSegment(commits(1)), /lacks version 0/)
  assert.throws(() => logSegment([]), /no commit/)
})

test('the newest checkpoint that is complete counts, whatever its kind', () => {
  const uuid = '80a083e8-7026-4e79-81be-64bd76c43a11'
  const parts = (n: number, have: readonly number[], of: number) =>
    have.map((i) => `${version(n)}.checkpoint.${String(i).padStart(10, '0')}.${String(of).padStart(10, '0')}.parquet`)
  const of = (...names: readonly string[]) => logSegment([...commits(0, 1, 2, 3, 4), ...names]).checkpoint
  assert.deepEqual(of(`${version(1)}.checkpoint.parquet`), { version: 1, files: [`${version(1)}.checkpoint.parquet`] })
  assert.deepEqual(of(`${version(1)}.checkpoint.parquet`, ...parts(3, [2], 2)), {
    version: 1,
    files: [`${version(1)}.checkpoint.parquet`],
  })
  assert.deepEqual(of(...parts(3, [2, 1], 2)), { version: 3, files: parts(3, [1, 2], 2) })
  for (const ending of ['json', 'parquet']) {
    const name = `${version(4)}.checkpoint.${uuid}.${ending}`
    assert.deepEqual(of(name, ...parts(3, [1, 2], 2)), { version: 4, files: [name] })
  }
  assert.deepEqual(logSegment([`${version(9)}.checkpoint.parquet`, ...commits(10)]), {
    version: 10,
    checkpoint: { version: 9, files: [`${version(9)}.checkpoint.parquet`] },
    commits: commits(10),
  })
})

const PROTOCOL = '{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}'
const METADATA = '{"metaData":{"id":"x","schemaString":"{}","partitionColumns":[],"configuration":{}}}'
const add = (path: string, vector?: string) =>
  JSON.stringify({
    add: { path, partitionValues: {}, size: 1, dataChange: true, ...(vector && { deletionVector: vectorOf(vector) }) },
  })
const remove = (path: string, vector?: string) =>
  JSON.stringify({ remove: { path, ...(vector && { deletionVector: vectorOf(vector) }) } })
const vectorOf = (pathOrInlineDv: string) => ({
  storageType: 'u',
  pathOrInlineDv,
  offset: 1,
  sizeInBytes: 40,
  cardinality: 1,
})

/** Commits oldest first, as they were written. */
function replayed(...texts: readonly (readonly string[])[]) {
  const replay = new Replay('s3://b/t')
  for (const lines of texts.toReversed())
    for (const action of parseActions(lines.join('\n'), 'commit')) replay.take(action)
  return replay.snapshot(texts.length - 1, 'db.t')
}

test('a file is in the table when the last that is said of it is that it was added', () => {
  const { files } = replayed(
    [PROTOCOL, METADATA, add('a'), add('b'), add('d%20e')],
    [remove('a'), add('c')],
    ['', add('a'), remove('c'), remove('s3a://b/t/d e')],
  )
  assert.deepEqual(files.map((file) => file.uri).toSorted(), ['s3://b/t/a', 's3://b/t/b'])
})

test('a file with another deletion vector is another file', () => {
  const { files } = replayed(
    [PROTOCOL, METADATA, add('a')],
    [remove('a'), add('a', 'v1')],
    [remove('a', 'v1'), add('a', 'v2')],
  )
  assert.deepEqual(
    files.map((file) => file.deletionVector?.pathOrInlineDv),
    ['v2'],
  )
})

test('the newest protocol and metadata count, and both must be there', () => {
  const newer = METADATA.replace('"schemaString":"{}"', '"schemaString":"new"')
  assert.equal(replayed([PROTOCOL, METADATA], [newer]).metadata.schemaString, 'new')
  assert.throws(() => replayed([PROTOCOL]), /Metadata not found in transaction log for db.t/)
  assert.throws(() => replayed([METADATA]), /Protocol not found in transaction log for db.t/)
})

test('a malformed action is told with its place', () => {
  const actions = (text: string) => [...parseActions(text, 's3://b/t/0.json')]
  assert.throws(() => actions(`${PROTOCOL}\n{"add":`), /s3:\/\/b\/t\/0.json, line 2 is not a JSON object/)
  assert.throws(() => actions('[1]'), /line 1 is not a JSON object/)
  assert.throws(() => actions('{"add":{"path":1}}'), /'path' of add in s3:\/\/b\/t\/0.json, line 1/)
  assert.throws(() => actions('{"add":{"path":"x","partitionValues":[],"size":1}}'), /'partitionValues' of add/)
  const strange = '{"add":{"path":"x","partitionValues":{},"size":1,"deletionVector":{"storageType":"z"}}}'
  assert.throws(() => actions(strange), /Unknown storage type 'z'/)
  assert.deepEqual(actions('{"commitInfo":{"operation":"WRITE"}}\n{"txn":{"appId":"a"}}\n\n{"later":1}'), [])
})

test('a log that is changed anywhere reads, or is told to be malformed', () => {
  const folder = 'tests/golden/delta/orders/_delta_log'
  const lines = readFileSync(`${folder}/00000000000000000000.json`, 'utf8') + VECTOR_LINE
  const read = (text: string) => {
    const replay = new Replay('s3://b/t')
    for (const action of parseActions(text, 'commit')) replay.take(action)
    const { metadata, files } = replay.snapshot(0, 'db.t')
    tableFields(metadata)
    for (const { deletionVector } of files) if (deletionVector) vectorPlace(deletionVector)
  }
  read(lines)
  let seed = 11
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % below
  }
  for (let i = 0; i < 3000; i++) {
    const at = random(lines.length)
    const changed = [
      lines.slice(0, at) + String.fromCharCode(32 + random(95)) + lines.slice(at + 1),
      lines.slice(0, at) + lines.slice(at + 1 + random(40)),
      lines.slice(0, at),
    ][i % 3]!
    try {
      read(changed)
    } catch (error) {
      assert.ok(error instanceof DeltaLogError, `${error}\n${changed}`)
    }
  }
})

const VECTOR_LINE = `\n${add('v', 'ab^-aqEH.-t@S}K{vb[*k^')}\n`

test('paths are relative to the table unless they are absolute, and percent-encoded', () => {
  assert.equal(fileUri('s3://b/t/', 'day=2024-01-01/x.parquet'), 's3://b/t/day=2024-01-01/x.parquet')
  assert.equal(fileUri('s3://b/t', 'p=a%2520b/x%23.parquet'), 's3://b/t/p=a%20b/x#.parquet')
  assert.equal(fileUri('s3://b/t', 's3a://other/x.parquet'), 's3://other/x.parquet')
  assert.equal(fileUri('s3://b/t', '/x/y.parquet'), 's3://b/x/y.parquet')
  assert.equal(fileUri('s3://b/t', '100%.parquet'), 's3://b/t/100%.parquet')
})

test('what a reader must know and does not is named', () => {
  const features = (...readerFeatures: readonly string[]) =>
    unsupportedProtocol({ minReaderVersion: 3, readerFeatures })
  assert.equal(features('columnMapping', 'deletionVectors', 'timestampNtz', 'v2Checkpoint', 'typeWidening'), undefined)
  assert.equal(features('deletionVectors', 'variantType'), 'Delta Lake reader features variantType')
  assert.equal(unsupportedProtocol({ minReaderVersion: 4, readerFeatures: [] }), 'Delta Lake reader version 4')
})

test('a schema with column mapping has physical names and ids, at every depth', () => {
  const field = (name: string, type: unknown, id: number) => ({
    name,
    type,
    nullable: true,
    metadata: { 'delta.columnMapping.id': id, 'delta.columnMapping.physicalName': `col-${id}` },
  })
  const schema = { type: 'struct', fields: [field('s', { type: 'struct', fields: [field('x', 'long', 2)] }, 1)] }
  const metadata = (mode: string, of: unknown = schema) => ({
    schemaString: typeof of === 'string' ? of : JSON.stringify(of),
    partitionColumns: [],
    configuration: { 'delta.columnMapping.mode': mode },
  })
  const inner = { name: 'x', type: 'long', physicalName: 'col-2' }
  assert.deepEqual(tableFields(metadata('name')), [
    { name: 's', type: { kind: 'struct', fields: [inner] }, physicalName: 'col-1' },
  ])
  assert.deepEqual(tableFields(metadata('id')), [
    { name: 's', type: { kind: 'struct', fields: [{ ...inner, fieldId: 2 }] }, physicalName: 'col-1', fieldId: 1 },
  ])
  assert.throws(() => tableFields(metadata('other')), /Unsupported column mapping mode: other/)
  assert.throws(() => tableFields(metadata('none', '{')), /Failed to parse serialized schema/)
  assert.throws(() => tableFields(metadata('none', { type: 'blob' })), /unknown type: blob/)
  assert.throws(
    () => tableFields(metadata('name', { type: 'struct', fields: [{ name: 'a', type: 'long' }] })),
    /no physical name/,
  )
})
