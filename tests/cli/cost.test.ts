import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateCapacityReservationCommand,
  CreateWorkGroupCommand,
  PutCapacityAssignmentConfigurationCommand,
} from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from '../acceptance/athena/lake.ts'
import { run } from './process.ts'

let lake: AthenaLake
let environment: Record<string, string>
const LINE = `${'x'.repeat(99)}\n`

before(async () => {
  lake = await athenaLake()
  environment = { LENTIC_ENDPOINT: lake.lake.endpoint }
  for (const [name, lines] of [
    ['small', 10],
    ['large', 250_000],
  ] as const) {
    await lake.put(`${name}/lines.csv`, LINE.repeat(lines))
    await lake.succeed(`CREATE EXTERNAL TABLE ${name} (line string) LOCATION 's3://data/${name}/'`)
  }
  for (const Name of ['reports', 'reserved'])
    await lake.athena.send(
      new CreateWorkGroupCommand({ Name, Configuration: { EnforceWorkGroupConfiguration: false } }),
    )
  await lake.athena.send(new CreateCapacityReservationCommand({ Name: 'nightly', TargetDpus: 24 }))
  await lake.athena.send(
    new PutCapacityAssignmentConfigurationCommand({
      CapacityReservationName: 'nightly',
      CapacityAssignments: [{ WorkGroupNames: ['reserved'] }],
    }),
  )
  await lake.succeed('SELECT count(*) FROM small')
  await lake.succeed('SELECT count(*) FROM large', { WorkGroup: 'reports' })
  await lake.succeed('SELECT (SELECT count(*) FROM large), count(*) FROM small', { WorkGroup: 'reports' })
  await lake.succeed('SELECT max(line) FROM large', { WorkGroup: 'reserved' })
  await lake.run('SELECT CAST(line AS integer) FROM large', { WorkGroup: 'reports' })
})
after(() => lake.close())

type Row = Readonly<Record<string, string | number | null>>

const rows = async (...args: string[]): Promise<Row[]> => {
  const answer = await run(['cost', '--format', 'json', ...args], environment)
  assert.equal(answer.code, 0, answer.err)
  return JSON.parse(answer.out) as Row[]
}
const costs = (found: readonly Row[], key: string) =>
  Object.fromEntries(found.map((row) => [row[key], Number(Number(row.cost_usd).toFixed(6))]))

/** 25 MB twice in `reports`; what failed is free, and so is what runs on reserved capacity, which is paid by the hour. */
test('by work group, with the minimum of each query and the capacity that is held', async () => {
  assert.deepEqual(costs(await rows(), 'workgroup'), {
    reports: 0.000255,
    primary: 0.00005,
    reserved: 0,
    'capacity nightly: 24 DPUs for 0.00 h': 7.2,
  })
})

test('by table, a query of two shared out by what it read of each; by principal and day', async () => {
  const byTable = costs(await rows('--by', 'table'), 'table')
  assert.deepEqual(byTable['db.large'], 0.000255)
  assert.deepEqual(byTable['db.small'], 0.00005)
  const [row] = await rows('--by', 'principal,day')
  assert.match(String(row!.principal), /^arn:aws:iam::000000000000:/)
  assert.equal(row!.day, new Date().toISOString().slice(0, 10))
})

test('as text and as CSV', async () => {
  const text = await run(['cost', '--by', 'workgroup'], environment)
  assert.match(text.out, /│ reports +│ +3 │ +\d\d\.\d MB/)
  assert.match(text.out, /\$7\.20 since \d{4}-\d\d-\d\d, by the prices of aws-2026\n$/)
  const csv = await run(['cost', '--by', 'workgroup', '--format', 'csv'], environment)
  assert.match(csv.out, /^workgroup,queries,scanned_bytes,cost_usd\n/)
})

/** docs: athena ug, create-table-as: it "technically contains both DDL and DML". */
test('the query of CREATE TABLE AS is paid for, other DDL is not', async () => {
  const paid = async () => costs(await rows(), 'workgroup').reports!
  const before = await paid()
  const place = "external_location = 's3://data/copied/'"
  await lake.succeed(`CREATE TABLE copied WITH (${place}) AS SELECT line FROM large`, { WorkGroup: 'reports' })
  await lake.succeed('DROP TABLE copied', { WorkGroup: 'reports' })
  assert.equal((await paid()).toFixed(6), (before + 0.000125).toFixed(6))
})

/** The guide's table: two ra3.xlplus cost $1.30 an hour, so $31.20 a day, as much as 6.24 TB of Athena. */
test('Athena against the others', async () => {
  const compared = await run(['cost', 'compare', '--terabytes-a-day', '8'])
  assert.equal(compared.code, 0, compared.err)
  assert.match(compared.out, /Athena +│ by the terabyte scanned +│ \$40\.00/)
  assert.match(compared.out, /Redshift +│ 2 × ra3\.xlplus, \$1\.30 an hour, always on +│ \$31\.20 +│ 6\.2 TB a day/)
  assert.match(compared.out, /EMR +│ .* │ \$1\.60 to \$4\.00 +│ always/)
  const unpriced = await run(['cost', 'compare', '--prices', 'aws-2026'])
  assert.match(unpriced.out, /say nothing of Redshift, .*: --prices seed does/)
})

test('the same for programs, in numbers', async () => {
  const compared = await run(['cost', 'compare', '--terabytes-a-day', '8', '--format', 'json'])
  const figures = (JSON.parse(compared.out) as Row[]).map((row) => Object.values(row).filter((_, i) => i !== 1))
  assert.deepEqual(figures, [
    ['Athena', 40, 40, null],
    ['Redshift', 31.2, 31.2, 6.24],
    ['Redshift Spectrum', 71.2, 71.2, null],
    ['Redshift Serverless', 69.12, 69.12, 13.824],
    ['EMR', 1.6, 4, 0],
    ['Glue ETL', 15.84, 32.032, 0],
  ])
  const unpriced = await run(['cost', 'compare', '--prices', 'aws-2026', '--format', 'csv'])
  assert.equal(
    unpriced.out,
    `engine,model,least_usd_per_day,most_usd_per_day,cheaper_from_terabytes
Athena,by the terabyte scanned,5,5,
Redshift Serverless,"4 RPUs, $1.50 an hour, always busy",36,36,7.2
Redshift,,,,
Redshift Spectrum,,,,
EMR,,,,
Glue ETL,,,,
`,
  )
})

test('what is wrong with a call is said', async () => {
  for (const [args, code, message] of [
    [['--by', 'colour'], 1, /workgroup, principal, table, day/],
    [['--days', 'all'], 2, /number of days/],
    [['--days', '0'], 2, /more than 0/],
    [['--days', '1e300'], 2, /number of days, 0 to 36500/],
    [['--terabytes-a-day', '3'], 2, /no option of lentic cost\n/],
    [['compare', '--by', 'day'], 2, /no option of lentic cost compare/],
    [['compare', '--terabytes-a-day', '-3'], 2, /a number of terabytes, 0 to 1000000000: '-3' is none/],
    [['compare', '--terabytes-a-day', 'Infinity'], 2, /'Infinity' is none/],
    [['compare', '--terabytes-a-day', '0x10'], 2, /'0x10' is none/],
    [['compare', '--terabytes-a-day='], 2, /'' is none/],
    [['compare', '--prices', 'nope'], 1, /no price book 'nope': aws-2026, seed/],
    [['--format', 'xml'], 2, /usage: lentic cost/],
    [['something'], 2, /usage: lentic cost/],
  ] as const) {
    const answer = await run(['cost', ...args], environment)
    assert.equal(answer.code, code, args.join(' '))
    assert.match(answer.err, message)
  }
})
