/** Trino's meaning, from text to value: parser, analysis, printer, gate and DuckDB together. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DuckDBConnection } from '@duckdb/node-api'
import { aggregateCases } from './cases/aggregates.ts'
import { arithmeticCases } from './cases/arithmetic.ts'
import type { Case, FailureCase, QueryCase } from './cases/case.ts'
import { castCases } from './cases/casts.ts'
import { collectionCases } from './cases/collections.ts'
import { conditionCases } from './cases/conditions.ts'
import { dateCases } from './cases/dates.ts'
import { fineMomentTextCases, fineMomentTextFailures } from './cases/fine-moment-texts.ts'
import { fineMomentCases, fineMomentFailures } from './cases/fine-moments.ts'
import { geospatialCases, geospatialQueries } from './cases/geospatial.ts'
import { jsonCases } from './cases/json.ts'
import { queryCases } from './cases/queries.ts'
import { checksumCases, rareCases } from './cases/rare.ts'
import { rowPatternFailures } from './cases/row-pattern-failures.ts'
import { rowPatternCases } from './cases/row-patterns.ts'
import { scopeFailures } from './cases/scope-failures.ts'
import { scopeCases } from './cases/scopes.ts'
import { sketchCases } from './cases/sketches.ts'
import { sqlJsonCases } from './cases/sql-json.ts'
import { stringCases } from './cases/strings.ts'
import { readingCases, readingFailures } from './cases/trino-readings.ts'
import { wideDecimalCases, wideDecimalFailures } from './cases/wide-decimals.ts'
import { windowFailures } from './cases/window-failures.ts'
import { windowPatternFunctionCases } from './cases/window-pattern-functions.ts'
import { windowPatternCases } from './cases/window-patterns.ts'
import { ask, openEngine } from './engine.ts'

let connection: DuckDBConnection
before(async () => {
  connection = await openEngine()
})
after(() => connection.closeSync())

const EXPRESSIONS: Readonly<Record<string, readonly Case[]>> = {
  arithmetic: arithmeticCases,
  strings: stringCases,
  casts: castCases,
  dates: dateCases,
  collections: collectionCases,
  json: jsonCases,
  'SQL/JSON': sqlJsonCases,
  conditions: conditionCases,
  'rarer functions': rareCases,
  geospatial: geospatialCases,
}
const QUERIES: Readonly<Record<string, readonly QueryCase[]>> = {
  aggregates: aggregateCases,
  sketches: sketchCases,
  checksums: checksumCases,
  queries: queryCases,
  'geospatial queries': geospatialQueries,
  'row patterns': rowPatternCases,
  'row patterns in windows': windowPatternCases,
  'functions over row patterns in windows': windowPatternFunctionCases,
  scopes: scopeCases,
  'texts, units, zones and bytes': readingCases,
  'decimals of many digits': wideDecimalCases,
  'moments finer than microseconds': [...fineMomentCases, ...fineMomentTextCases],
}
const FAILURES: Readonly<Record<string, readonly FailureCase[]>> = {
  'row patterns': rowPatternFailures,
  windows: windowFailures,
  scopes: scopeFailures,
  'texts, units, zones and bytes': readingFailures,
  'decimals of many digits': wideDecimalFailures,
  'moments finer than microseconds': [...fineMomentFailures, ...fineMomentTextFailures],
}

for (const [topic, cases] of Object.entries(EXPRESSIONS))
  describe(topic, () => {
    for (const entry of cases)
      test(entry[0], async () => {
        const answer = await ask(connection, `SELECT ${entry[0]}`)
        if (entry.length === 3) {
          assert.deepEqual(answer, { types: [entry[1]], rows: [[entry[2]]] })
          return
        }
        const { code, text } = entry[1]
        assert.ok('code' in answer, `answered ${JSON.stringify(answer)} instead of ${code}`)
        assert.equal(answer.code, code, answer.text)
        if (text !== undefined) assert.equal(answer.text, text)
      })
  })

for (const [topic, cases] of Object.entries(QUERIES))
  describe(topic, () => {
    for (const [sql, types, rows] of cases)
      test(sql, async () => {
        assert.deepEqual(await ask(connection, sql), { types, rows })
      })
  })

for (const [topic, cases] of Object.entries(FAILURES))
  describe(`errors of ${topic}`, () => {
    for (const [sql, expected] of cases)
      test(sql, async () => {
        const answer = await ask(connection, sql)
        assert.ok('code' in answer, `answered ${JSON.stringify(answer)} instead of ${expected}`)
        assert.equal(`${answer.code}: ${answer.message}`, expected)
      })
  })
