/** Delta tables that Spark has written (tests/golden/delta/kernel.py): the rows are those that delta-rs reads. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createDelta, putFolder } from './delta-lake.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

/** What each has that the others lack. */
const TABLES: Readonly<Record<string, string>> = {
  'table-with-dv-small': 'a deletion vector in a file',
  'with-short-dv': 'a deletion vector of few rows, and two files',
  'cdf-column-mapping-id-mode': 'columns found by id',
  'cdf-column-mapping-name-mode': 'columns found by physical names',
  'v2-checkpoints-json-without-sidecars': 'a checkpoint of version 2, in JSON',
}

/** As delta-rs prints it: three decimals of a second are all that Athena has. */
const moment = (text: string) => text.replace(/000\+00:00$/, ' UTC')

for (const [table, what] of Object.entries(TABLES))
  test(`${what}: ${table}`, async () => {
    const name = table.replaceAll('-', '_')
    await putFolder(a, `tests/golden/delta/kernel/${table}`, name)
    await createDelta(a, name)
    const lines = readFileSync(`tests/golden/delta/kernel/${table}.expected.ndjson`, 'utf8').trim().split('\n')
    const expected = lines.map((line) => Object.values(JSON.parse(line) as Record<string, string | null>))
    const rows = await a.rows(`SELECT * FROM ${name}`)
    const sorted = (all: readonly (readonly (string | null)[])[]) => all.map((row) => JSON.stringify(row)).toSorted()
    assert.deepEqual(sorted(rows), sorted(expected.map((row) => row.map((value) => value && moment(value)))))
    assert.deepEqual(await a.rows(`SELECT count(*) FROM ${name}`), [[String(expected.length)]])
  })
