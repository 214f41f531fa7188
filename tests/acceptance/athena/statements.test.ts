/** Utility statements and DDL: texts as recorded of engine version 3, or as the Athena guide shows them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GetTableCommand } from '@aws-sdk/client-glue'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.succeed(`CREATE EXTERNAL TABLE typed (
    c19_aaaaaaaaaaaaaaa bigint COMMENT 'abc', c20_aaaaaaaaaaaaaaaa string, c21_aaaaaaaaaaaaaaaaa struct<aa:int,bb:int>,
    d decimal(10,2), m map<string,int>, f float, b binary, v varchar(10), c char(36), a array<string>)
    PARTITIONED BY (p string COMMENT 'pc', q int) LOCATION 's3://data/typed/'`)
})
after(() => a.close())

const kind = ({ StatementType, SubstatementType }: { StatementType?: string; SubstatementType?: string }) =>
  `${StatementType} ${SubstatementType}`
const pad = (text: string) => text.padEnd(20)
const table = async (Name: string) => (await a.glue.send(new GetTableCommand({ DatabaseName: 'db', Name }))).Table!
const failed = async (sql: string) => {
  const { Status, ...execution } = await a.run(sql)
  assert.equal(Status!.State, 'FAILED', sql)
  const { ErrorCategory, ErrorType, ErrorMessage } = Status!.AthenaError!
  return {
    kind: kind(execution),
    reason: Status!.StateChangeReason,
    error: [ErrorCategory, ErrorType],
    said: ErrorMessage,
  }
}
const HIVE_TASK = 'FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask.'

test('DESCRIBE pads its three fields to twenty and lists partitions twice', async () => {
  const lines = await a.lines('DESCRIBE typed')
  assert.deepEqual(lines.slice(0, 4), [
    `${pad('c19_aaaaaaaaaaaaaaa')}\t${pad('bigint')}\t${pad('abc')}`,
    `c20_aaaaaaaaaaaaaaaa\t${pad('string')}\t${pad('')}`,
    `c21_aaaaaaaaaaaaaaaaa\tstruct<aa:int,bb:int>\t${pad('')}`,
    `${pad('d')}\t${pad('decimal(10,2)')}\t${pad('')}`,
  ])
  assert.deepEqual(lines.slice(10), [
    `${pad('p')}\t${pad('string')}\t${pad('pc')}`,
    `${pad('q')}\t${pad('int')}\t${pad('')}`,
    '\t \t ',
    '# Partition Information\t \t ',
    '# col_name            \tdata_type           \tcomment             ',
    '\t \t ',
    `${pad('p')}\t${pad('string')}\t${pad('pc')}`,
    `${pad('q')}\t${pad('int')}\t${pad('')}`,
  ])
  assert.deepEqual(await a.lines('DESC db.typed'), lines)
})

test('DESCRIBE of a column, and of what is inside it', async () => {
  assert.deepEqual(await a.lines('DESCRIBE typed d'), [`${pad('d')}\t${pad('decimal(10,2)')}\t${pad('')}`])
  const [field] = await a.lines('DESCRIBE typed c21_aaaaaaaaaaaaaaaaa.bb')
  assert.match(field!, /^bb +\tint +\t/)
  const [value] = await a.lines("DESCRIBE typed m.'$value$'")
  assert.match(value!, /^\$value\$ +\tint +\t/)
  assert.match((await failed('DESCRIBE typed nothing')).reason!, /Invalid column reference nothing/)
})

test('DESCRIBE FORMATTED and EXTENDED tell of the storage', async () => {
  const formatted = (await a.lines('DESCRIBE FORMATTED typed')).map((line) => line.replace(/ +\t/g, '\t').trim())
  assert.ok(formatted.includes('Database:\tdb'))
  assert.ok(formatted.includes('Location:\ts3://data/typed'))
  assert.ok(formatted.includes('SerDe Library:\torg.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'))
  const [extended] = (await a.lines('DESCRIBE EXTENDED typed')).slice(-1)
  assert.match(
    extended!,
    /^Detailed Table Information\tTable\(tableName:typed, dbName:db, .*location:s3:\/\/data\/typed,/,
  )
})

test('a comment ends at a tab, a property at nothing', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE tabs (n int COMMENT 'a\tb', m int) LOCATION 's3://data/tabs/'
    TBLPROPERTIES ('note'='xa\tb\ncy')`)
  const { QueryExecutionId: id } = await a.succeed('DESCRIBE tabs')
  assert.equal(
    (await a.read(`s3://results/${id}.txt`)).body.toString(),
    `${pad('n')}\t${pad('int')}\ta\n${pad('m')}\t${pad('int')}\t${pad('')}`,
  )
  const properties = await a.lines('SHOW TBLPROPERTIES tabs')
  assert.equal(properties[0], 'EXTERNAL\tTRUE')
  assert.ok(properties.join('\n').includes('note\txa\tb\ncy'))
  assert.deepEqual(await a.lines("SHOW TBLPROPERTIES tabs('nosuch')"), ['Table db.tabs does not have property: nosuch'])
})

test('SHOW statements and their columns', async () => {
  const columns = async (sql: string) => {
    const execution = await a.succeed(sql)
    const { ResultSet, UpdateCount } = await a.results(execution.QueryExecutionId!)
    const info = ResultSet!.ResultSetMetadata!.ColumnInfo!.map(
      (c) => `${c.Name} ${c.Type} ${c.Precision} ${c.CaseSensitive}`,
    )
    return [kind(execution), ...info, UpdateCount]
  }
  assert.deepEqual(await columns('SHOW TABLES'), ['UTILITY SHOW_TABLES', 'tab_name string 0 false', 0])
  assert.deepEqual(await columns('SHOW DATABASES'), ['UTILITY SHOW_DATABASES', 'database_name string 0 false', 0])
  assert.deepEqual(await columns('SHOW SCHEMAS'), ['UTILITY SHOW_DATABASES', 'database_name string 0 false', 0])
  assert.deepEqual(await columns('SHOW VIEWS'), ['UTILITY SHOW_VIEWS', 'views varchar 0 false', 0])
  assert.deepEqual(await columns('SHOW COLUMNS IN typed'), ['UTILITY SHOW_COLUMNS', 'field string 0 false', 0])
  assert.deepEqual(await columns('SHOW PARTITIONS typed'), ['UTILITY SHOW_PARTITIONS', 'partition string 0 false', 0])
  assert.deepEqual(await columns('SHOW TBLPROPERTIES typed'), [
    'UTILITY SHOW_TABLE_PROPERTIES',
    'prpt_name string 0 false',
    'prpt_value string 0 false',
    0,
  ])
  assert.deepEqual(await columns('SHOW CREATE TABLE typed'), [
    'UTILITY SHOW_CREATE_TABLE',
    'createtab_stmt string 0 false',
    undefined,
  ])
  assert.deepEqual(await columns('DESCRIBE typed'), [
    'UTILITY DESCRIBE_TABLE',
    'col_name string 0 false',
    'data_type string 0 false',
    'comment string 0 false',
    undefined,
  ])
})

test('patterns are regular expressions; a star in a table pattern is a wildcard', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE star_one (n int) LOCATION 's3://data/s/'`)
  await a.succeed(`CREATE EXTERNAL TABLE star_two (n int) LOCATION 's3://data/s/'`)
  for (const [pattern, names] of [
    ["'star*'", ['star_one', 'star_two']],
    ["LIKE 'star*'", ['star_one', 'star_two']],
    ["'star_.*'", ['star_one', 'star_two']],
    ["'*one|*two'", ['star_one', 'star_two']],
    ["'star_one'", ['star_one']],
    ["'star'", []],
  ] as const)
    assert.deepEqual([pattern, await a.lines(`SHOW TABLES IN db ${pattern}`)], [pattern, names])
  assert.deepEqual(await a.lines("SHOW DATABASES LIKE 'db'"), ['db'])
  assert.deepEqual(await a.lines("SHOW DATABASES LIKE 'DB'"), [])
  assert.deepEqual(await a.lines("SHOW DATABASES LIKE 'd.*'"), ['db', 'default'])
  const { reason, error } = await failed("SHOW DATABASES LIKE '*b'")
  assert.ok(
    reason!.startsWith(
      `${HIVE_TASK} MetaException(message:Unable to get databases: java.util.regex.PatternSyntaxException: Dangling meta character '*' near index 0\n*b\n^`,
    ),
  )
  assert.deepEqual(error, [2, 1006])
})

test('lines end in a newline', async () => {
  const lines = (text: string) =>
    `CREATE EXTERNAL TABLE ended (a string) ROW FORMAT DELIMITED LINES TERMINATED BY '${text}' LOCATION 's3://data/ended/'`
  for (const text of [';', '\\r', '\\n\\n'])
    assert.match(
      await a.failure(lines(text)),
      /^FAILED: SemanticException LINES TERMINATED BY only supports newline '\\n'/,
    )
  await a.succeed(lines('\\n'))
  await a.succeed('DROP TABLE ended')
})

test('SHOW CREATE TABLE makes the table again', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE original (n int COMMENT 'it\\'s', s string) COMMENT 'of a\\\\b'
    PARTITIONED BY (p string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\'
    STORED AS TEXTFILE LOCATION 's3://data/original/' TBLPROPERTIES ('skip.header.line.count'='1')`)
  const text = (await a.lines('SHOW CREATE TABLE original')).join('\n')
  assert.match(text, /^CREATE EXTERNAL TABLE `(db\.)?original`\(\n {2}`n` int COMMENT 'it\\'s', \n {2}`s` string\)\n/)
  const before = await table('original')
  await a.succeed('DROP TABLE original')
  await a.succeed(text)
  const after = await table('original')
  for (const part of ['StorageDescriptor', 'PartitionKeys', 'TableType'] as const)
    assert.deepEqual(after[part], before[part])
  assert.equal(after.Parameters!['skip.header.line.count'], '1')
})

test('SHOW CREATE TABLE lists properties in the order of their hashes', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE hashed (c0 int) STORED AS PARQUET LOCATION 's3://data/hashed/' TBLPROPERTIES
    ('classification'='parquet', 'compressionType'='none', 'typeOfData'='file', 'projection.enabled'='false')`)
  const text = (await a.lines('SHOW CREATE TABLE hashed')).filter((line) => !line.includes('transient_lastDdlTime'))
  // As awswrangler's own suite expects them of the catalog.
  assert.match(
    text.slice(text.indexOf('TBLPROPERTIES (')).join(''),
    /'compressionType'.*'classification'.*'projection.enabled'.*'typeOfData'/,
  )
})

test('runs of blanks in a comment or property become one, a single line break stays', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE folded (n int COMMENT 'a  b') COMMENT '\nfirst\n\nsecond\nthird'
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('note'='{\n  x')
    LOCATION 's3://data/folded/'`)
  const { StorageDescriptor: storage, Parameters } = await table('folded')
  assert.equal(Parameters!.comment, '\nfirst second\nthird')
  assert.equal(storage!.Columns![0]!.Comment, 'a b')
  assert.equal(storage!.SerdeInfo!.Parameters!.note, '{ x')
  // As the catalog shows it for this serde when no format is named (observed).
  assert.equal(storage!.OutputFormat, 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat')
})

test('columns are added, replaced and changed', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE changing (a int, b string) LOCATION 's3://data/changing/'`)
  const columns = async () => (await table('changing')).StorageDescriptor!.Columns!.map((c) => `${c.Name} ${c.Type}`)
  assert.equal(
    kind(await a.succeed('ALTER TABLE changing ADD COLUMNS (c double, d date)')),
    'DDL ALTER_TABLE_ADD_COLUMN',
  )
  assert.deepEqual(await columns(), ['a int', 'b string', 'c double', 'd date'])
  await a.succeed('ALTER TABLE changing CHANGE COLUMN a a2 bigint AFTER b')
  assert.deepEqual(await columns(), ['b string', 'a2 bigint', 'c double', 'd date'])
  await a.succeed('ALTER TABLE changing REPLACE COLUMNS (x int)')
  assert.deepEqual(await columns(), ['x int'])
  assert.equal(kind(await a.succeed("ALTER TABLE changing SET TBLPROPERTIES ('k'='v')")), 'DDL ALTER_TABLE_PROPERTIES')
  assert.equal((await table('changing')).Parameters!.k, 'v')
  assert.equal(
    kind(await a.succeed("ALTER TABLE changing SET LOCATION 's3://data/moved/'")),
    'DDL ALTER_TABLE_SET_LOCATION',
  )
  assert.equal((await table('changing')).StorageDescriptor!.Location, 's3://data/moved/')
  assert.deepEqual(await failed('ALTER TABLE changing RENAME TO other').then(({ error, said }) => [error, said]), [
    [2, 1006],
    'Query type not supported by DDL engine.',
  ])
  assert.deepEqual(await failed('ALTER TABLE changing DROP COLUMN x'), {
    kind: 'DDL ALTER_TABLE_DROP_COLUMN',
    reason:
      "FAILED: ParseException line 1:26 mismatched input 'COLUMN' expecting PARTITION near 'DROP' in drop partition statement",
    error: [2, 1006],
    said: "line 1:27: mismatched input 'COLUMN' expecting 'PARTITION'",
  })
})

test('databases come, change and go', async () => {
  assert.equal(
    kind(await a.succeed("CREATE DATABASE extra COMMENT 'more' LOCATION 's3://data/extra/'")),
    'DDL CREATE_DATABASE',
  )
  await a.succeed('CREATE DATABASE IF NOT EXISTS extra')
  assert.equal((await failed('CREATE DATABASE extra')).reason, `${HIVE_TASK} Database extra already exists`)
  await a.succeed("ALTER DATABASE extra SET DBPROPERTIES ('k'='v')")
  await a.succeed(`CREATE EXTERNAL TABLE extra.inside (n int) LOCATION 's3://data/inside/'`)
  assert.match(
    (await failed('DROP DATABASE extra')).reason!,
    /InvalidOperationException\(message:Database extra is not empty/,
  )
  assert.equal(kind(await a.succeed('DROP DATABASE extra CASCADE')), 'DDL DROP_DATABASE')
  await a.succeed('DROP DATABASE IF EXISTS extra')
  assert.equal(
    (await failed('SHOW TABLES IN extra')).reason,
    'FAILED: SemanticException [Error 10072]: Database does not exist: extra',
  )
})

test('a table is created once, at a place', async () => {
  const sql = `CREATE EXTERNAL TABLE once (n int) LOCATION 's3://data/once/'`
  await a.succeed(sql)
  await a.succeed(sql.replace('TABLE', 'TABLE IF NOT EXISTS'))
  assert.deepEqual(await failed(sql), {
    kind: 'DDL CREATE_TABLE',
    reason: `${HIVE_TASK} AlreadyExistsException(message:Table once already exist)`,
    error: [2, 1006],
    said: 'Table once already exists.',
  })
  const refused = (text: string, message: string) =>
    assert.rejects(a.start(text), { name: 'InvalidRequestException', message })
  await refused('CREATE TABLE x (n int)', 'No location was specified for table. An S3 location must be specified')
  await refused("CREATE TABLE x (n int) LOCATION 's3://data/x/'", 'External keyword required for table type HIVE')
})

test('a table that is not there', async () => {
  await a.succeed('DROP TABLE IF EXISTS nosuch')
  assert.deepEqual(await a.lines('MSCK REPAIR TABLE nosuch'), ['Tables not in metastore:\tnosuch'])
  assert.equal(
    (await failed('DROP TABLE nosuch')).reason,
    'FAILED: SemanticException [Error 10001]: Table not found db.nosuch',
  )
  for (const sql of ['DESCRIBE nosuch', 'SHOW COLUMNS IN nosuch'])
    await assert.rejects(a.start(sql), (error: Error & { AthenaErrorCode?: string }) => {
      assert.match(
        error.message,
        /^Entity Not Found \(Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: [0-9a-f-]{36}; Proxy: null\)$/,
      )
      return error.AthenaErrorCode === 'INVALID_INPUT'
    })
  await assert.rejects(a.start('DESCRIBE nocatalog.db.typed'), {
    message: "Catalog 'nocatalog' does not exist",
    AthenaErrorCode: 'DATACATALOG_NOT_FOUND',
  })
})

test('block comments stop the DDL of Hive tables, and nothing else', async () => {
  assert.deepEqual(await failed('DESCRIBE /* c */ typed'), {
    kind: 'UTILITY DESCRIBE_TABLE',
    reason: "FAILED: ParseException line 1:0 cannot recognize input near 'DESCRIBE' '/' '*' in describe statement",
    error: [1, 1003],
    said: "FAILED: ParseException line 1:0 cannot recognize input near 'DESCRIBE' '/' '*' in describe statement",
  })
  for (const sql of [
    'DESCRIBE -- c\ntyped',
    'SHOW COLUMNS FROM /* c */ typed',
    'SHOW PARTITIONS /* c */ typed',
    '/* c */ SELECT 1',
  ])
    await a.succeed(sql)
  await a.succeed('CREATE VIEW commented AS SELECT 1 AS n')
  await a.succeed('DESCRIBE /* c */ commented')
})

test('the catalog of the context is asked only where rows are', async () => {
  const elsewhere = { QueryExecutionContext: { Catalog: 'NoCatalog', Database: 'db' } }
  const { QueryExecutionContext } = await a.succeed('SHOW TABLES', elsewhere)
  assert.equal(QueryExecutionContext!.Catalog, 'nocatalog')
  await a.succeed('DESCRIBE typed', elsewhere)
  await a.succeed('SELECT 1', elsewhere)
  await a.succeed('SELECT * FROM awsdatacatalog.db.typed', elsewhere)
  assert.equal(
    await a.failure('SELECT * FROM typed', elsewhere),
    "CATALOG_NOT_FOUND: line 1:15: Catalog 'nocatalog' does not exist",
  )
  assert.match(
    await a.failure('CREATE TABLE c AS SELECT 1 AS n', elsewhere),
    /^NOT_FOUND: Session property catalog does not exist: nocatalog\. You may need to manually clean the data at location 's3:\/\/results\/tables\/[0-9a-f-]{36}' before retrying\. Athena will not delete data in your account\.$/,
  )
})

test('functions are listed by name', async () => {
  const rows = await a.rows("SHOW FUNCTIONS LIKE 'date_tr%'")
  assert.deepEqual(new Set(rows.map((row) => row[0])), new Set(['date_trunc']))
  const { SubstatementType, QueryExecutionId: id } = await a.succeed('SHOW FUNCTIONS')
  assert.equal(SubstatementType, 'SHOW_FUNCTIONS')
  const { body } = await a.read(`s3://results/${id}.csv`)
  assert.ok(
    body
      .toString()
      .startsWith('"Function","Return Type","Argument Types","Function Type","Deterministic","Description"\n'),
  )
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))

test('rows of plain files do not change in place, and it is the run that says so', async () => {
  await a.succeed("CREATE TABLE whole WITH (external_location = 's3://data/whole/') AS SELECT 1 AS n")
  const transactional = 'NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables'
  for (const [sql, substatement, reason] of [
    ['UPDATE whole SET n = 2', 'UPDATE', transactional],
    ['DELETE FROM whole WHERE n = 1', 'DELETE', transactional],
    ['DELETE FROM typed', 'DELETE', transactional],
    ['DELETE FROM whole', 'DELETE', 'NOT_SUPPORTED: Cannot delete from non-managed Hive table'],
    ['MERGE INTO whole USING (VALUES 1) s(n) ON whole.n = s.n WHEN MATCHED THEN DELETE', 'MERGE', transactional],
  ])
    assert.deepEqual(await failed(sql!), {
      kind: `DML ${substatement}`,
      reason,
      error: [2, 1200],
      said: reason,
    })
  for (const verb of ['DELETE FROM', 'UPDATE'])
    assert.match(
      (await failed(`${verb} missing${verb === 'UPDATE' ? ' SET n = 1' : ''}`)).reason!,
      /^TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog\.db\.missing' does not exist/,
    )
})
