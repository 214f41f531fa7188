/** The tables that the corpus reads, by their DDL; and scans of a few made-up rows of them. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ScanText } from '../../src/sql/duckdb/print.ts'
import { duckdbType } from '../../src/sql/duckdb/types.ts'
import { parseHiveType } from '../../src/sql/hive/type.ts'
import { SqlError } from '../../src/sql/position.ts'
import { quotedName } from '../../src/sql/quotation.ts'
import type { Resolver, TableColumn } from '../../src/sql/resolver.ts'
import { parseStatement } from '../../src/sql/statement.ts'
import type { Type } from '../../src/sql/types.ts'
import { LOGS } from '../scenarios/public-queries/logs.ts'

const money = 'decimal(12,2)'
/** Of TPC-H, and of the samples of the parser. */
const OTHERS: Readonly<Record<string, string>> = {
  customer: `c_custkey bigint, c_name string, c_address string, c_nationkey bigint, c_phone string, c_acctbal ${money}, c_mktsegment string, c_comment string`,
  lineitem: `l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity ${money}, l_extendedprice ${money}, l_discount ${money}, l_tax ${money}, l_returnflag string, l_linestatus string, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, l_comment string`,
  nation: 'n_nationkey bigint, n_name string, n_regionkey bigint, n_comment string',
  orders: `o_orderkey bigint, o_custkey bigint, o_orderstatus string, o_totalprice ${money}, o_orderdate date, o_orderpriority string, o_clerk string, o_shippriority int, o_comment string`,
  part: `p_partkey bigint, p_name string, p_mfgr string, p_brand string, p_type string, p_size int, p_container string, p_retailprice ${money}, p_comment string`,
  partsupp: `ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost ${money}, ps_comment string`,
  region: 'r_regionkey bigint, r_name string, r_comment string',
  supplier: `s_suppkey bigint, s_name string, s_address string, s_nationkey bigint, s_phone string, s_acctbal ${money}, s_comment string`,
  t: 'a bigint, b string, c double, d date, e timestamp, f boolean, g int, x array<int>, y struct<a:int,b:string>, z map<string,int>',
}
/** A report made by CREATE TABLE AS has the columns of what it was made from. */
const MADE_FROM: Readonly<Record<string, string>> = { cost_report: 'cost_lines' }

const ddl = [
  ...LOGS.flatMap((log) => log.statements),
  ...Object.entries(OTHERS).map(([name, columns]) => `CREATE EXTERNAL TABLE ${name} (${columns}) LOCATION 's3://x/'`),
]
const tables = new Map<string, readonly TableColumn[]>()
for (const sql of ddl) {
  const statement = parseStatement(sql)
  if (statement.kind !== 'create-table') continue
  const columns = [...statement.columns, ...(statement.partitionedBy ?? [])].filter((column) => 'type' in column)
  tables.set(
    statement.name.parts.at(-1)!.name.toLowerCase(),
    columns.map(({ name, type }) => ({
      name: name.name.toLowerCase(),
      type: parseHiveType(type.toLowerCase()),
      hidden: false,
    })),
  )
}
for (const [made, from] of Object.entries(MADE_FROM)) tables.set(made, tables.get(from)!)

export const granted: readonly string[] = [...tables.keys()].map((name) => `scan_${name}`)

export const resolver: Resolver = {
  table: (name) => {
    const columns = tables.get(name.at(-1)!)
    if (!columns) throw new SqlError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.db.${name.at(-1)}' does not exist`)
    return { kind: 'table', relation: name.at(-1)!, columns }
  },
}

export const scanText: ScanText = (scan) =>
  `(SELECT ${scan.columns.map((c) => `${quotedName(c.source)} AS c${c.id}`).join(', ') || '1'} FROM scan_${scan.relation}())`

export async function createScans(connection: DuckDBConnection): Promise<void> {
  for (const [name, columns] of tables) {
    const items = columns.map((column) => `${sample(column.type)} AS ${quotedName(column.name)}`)
    await connection.run(`CREATE MACRO scan_${name}() AS TABLE SELECT ${items.join(', ')} FROM range(4) r(i)`)
  }
}

/** Values of row `i`; NULL in the last. */
function sample(type: Type): string {
  const value = plain(type)
  return value === undefined
    ? `CAST(NULL AS ${duckdbType(type)})`
    : `CASE WHEN i < 3 THEN CAST(${value} AS ${duckdbType(type)}) END`
}

function plain(type: Type): string | undefined {
  switch (type.kind) {
    case 'varchar':
    case 'char':
      return `['10.0.0.1', '2024-01-10T00:00:00Z', '{"a": 1}'][i + 1]`
    case 'date':
      return `DATE '2024-01-10' + CAST(i AS INTEGER)`
    case 'timestamp':
      return `TIMESTAMP '2024-01-10 01:02:03'`
    case 'boolean':
      return 'i = 1'
    case 'array':
    case 'map':
    case 'row':
      return undefined
    default:
      return 'i'
  }
}
