/**
 * Which actions each kind of statement needs. Each entry is tried with all of them and with all but one, so that it says no
 * more than is asked and no less. Glue's are those of AWS's table:
 * https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { parseStatement } from '../../../src/sql/statement.ts'
import { type AthenaLake, athenaLake } from './lake.ts'
import { ACCOUNT, allow, type PolicyCaller, policyCaller } from './policy-callers.ts'

let lake: AthenaLake
let ann: PolicyCaller

before(async () => {
  lake = await athenaLake()
  ann = await policyCaller(lake.lake, 'ann')
  for (const key of ['plain/a.csv', 'days/day=1/a.csv', 'days/day=2/a.csv']) await lake.put(key, '1,x\n2,y\n')
  const csv = `ROW FORMAT DELIMITED FIELDS TERMINATED BY ','`
  await lake.succeed(`CREATE EXTERNAL TABLE plain (id int, name string) ${csv} LOCATION 's3://data/plain/'`)
  await lake.succeed(
    `CREATE EXTERNAL TABLE days (id int, name string) PARTITIONED BY (day string) ${csv} LOCATION 's3://data/days/'`,
  )
  await lake.succeed(`ALTER TABLE days ADD PARTITION (day = '1')`)
  await lake.succeed(`CREATE VIEW seen AS SELECT id FROM plain`)
  await lake.succeed(
    `CREATE TABLE ice (id int, name string) LOCATION 's3://data/ice/' TBLPROPERTIES ('table_type' = 'ICEBERG')`,
  )
  await lake.succeed(`INSERT INTO ice VALUES (1, 'x'), (2, 'y')`)
  await lake.succeed(`CREATE DATABASE old`)
})

after(async () => {
  ann.close()
  await lake.close()
})

/** What every query needs to leave its result. */
const RESULT = ['s3:GetBucketLocation', 's3:PutObject']
const READ = ['s3:ListBucket', 's3:GetObject']

/** In this order: later ones find what earlier ones have made. */
const STATEMENTS: readonly (readonly [sql: string, actions: readonly string[]])[] = [
  ['SELECT 1', []],
  ['SELECT * FROM plain', ['glue:GetTable', ...READ]],
  ['SELECT * FROM days', ['glue:GetTable', 'glue:GetPartitions', ...READ]],
  ['SELECT * FROM seen', ['glue:GetTable', ...READ]],
  ['SELECT * FROM ice', ['glue:GetTable', 's3:GetObject']],
  ['EXPLAIN SELECT * FROM plain', ['glue:GetTable', ...READ]],
  [`SELECT * FROM "days$partitions"`, ['glue:GetTable', 'glue:GetPartitions']],
  ['SHOW DATABASES', ['glue:GetDatabases']],
  ['SHOW TABLES', ['glue:GetTables', 'glue:GetDatabase']],
  ['SHOW COLUMNS IN plain', ['glue:GetTable']],
  ['SHOW PARTITIONS days', ['glue:GetTable', 'glue:GetPartitions']],
  ['SHOW CREATE TABLE plain', ['glue:GetTable']],
  ['SHOW TBLPROPERTIES plain', ['glue:GetTable']],
  ['DESCRIBE plain', ['glue:GetTable']],
  ['SHOW CREATE VIEW seen', ['glue:GetTable']],
  ['CREATE DATABASE fresh', ['glue:GetDatabase', 'glue:CreateDatabase']],
  [`ALTER DATABASE fresh SET DBPROPERTIES ('a' = 'b')`, ['glue:GetDatabase', 'glue:UpdateDatabase']],
  [
    `CREATE EXTERNAL TABLE made (id int) LOCATION 's3://data/made/'`,
    ['glue:GetDatabase', 'glue:GetTable', 'glue:CreateTable'],
  ],
  [`ALTER TABLE made ADD COLUMNS (extra int)`, ['glue:GetTable', 'glue:UpdateTable']],
  [`ALTER TABLE made SET TBLPROPERTIES ('a' = 'b')`, ['glue:GetTable', 'glue:UpdateTable']],
  ['INSERT INTO made SELECT id, id FROM plain', ['glue:GetTable', ...READ]],
  ['DROP TABLE made', ['glue:GetTable', 'glue:DeleteTable']],
  [
    `CREATE TABLE copy WITH (external_location = 's3://data/copy#/') AS SELECT * FROM plain`,
    ['glue:GetDatabase', 'glue:GetTable', 'glue:CreateTable', ...READ],
  ],
  ['CREATE VIEW shown AS SELECT id FROM plain', ['glue:GetTable', 'glue:CreateTable']],
  ['CREATE OR REPLACE VIEW shown AS SELECT name FROM plain', ['glue:GetTable', 'glue:UpdateTable']],
  ['DROP VIEW shown', ['glue:GetTable', 'glue:DeleteTable']],
  [`UNLOAD (SELECT * FROM plain) TO 's3://data/out/' WITH (format = 'PARQUET')`, ['glue:GetTable', ...READ]],
  [`MSCK REPAIR TABLE days`, ['glue:GetTable', 'glue:GetPartition', 'glue:BatchCreatePartition', 's3:ListBucket']],
  [
    `ALTER TABLE days ADD PARTITION (day = '3') LOCATION 's3://data/days/day=3/'`,
    ['glue:GetTable', 'glue:GetPartition', 'glue:BatchCreatePartition'],
  ],
  [`ALTER TABLE days DROP PARTITION (day = '3')`, ['glue:GetTable', 'glue:GetPartitions', 'glue:DeletePartition']],
  [`INSERT INTO ice VALUES (3, 'z')`, ['glue:GetTable', 'glue:UpdateTable', 's3:GetObject']],
  ['DELETE FROM ice WHERE id = 3', ['glue:GetTable', 'glue:UpdateTable', 's3:GetObject']],
  [`UPDATE ice SET name = 'q' WHERE id = 1`, ['glue:GetTable', 'glue:UpdateTable', 's3:GetObject']],
  [
    'MERGE INTO ice USING plain ON ice.id = plain.id WHEN MATCHED THEN DELETE',
    ['glue:GetTable', 'glue:UpdateTable', ...READ],
  ],
  ['OPTIMIZE ice REWRITE DATA USING BIN_PACK', ['glue:GetTable', 'glue:UpdateTable', 's3:GetObject']],
  ['PREPARE one FROM SELECT * FROM plain', []],
  ['EXECUTE one', ['glue:GetTable', ...READ]],
  ['DEALLOCATE PREPARE one', []],
  [`SHOW FUNCTIONS LIKE 'abs'`, []],
  ['SHOW VIEWS', ['glue:GetTables', 'glue:GetDatabase']],
  ['DESCRIBE seen', ['glue:GetTable']],
  ['VACUUM ice', ['glue:GetTable', 's3:GetObject', 's3:ListBucket']],
  ['DROP TABLE ice', ['glue:GetTable', 'glue:DeleteTable', 's3:GetObject', 's3:ListBucket', 's3:DeleteObject']],
  ['DROP TABLE days', ['glue:GetTable', 'glue:DeleteTable', 'glue:GetPartitions', 'glue:DeletePartition']],
  ['DROP DATABASE old', ['glue:GetDatabase', 'glue:DeleteDatabase', 'glue:GetTables', 'glue:DeleteTable']],
]

for (const [sql, needed] of STATEMENTS)
  test(sql, async () => {
    const actions = [...new Set([...RESULT, ...needed])]
    for (const missing of actions) {
      await ann.may(allow(['athena:*', ...actions.filter((one) => one !== missing)]))
      const refusal = await ann.refusal(sql.replace('#', missing))
      assert.notEqual(refusal, '', `${sql} does without ${missing}`)
      const told = missing.startsWith('s3:')
        ? /S3|s3:|output bucket/
        : new RegExp(`not authorized to perform: ${missing} `)
      assert.match(refusal, told)
    }
    await ann.may(allow(['athena:*', ...actions]))
    assert.equal(await ann.refusal(sql.replace('#', 'all')), '')
  })

/** Those of Lake Formation's, which are its own to allow, and one that no text is: DESCRIBE tells views by itself. */
const UNTRIED = ['grant', 'revoke', 'describe-view']

test('each kind of statement is among them', () => {
  const source = readFileSync('src/core/queries/statements/execute.ts', 'utf8')
  const kinds = new Set(Array.from(source.matchAll(/^ {4}case '([a-z-]+)':/gm), ([, kind]) => kind!))
  const tried = new Set<string>([...STATEMENTS.map(([sql]) => parseStatement(sql).kind), ...UNTRIED])
  assert.deepEqual(
    [...kinds].filter((kind) => !tried.has(kind)),
    [],
  )
})

test('of a kind that asks for nothing of the catalog the words are those of S3', async () => {
  await ann.may(allow(['athena:*', 's3:GetBucketLocation', 'glue:GetTable', 's3:PutObject', 's3:ListBucket']))
  const { Status } = await ann.run('SELECT * FROM plain')
  assert.deepEqual(
    [Status!.StateChangeReason, Status!.AthenaError!.ErrorCategory, Status!.AthenaError!.ErrorType],
    ['Permission denied on S3 path: s3://data/plain/a.csv', 2, 1501],
  )
  await ann.may(allow(['athena:*', 's3:GetBucketLocation']))
  const written = await ann.run('SELECT 1')
  assert.match(
    written.Status!.StateChangeReason!,
    /^Access denied when writing output to url: s3:\/\/results\/out\/.+\.csv \. Please ensure/,
  )
  await ann.may(allow(['athena:*']))
  await assert.rejects(ann.run('SELECT 1'), {
    name: 'InvalidRequestException',
    message: 'Unable to verify/create output bucket results',
  })
})

test('a refusal of Glue is told as Athena tells it', async () => {
  await ann.may(allow(['athena:*', 's3:*']))
  const { Status } = await ann.run('SELECT * FROM plain')
  const catalog = `arn:aws:glue:us-east-1:${ACCOUNT}:catalog`
  const text = `User: ${ann.arn} is not authorized to perform: glue:GetTable on resource: ${catalog} because no identity-based policy allows the glue:GetTable action (Service: AmazonDataCatalog; Status Code: 400; Error Code: AccessDeniedException; Request ID: `
  assert.ok(Status!.StateChangeReason!.startsWith(text), Status!.StateChangeReason)
  const hive = await ann.run('SHOW DATABASES')
  assert.match(
    hive.Status!.StateChangeReason!,
    /^FAILED: Execution Error, return code 1 from org\.apache\.hadoop\.hive\.ql\.exec\.DDLTask\. MetaException\(message:User: .+ is not authorized to perform: glue:GetDatabases on resource: /,
  )
})
