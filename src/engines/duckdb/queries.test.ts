/** From SQL to result, over files: what the parser, the analysis and the printer make runs on the workers. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../../core/clock.ts'
import type { EngineOutcome, Sink } from '../../core/queries/engine-plan.ts'
import type { Relation } from '../../core/queries/relation.ts'
import { analyzeQuery } from '../../sql/analysis/analyze.ts'
import { SqlError } from '../../sql/position.ts'
import type { Resolver } from '../../sql/resolver.ts'
import { parseQuery } from '../../sql/trino/parser.ts'
import { BIGINT, BOOLEAN, DATE, DOUBLE, type Type, VARCHAR } from '../../sql/types.ts'
import { bigint, call, column, LIMITS, openPlace, type Place, ROWS } from '../engine.fixture.ts'
import { type DuckdbEngine, openDuckdbEngine } from './engine.ts'

let place: Place
let engine: DuckdbEngine
const tables = new Map<string, Relation>()
before(async () => {
  place = openPlace()
  const temporaryDirectory = join(place.directory, 'tmp')
  engine = openDuckdbEngine({ workers: 1, memoryBytes: 2 ** 29, temporaryDirectory, clock: systemClock })
  addSales()
  addPeople()
})
after(async () => {
  await engine.close()
  place.remove()
})

function addSales(): void {
  const part = (day: string, text: string) => {
    const file = place.file(`sales/dt=${day}/part.csv.gz`, gzipSync(text))
    return { ...file, partition: [day], partitionName: `dt=${day}` }
  }
  tables.set('sales', {
    id: 'sales',
    format: {
      kind: 'csv-lazy',
      fieldDelimiter: ',',
      nullText: '\\N',
      collectionDelimiter: '|',
      mapKeyDelimiter: ':',
      headerLines: 1,
      footerLines: 0,
    },
    files: [part('2024-01-01', 'who,amount\n1,10.5\n2,20\n'), part('2024-01-02', 'who,amount\n1,1e3\n9,\\N\n')],
    columns: [
      data('person', BIGINT, 0),
      data('amount', DOUBLE, 1),
      { kind: 'partition', name: 'dt', type: DATE, index: 0 },
      { kind: 'hidden', name: '$path', type: VARCHAR },
    ],
  })
}

function addPeople(): void {
  const text = '{"Id": 1, "Name": "Ann", "code": "12"}\n{"Id": 2, "Name": "Bo", "code": "not a number"}\n'
  tables.set('people', {
    id: 'people',
    format: { kind: 'json', serde: 'openx', strict: true, caseSensitive: false, dotsInKeys: false, mapping: {} },
    files: [place.file('people/1.json', text)],
    columns: [data('id', BIGINT, 0), data('name', VARCHAR, 1), data('code', VARCHAR, 2)],
  })
}

function data(name: string, type: Type, ordinal: number) {
  return { kind: 'data', name, type, field: name, ordinal } as const
}

function run(sql: string, sink: Sink = ROWS, changed: readonly Relation[] = []): Promise<EngineOutcome> {
  const relations = new Map([...tables, ...changed.map((relation) => [relation.id, relation] as const)])
  const resolver: Resolver = {
    table(names) {
      const relation = relations.get(names.at(-1)!)
      if (!relation) throw new SqlError('TABLE_NOT_FOUND', `Table '${names.join('.')}' does not exist`)
      const columns = relation.columns.map(({ name, type, kind }) => ({ name, type, hidden: kind === 'hidden' }))
      return { kind: 'table', relation: relation.id, columns }
    },
  }
  const session = {
    now: new Date('2024-05-06T07:08:09Z'),
    timeZone: 'UTC',
    user: 'u',
    catalog: 'awsdatacatalog',
    database: 'db',
  }
  const query = analyzeQuery(parseQuery(sql), resolver, session)
  return engine.run({ query, relations: [...relations.values()], sink, limits: LIMITS }, new AbortController().signal)
}

const rows = async (sql: string) => (await run(sql)).values

test('joins, groups and orders over files of several formats', async () => {
  const sql = `SELECT p.name, count(*) AS n, sum(s.amount) AS total, max(s.dt) AS latest
    FROM sales s LEFT JOIN people p ON p.id = s.person GROUP BY p.name ORDER BY total DESC NULLS LAST`
  assert.deepEqual(await rows(sql), [
    ['Ann', '2', '1010.5', '2024-01-02'],
    ['Bo', '1', '20.0', '2024-01-01'],
    [null, '1', null, '2024-01-02'],
  ])
})

test('partitions and hidden columns can be asked for', async () => {
  assert.deepEqual(await rows(`SELECT person, "$path" FROM sales WHERE dt = DATE '2024-01-02' ORDER BY person`), [
    ['1', 's3://lake/sales/dt=2024-01-02/part.csv.gz'],
    ['9', 's3://lake/sales/dt=2024-01-02/part.csv.gz'],
  ])
  assert.deepEqual(await rows('SELECT count(*), count(amount) FROM sales'), [['4', '3']])
  assert.deepEqual(await rows('SELECT count(*) FROM sales WHERE amount > 15'), [['2']])
})

test('a result file keeps the order of the query', async () => {
  const localPath = place.path()
  const outcome = await run(
    'SELECT person, amount, dt, amount IS NULL AS "is ""null""" FROM sales ORDER BY amount DESC',
    { kind: 'result-csv', localPath },
  )
  assert.equal(outcome.rows, 4)
  const lines = [
    '"person","amount","dt","is ""null"""',
    '"1","1000.0","2024-01-02","false"',
    '"2","20.0","2024-01-01","false"',
    '"1","10.5","2024-01-01","false"',
    '"9",,"2024-01-02","true"',
  ]
  assert.equal(readFileSync(localPath, 'utf8'), `${lines.join('\n')}\n`)
})

test('functions in JavaScript and macros are there when called', async () => {
  assert.deepEqual(
    await rows(
      `SELECT from_base('ff', 16), regexp_extract('abc123', '(?<=c)[0-9]+'), CAST(name AS varchar) FROM people WHERE id = 1`,
    ),
    [['255', '123', 'Ann']],
  )
})

test('errors while it runs are Trino’s', async () => {
  await assert.rejects(rows('SELECT person / (person - 1) FROM sales'), {
    code: 'DIVISION_BY_ZERO',
    message: 'Division by zero',
  })
  await assert.rejects(rows('SELECT CAST(code AS bigint) FROM people'), {
    code: 'INVALID_CAST_ARGUMENT',
    message: "Cannot cast 'not a number' to BIGINT",
  })
  await assert.rejects(rows('SELECT (SELECT name FROM people)'), { code: 'SUBQUERY_MULTIPLE_ROWS' })
})

test('an expression never sees the rows that a filter hides', async () => {
  const people = { ...tables.get('people')!, rowFilter: call('$lt', BOOLEAN, column(0, BIGINT), bigint(2)) }
  for (const where of [
    'CAST(code AS bigint) > 0',
    "CAST(code AS bigint) IN (12, 13) OR name = 'x'",
    'CAST(code AS bigint) IN (SELECT 12)',
  ]) {
    const { values } = await run(`SELECT name FROM people WHERE ${where}`, ROWS, [people])
    assert.deepEqual(values, [['Ann']], where)
  }
})

test('empty tables have types', async () => {
  const empty = { ...tables.get('sales')!, files: [] }
  assert.deepEqual((await run('SELECT count(*), max(dt) FROM sales', ROWS, [empty])).values, [['0', null]])
  assert.deepEqual((await run('SELECT * FROM sales', ROWS, [empty])).values, [])
})

test('a type too deep for the engine is told in words of SQL', async () => {
  await assert.rejects(rows(`SELECT CAST(NULL AS ${'row(a '.repeat(300)}int${')'.repeat(300)})`), {
    code: 'STACK_OVERFLOW',
    message: 'statement is too large (stack overflow during analysis)',
  })
})
