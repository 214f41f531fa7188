/** Iceberg tables out of other projects' tests, each against what its own tests or another reader say: see tests/golden/iceberg_foreign.py. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'
import { putRelocated } from './relocated-tables.ts'

const FOLDER = 'tests/golden/iceberg/duckdb-iceberg'

interface Described {
  readonly from: readonly string[]
  readonly metadata: string
  readonly columns?: string
  readonly rows: readonly (readonly (string | null)[])[]
}

const TABLES: Readonly<Record<string, Described>> = JSON.parse(readFileSync(`${FOLDER}/tables.json`, 'utf8'))

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** SQL does not tell such names apart, and has no such type. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  case_sensitive_names: /^NOT_SUPPORTED: Columns whose names differ only by case are not supported: user_id, uSeR_Id/,
  timestamptz_ns: /^NOT_SUPPORTED: Unsupported Iceberg type: timestamptz_ns of column val/,
}

/** A table of version 3 has to have this member, and `timestamptz_ns` does not. */
const repaired = (path: string, bytes: Buffer): Buffer =>
  path.endsWith('v1.metadata.json')
    ? Buffer.from(bytes.toString().replace(/"format-version"\s*:\s*3,/, '$& "next-row-id": 0,'))
    : bytes

const inOrder = (rows: readonly unknown[]): unknown[] =>
  rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))

for (const [name, { from, metadata, columns = '*', rows }] of Object.entries(TABLES))
  test(name, async () => {
    await putRelocated(a, { name, folder: `${FOLDER}/${name}`, from, metadata, change: repaired })
    const refused = REFUSED[name]
    if (refused) {
      assert.match(await a.failure(`SELECT ${columns} FROM ${name}`), refused)
      return
    }
    assert.deepEqual(inOrder(await a.rows(`SELECT ${columns} FROM ${name}`)), inOrder(rows))
    assert.deepEqual(await a.rows(`SELECT count(*) FROM ${name}`), [[String(rows.length)]])
  })
