/**
 * Twenty-four million lines of orders, after the shape of TPC-H's at scale 4, and queries that both dialects read alike.
 * What a scan costs is asked here; what a short query costs, by `tpch` at scale 1.
 */

export interface BenchTable {
  readonly name: string
  /** As Hive declares them. */
  readonly columns: string
  /** How many files. */
  readonly parts: number
  /** What DuckDB makes the rows of one part with; `$part` stands for its number. */
  readonly rows: string
}

const LINES = 24_000_000
const PARTS = 24
const PER_PART = LINES / PARTS
const ORDERS = 6_000_000
const CUSTOMERS = 600_000

/** Spreads numbers without order, the same at every run. */
const spread = (salt: number, below: number) => `(hash(i * 31 + ${salt}) % ${below})::BIGINT`
const oneOf = (salt: number, words: readonly string[]) =>
  `[${words.map((word) => `'${word}'`).join(', ')}][${spread(salt, words.length)} + 1]`
const WORDS = [
  'carefully',
  'final',
  'deposits',
  'sleep',
  'quickly',
  'special',
  'requests',
  'above',
  'ironic',
  'theodolites',
]

export const TABLES: readonly BenchTable[] = [
  {
    name: 'lineitem',
    columns: `orderkey bigint, partkey bigint, quantity int, extendedprice double, discount double, tax double,
      returnflag string, linestatus string, shipdate date, shipmode string, remark string`,
    parts: PARTS,
    rows: `SELECT i // 4 AS orderkey, ${spread(1, 200_000)} AS partkey, (1 + ${spread(2, 50)})::INTEGER AS quantity,
      (900 + ${spread(3, 100_000)})::DOUBLE AS extendedprice, ${spread(4, 11)} / 100 AS discount,
      ${spread(5, 9)} / 100 AS tax, ${oneOf(6, ['A', 'N', 'R'])} AS returnflag, ${oneOf(7, ['F', 'O'])} AS linestatus,
      DATE '1992-01-01' + ${spread(8, 2500)}::INTEGER AS shipdate,
      ${oneOf(9, ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'])} AS shipmode,
      concat_ws(' ', ${[10, 11, 12, 13].map((salt) => oneOf(salt, WORDS)).join(', ')}) AS remark
      FROM range($part * ${PER_PART}, ($part + 1) * ${PER_PART}) t (i)`,
  },
  {
    name: 'orders',
    columns: 'orderkey bigint, custkey bigint, orderdate date, orderpriority string',
    parts: 1,
    rows: `SELECT i AS orderkey, ${spread(20, CUSTOMERS)} AS custkey,
      DATE '1992-01-01' + ${spread(21, 2400)}::INTEGER AS orderdate,
      ${oneOf(22, ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])} AS orderpriority
      FROM range($part, ${ORDERS}) t (i)`,
  },
  {
    name: 'customer',
    columns: 'custkey bigint, name string, segment string',
    parts: 1,
    rows: `SELECT i AS custkey, 'Customer ' || i AS name,
      ${oneOf(30, ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'])} AS segment
      FROM range($part, ${CUSTOMERS}) t (i)`,
  },
]

/** Sums are of whole numbers, so that the order of addition can not tell the two apart. */
export const QUERIES: Readonly<Record<string, string>> = {
  'aggregates by group': `SELECT returnflag, linestatus, sum(quantity) AS quantity, sum(extendedprice) AS price,
      max(discount) AS discount, min(tax) AS tax, count(*) AS n
    FROM lineitem WHERE shipdate <= DATE '1998-09-02'
    GROUP BY returnflag, linestatus ORDER BY returnflag, linestatus`,
  'filter and sum': `SELECT sum(extendedprice) AS revenue, count(*) AS n FROM lineitem
    WHERE shipdate >= DATE '1994-01-01' AND shipdate < DATE '1995-01-01'
      AND discount BETWEEN 0.045E0 AND 0.075E0 AND quantity < 24`,
  'join of three': `SELECT c.segment, o.orderpriority, count(*) AS n, sum(l.extendedprice) AS price
    FROM lineitem l JOIN orders o ON l.orderkey = o.orderkey JOIN customer c ON o.custkey = c.custkey
    WHERE o.orderdate < DATE '1995-03-15' AND l.shipdate > DATE '1995-03-15'
    GROUP BY c.segment, o.orderpriority ORDER BY c.segment, o.orderpriority`,
  like: `SELECT shipmode, count(*) AS n FROM lineitem
    WHERE remark LIKE '%special%requests%' GROUP BY shipmode ORDER BY shipmode`,
  'count distinct': `SELECT shipmode, count(DISTINCT partkey) AS parts, count(DISTINCT orderkey) AS orders
    FROM lineitem GROUP BY shipmode ORDER BY shipmode`,
}
