/** Iceberg tables that others wrote: https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html and Iceberg's spec. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { expectedRows, putIceberg, registerIceberg } from './iceberg-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await putIceberg(a, 'events')
})
after(() => a.close())

const scanned = async (sql: string) => (await a.succeed(sql)).Statistics!.DataScannedInBytes!

/** As Athena shows what pyiceberg's JSON says. */
function shown(name: string, value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (name === 'at') return String(value).padEnd(20, '.').padEnd(26, '0')
  if (name === 'seen') return String(value).replace('+00:00', '.000000 UTC')
  if (name === 'ratio') return (value as number) % 1 === 0 ? `${value}.0` : String(value)
  if (name === 'raw') return String(value).replace(/(..)(?=.)/g, '$1 ')
  if (name === 'place') return `{x=${(value as { x: number }).x}, y=${(value as { y: string }).y}}`
  if (name === 'tags') return `[${(value as (number | null)[]).map(String).join(', ')}]`
  if (name === 'marks') return `{${(value as [string, number][]).map(([key, of]) => `${key}=${of}`).join(', ')}}`
  return String(value)
}

const asShown = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map((row) => Object.entries(row).map(([name, value]) => shown(name, value)))

test('a table of pyiceberg reads as pyiceberg reads it: every type, columns renamed, added, widened, dropped and back, partitions of two specs', async () => {
  assert.deepEqual(await a.rows('SELECT * FROM events ORDER BY id'), asShown(expectedRows('events')))
  const [head] = (await a.results((await a.succeed('SELECT * FROM events')).QueryExecutionId!)).ResultSet!.Rows!
  assert.deepEqual(
    head!.Data!.map((datum) => datum.VarCharValue),
    Object.keys(expectedRows('events')[0]!).map((name) => name.toLowerCase()),
  )
  assert.deepEqual(await a.rows('SELECT count(*), sum(id), count(gone), typeof(max(ratio)) FROM events'), [
    ['15', '137', '4', 'double'],
  ])
})

test('fields inside columns are found by their ids: renamed, added, moved, dropped and back', async () => {
  await putIceberg(a, 'nested')
  assert.deepEqual(await a.rows('SELECT * FROM nested ORDER BY id'), [
    ['1', '{e=null, a2=1, b={d=one}}', '[{y=1, z=null}]', '{m={kk=1}}'],
    ['2', '{e=5, a2=2, b={d=two}}', '[{y=2, z=3}]', '{m={kk=2}}'],
  ])
  assert.deepEqual(await a.rows("SELECT id FROM nested WHERE s.b.d = 'one' AND l[1].z IS NULL AND m['m'].kk = 1"), [
    ['1'],
  ])
})

test('files without ids are read by the names that the table has mapped to ids', async () => {
  await putIceberg(a, 'added')
  const rows = expectedRows('added').map(({ id, name, n }) => [String(id), name, n === null ? null : String(n)])
  assert.deepEqual(await a.rows('SELECT * FROM added ORDER BY id'), rows)
  assert.deepEqual(await a.rows("SELECT count(*), max(n) FROM added WHERE name < 'c'"), [['2', null]])
})

test('partitions and bounds leave out files', async () => {
  const all = await scanned('SELECT id FROM events')
  const few: readonly (readonly [string, string[]])[] = [
    // By the values of a partition that is a column's own, by its month, by a bucket, by the bounds of columns.
    ["region = 'eu'", ['0', '6', '12']],
    ["region IN ('eu', 'asia') AND region <> 'asia'", ['0', '6', '12']],
    ["at >= TIMESTAMP '2024-03-15 00:00:00'", ['15', '16', '17']],
    ["day = DATE '2024-01-06'", ['5']],
    ["amount = DECIMAL '1.25'", ['5']],
    ["seen < TIMESTAMP '2024-01-01 00:00:01 UTC'", ['0']],
    ['id = 15', ['15']],
  ]
  for (const [condition, ids] of few) {
    const sql = `SELECT id FROM events WHERE ${condition} ORDER BY id`
    assert.deepEqual(
      await a.rows(sql),
      ids.map((id) => [id]),
      condition,
    )
    assert.ok((await scanned(sql)) < all / 2, condition)
  }
  assert.equal(await scanned('SELECT id FROM events WHERE id > 1000'), 0)
  const without = expectedRows('events').filter(({ Region }) => Region === null).length
  assert.deepEqual(await a.rows('SELECT count(*) FROM events WHERE region IS NULL'), [[String(without)]])
  const plan = (await a.lines("EXPLAIN SELECT id FROM events WHERE region = 'eu'")).join('\n')
  assert.match(plan, /Files: 2 \(.*\), parquet, Partitions: 1/)
  assert.match(plan, /Files pruned: 11 of 13/)
})

test('time travel: by tag, by id, by moment; the schema is that of the time', async () => {
  const first = asShown(expectedRows('events.first'))
  const before = await a.rows("SELECT * FROM events FOR VERSION AS OF 'before' ORDER BY id")
  assert.equal(before.length, 14)
  assert.deepEqual(before.slice(0, first.length), first)
  const snapshots = await a.rows(
    'SELECT snapshot_id, committed_at, operation, parent_id FROM "events$snapshots" ORDER BY committed_at',
  )
  assert.deepEqual(
    snapshots.map(([, , operation]) => operation),
    ['append', 'append', 'delete', 'append'],
  )
  assert.deepEqual(snapshots.map(([id]) => id).slice(0, -1), snapshots.map(([, , , parent]) => parent).slice(1))
  const [[id, at]] = snapshots as [[string, string]]
  assert.deepEqual(await a.rows(`SELECT * FROM events FOR VERSION AS OF ${id} ORDER BY id`), first)
  assert.deepEqual(await a.rows(`SELECT * FROM events FOR TIMESTAMP AS OF TIMESTAMP '${at}' ORDER BY id`), first)
  // Two states of one table in one statement.
  assert.deepEqual(
    await a.rows(
      `SELECT count(*), count(o.id) FROM events n LEFT JOIN events FOR VERSION AS OF ${id} o ON n.id = o.id`,
    ),
    [['15', '6']],
  )
  // The table is from when it was made, whatever this machine's clock says.
  const later = "current_timestamp + interval '36500' day"
  assert.deepEqual(await a.rows(`SELECT count(*) FROM events FOR TIMESTAMP AS OF (${later})`), [['15']])
})

test('a version that is not there', async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["FOR VERSION AS OF 'nowhere'", /^INVALID_ARGUMENTS: .*Cannot find snapshot with reference name: nowhere/],
    ['FOR VERSION AS OF 17', /^INVALID_ARGUMENTS: .*Iceberg snapshot ID does not exists: 17/],
    [
      "FOR TIMESTAMP AS OF DATE '2000-01-01'",
      /^INVALID_ARGUMENTS: .*No version history table db.events at or before 2000-01-01T00:00:00Z/,
    ],
    ["FOR TIMESTAMP AS OF 'yesterday'", /^TYPE_MISMATCH: .*Temporal pointers must be of type/],
    ['FOR VERSION AS OF CAST(NULL AS bigint)', /^INVALID_ARGUMENTS: .*Pointer value cannot be NULL/],
  ]
  for (const [version, reason] of refused) assert.match(await a.failure(`SELECT * FROM events ${version}`), reason)
})

test('tables about the table', async () => {
  assert.deepEqual(await a.rows('SELECT name, type FROM "events$refs" ORDER BY name'), [
    ['before', 'TAG'],
    ['main', 'BRANCH'],
  ])
  assert.deepEqual(await a.rows('SELECT count(*), count_if(is_current_ancestor) FROM "events$history"'), [['4', '4']])
  assert.deepEqual(
    await a.rows('SELECT count(*), sum(record_count), max(content), min(file_format) FROM "events$files"'),
    [['13', '15', '0', 'PARQUET']],
  )
  assert.deepEqual(
    await a.rows(
      'SELECT lower_bounds[1], upper_bounds[6], null_value_counts[2] FROM "events$files" WHERE upper_bounds[1] = \'13\'',
    ),
    [['13', '2024-01-14', '0']],
  )
  assert.deepEqual(
    await a.rows(
      'SELECT sum(added_rows_count + existing_rows_count), max(cardinality(partition_summaries)) FROM "events$manifests"',
    ),
    [['15', '3']],
  )
  assert.deepEqual(
    await a.rows(
      'SELECT partition.note_trunc, record_count, data.id.min, data.id.max FROM "events$partitions" WHERE partition.id_bucket IS NOT NULL ORDER BY 3',
    ),
    expectedRows('events')
      .slice(-4)
      .map(({ id }) => ['n1', '1', String(id), String(id)]),
  )
  assert.deepEqual(await a.rows('SELECT count(*) FROM "events$properties"'), [['0']])
  const location = readFileSync('tests/golden/iceberg/events.location', 'utf8').trim()
  const newest = `SELECT file, latest_snapshot_id = max_by(snapshot_id, committed_at), latest_sequence_number
    FROM "events$metadata_log_entries" CROSS JOIN "events$snapshots" WHERE file = '${location}' GROUP BY 1, 3, latest_snapshot_id`
  assert.deepEqual(await a.rows(newest), [[location, 'true', '4']])
  assert.match(await a.failure('SELECT * FROM "events$nothing"'), /^TABLE_NOT_FOUND: /)
})

test('the hidden columns of a file', async () => {
  const [[path, partition, modified]] = (await a.rows(
    'SELECT "$path", "$partition", "$file_modified_time" IS NOT NULL FROM events WHERE id = 0',
  )) as [[string, string, string]]
  assert.match(path, /^s3:\/\/data\/events\/data\/.*\.parquet$/)
  assert.deepEqual([partition, modified], ['at_month=2024-01/Region=eu', 'true'])
})

test('what is wrong with the files of a table is told with their names', async () => {
  const location = readFileSync('tests/golden/iceberg/events.location', 'utf8').trim()
  const text = readFileSync(`tests/golden/iceberg/${location.slice('s3://data/'.length)}`, 'utf8')
  let made = 0
  const broken = async (metadata: string, reason: RegExp) => {
    const name = `broken_${made++}`
    await a.put(`broken/${name}.metadata.json`, metadata)
    await registerIceberg(a, name, `s3://data/broken/${name}.metadata.json`)
    assert.match(await a.failure(`SELECT * FROM ${name}`), reason)
  }
  await broken(
    '{',
    /^ICEBERG_INVALID_METADATA: .*db\.broken_0.*s3:\/\/data\/broken\/broken_0\.metadata\.json: it is no JSON/,
  )
  await broken(text.replace('"format-version":2', '"format-version":5'), /^NOT_SUPPORTED: .*format version 5/)
  await broken(text.replaceAll('snap-', 'lost-'), /^ICEBERG_BAD_DATA: .*db\.broken_2.*lost-.*: no such object/)
  const list = readdirSync('tests/golden/iceberg/events/metadata').find((name) => name.startsWith('snap-'))!
  await a.put(`broken/${list}`, 'not Avro')
  await broken(
    text.replaceAll(/s3:\/\/data\/events\/metadata\/snap-[^"]*/g, `s3://data/broken/${list}`),
    /^ICEBERG_BAD_DATA: .*snap-.*Not a data file/,
  )
  await registerIceberg(a, 'nowhere', 's3://data/broken/nowhere.metadata.json')
  assert.match(
    await a.failure('SELECT * FROM nowhere'),
    /^ICEBERG_MISSING_METADATA: Metadata not found in metadata location for table db\.nowhere/,
  )
  assert.deepEqual(a.lake.log, [])
})

for (const [name, format, plan] of [
  ['mor', 'files of positions', /Deletes: 2 position delete files, of 2 files/],
  ['vectors', 'deletion vectors', /Deletes: 2 deletion vectors, of 2 files/],
] as const)
  test(`rows that Spark has deleted, updated and merged by ${format}`, async () => {
    await putIceberg(a, name)
    const rows = expectedRows(name).map(({ id, name: text, part }) => [String(id), text, String(part)])
    const sql = `SELECT * FROM ${name} ORDER BY id`
    assert.deepEqual(await a.rows(sql), rows)
    // Asked again, of an engine that knows the table, and billed the same.
    const bytes = await scanned(sql)
    assert.equal(await scanned(sql), bytes)
    assert.deepEqual(await a.rows(sql), rows)
    assert.deepEqual(
      await a.rows(`SELECT part, count(*), sum(id) FROM ${name} WHERE part < 5 GROUP BY part ORDER BY part`),
      [0, 1].map((part) => {
        const of = expectedRows(name).filter((row) => row.part === part)
        return [String(part), String(of.length), String(of.reduce((sum, { id }) => sum + (id as number), 0))]
      }),
    )
    assert.match((await a.lines(`EXPLAIN SELECT * FROM ${name} WHERE part = 1`)).join('\n'), plan)
    const [[before]] = (await a.rows(`SELECT snapshot_id FROM "${name}$snapshots" ORDER BY committed_at LIMIT 1`)) as [
      [string],
    ]
    assert.deepEqual(await a.rows(`SELECT count(*), sum(id) FROM ${name} FOR VERSION AS OF ${before}`), [['20', '190']])
  })
