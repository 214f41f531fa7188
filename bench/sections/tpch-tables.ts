/**
 * Tables of the shape of TPC-H's at scale 1, made by DuckDB from numbers: the sizes, keys, domains and dependencies that
 * the 22 questions rely on, with money as doubles, as Trino's connector has it. Not the specification's own data.
 */
import type { BenchTable } from './scan-queries.ts'

const SUPPLIERS = 10_000
const CUSTOMERS = 150_000
const PARTS = 200_000
const ORDERS = 1_500_000
const SUPPLIERS_PER_PART = 4

/** Spreads numbers without order, the same at every run. */
const spread = (salt: number, below: number, key = 'i') => `(hash(${key} * 31 + ${salt}) % ${below})::BIGINT`
const oneOf = (salt: number, words: readonly string[], key = 'i') =>
  `[${words.map((word) => `'${word}'`).join(', ')}][${spread(salt, words.length, key)} + 1]`
const money = (salt: number, from: number, to: number) =>
  `(${from} + ${spread(salt, (to - from) * 100)} / 100.0)::DOUBLE`
const words = (salt: number, count: number, key = 'i') =>
  `concat_ws(' ', ${Array.from({ length: count }, (_, n) => oneOf(salt + n, WORDS, key)).join(', ')})`
const supplierOf = (part: string, place: string) =>
  `(${part} + ${place} * (${SUPPLIERS} // ${SUPPLIERS_PER_PART} + (${part} - 1) // ${SUPPLIERS})) % ${SUPPLIERS} + 1`
const priceOf = (part: string) => `(90000 + ${part} // 10 % 20001 + 100 * (${part} % 1000)) / 100.0`
const phone = (nation: string) => `(10 + ${nation}) || '-' || (100 + i % 900) || '-' || (1000 + i % 9000)`

const WORDS = [
  'final',
  'special',
  'ironic',
  'requests',
  'deposits',
  'sleep',
  'quickly',
  'pending',
  'accounts',
  'furiously',
]
const COLORS = [
  'green',
  'forest',
  'almond',
  'blue',
  'burlywood',
  'ivory',
  'khaki',
  'lace',
  'navy',
  'peru',
  'rose',
  'snow',
]
const SEGMENTS = ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY']
const PRIORITIES = ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW']
const MODES = ['AIR', 'AIR REG', 'FOB', 'MAIL', 'RAIL', 'SHIP', 'TRUCK']
const INSTRUCTIONS = ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN']
const REGIONS = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST']
/** By name, and the region that each lies in. */
const NATIONS = `[('ALGERIA', 0), ('ARGENTINA', 1), ('BRAZIL', 1), ('CANADA', 1), ('EGYPT', 4), ('ETHIOPIA', 0), ('FRANCE', 3),
  ('GERMANY', 3), ('INDIA', 2), ('INDONESIA', 2), ('IRAN', 4), ('IRAQ', 4), ('JAPAN', 2), ('JORDAN', 4), ('KENYA', 0),
  ('MOROCCO', 0), ('MOZAMBIQUE', 0), ('PERU', 1), ('CHINA', 2), ('ROMANIA', 3), ('SAUDI ARABIA', 4), ('VIETNAM', 2),
  ('RUSSIA', 3), ('UNITED KINGDOM', 3), ('UNITED STATES', 1)]`

const ORDER_DATE = (key: string) => `DATE '1992-01-01' + ${spread(60, 2406, key)}::INTEGER`
/** The day on which the world is looked at: what is to be shipped later is open. */
const TODAY = `DATE '1995-06-17'`
const LINE = 'o * 8 + n'
/** Two thirds of the customers order, as in the specification. */
const ORDERING = `1 + (${spread(61, CUSTOMERS / 3)} * 3) + ${spread(62, 2)}`

const lineitem = `SELECT o + 1 AS l_orderkey, part AS l_partkey, ${supplierOf('part', 'place')} AS l_suppkey,
    n + 1 AS l_linenumber, quantity AS l_quantity, quantity * ${priceOf('part')} AS l_extendedprice,
    ${spread(73, 11, LINE)} / 100.0::DOUBLE AS l_discount, ${spread(74, 9, LINE)} / 100.0::DOUBLE AS l_tax,
    CASE WHEN received <= ${TODAY} THEN ${oneOf(75, ['R', 'A'], LINE)} ELSE 'N' END AS l_returnflag,
    CASE WHEN shipped > ${TODAY} THEN 'O' ELSE 'F' END AS l_linestatus, shipped AS l_shipdate,
    ordered + 30 + ${spread(76, 61, LINE)}::INTEGER AS l_commitdate, received AS l_receiptdate,
    ${oneOf(77, INSTRUCTIONS, LINE)} AS l_shipinstruct, ${oneOf(78, MODES, LINE)} AS l_shipmode,
    ${words(79, 4, LINE)} AS l_comment
  FROM (SELECT *, shipped + 1 + ${spread(72, 30, LINE)}::INTEGER AS received FROM (
    SELECT o, n, ${spread(70, PARTS, LINE)} + 1 AS part, ${spread(71, SUPPLIERS_PER_PART, LINE)} AS place,
      (1 + ${spread(69, 50, LINE)})::DOUBLE AS quantity, ${ORDER_DATE('o')} AS ordered,
      ${ORDER_DATE('o')} + 1 + ${spread(68, 121, LINE)}::INTEGER AS shipped
    FROM (SELECT o, unnest(range(1 + ${spread(67, 7, 'o')})) AS n
      FROM range($part * ${ORDERS / 6}, ($part + 1) * ${ORDERS / 6}) t (o))))`

export const TPCH_TABLES: readonly BenchTable[] = [
  {
    name: 'region',
    columns: 'r_regionkey bigint, r_name string, r_comment string',
    parts: 1,
    rows: `SELECT i AS r_regionkey, [${REGIONS.map((name) => `'${name}'`).join(', ')}][i + 1] AS r_name,
      ${words(10, 4)} AS r_comment FROM range($part, ${REGIONS.length}) t (i)`,
  },
  {
    name: 'nation',
    columns: 'n_nationkey bigint, n_name string, n_regionkey bigint, n_comment string',
    parts: 1,
    rows: `SELECT i AS n_nationkey, ${NATIONS}[i + 1][1] AS n_name, ${NATIONS}[i + 1][2]::BIGINT AS n_regionkey,
      ${words(10, 4)} AS n_comment FROM range($part, 25) t (i)`,
  },
  {
    name: 'supplier',
    columns: `s_suppkey bigint, s_name string, s_address string, s_nationkey bigint, s_phone string, s_acctbal double,
      s_comment string`,
    parts: 1,
    rows: `SELECT i AS s_suppkey, 'Supplier#' || lpad(i::VARCHAR, 9, '0') AS s_name, ${words(20, 2)} AS s_address,
      ${spread(22, 25)} AS s_nationkey, ${phone(spread(22, 25))} AS s_phone, ${money(23, -999, 9999)} AS s_acctbal,
      CASE WHEN i % 2000 = 7 THEN 'Customer final Complaints' ELSE ${words(24, 5)} END AS s_comment
      FROM range($part + 1, ${SUPPLIERS} + 1) t (i)`,
  },
  {
    name: 'customer',
    columns: `c_custkey bigint, c_name string, c_address string, c_nationkey bigint, c_phone string, c_acctbal double,
      c_mktsegment string, c_comment string`,
    parts: 1,
    rows: `SELECT i AS c_custkey, 'Customer#' || lpad(i::VARCHAR, 9, '0') AS c_name, ${words(30, 2)} AS c_address,
      ${spread(32, 25)} AS c_nationkey, ${phone(spread(32, 25))} AS c_phone, ${money(33, -999, 9999)} AS c_acctbal,
      ${oneOf(34, SEGMENTS)} AS c_mktsegment, ${words(35, 8)} AS c_comment
      FROM range($part + 1, ${CUSTOMERS} + 1) t (i)`,
  },
  {
    name: 'part',
    columns: `p_partkey bigint, p_name string, p_mfgr string, p_brand string, p_type string, p_size int,
      p_container string, p_retailprice double, p_comment string`,
    parts: 1,
    rows: `SELECT i AS p_partkey, concat_ws(' ', ${[40, 41, 42, 43, 44].map((salt) => oneOf(salt, COLORS)).join(', ')}) AS p_name,
      'Manufacturer#' || (1 + ${spread(45, 5)}) AS p_mfgr, 'Brand#' || (1 + ${spread(45, 5)}) || (1 + ${spread(46, 5)}) AS p_brand,
      concat_ws(' ', ${oneOf(47, ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'])},
        ${oneOf(48, ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'])},
        ${oneOf(49, ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'])}) AS p_type,
      (1 + ${spread(50, 50)})::INTEGER AS p_size,
      ${oneOf(51, ['SM', 'LG', 'MED', 'JUMBO', 'WRAP'])} || ' ' ||
        ${oneOf(52, ['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'])} AS p_container,
      (${priceOf('i')})::DOUBLE AS p_retailprice, ${words(53, 2)} AS p_comment
      FROM range($part + 1, ${PARTS} + 1) t (i)`,
  },
  {
    name: 'partsupp',
    columns: 'ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost double, ps_comment string',
    parts: 1,
    rows: `SELECT i // ${SUPPLIERS_PER_PART} + 1 AS ps_partkey,
      ${supplierOf(`(i // ${SUPPLIERS_PER_PART} + 1)`, `(i % ${SUPPLIERS_PER_PART})`)} AS ps_suppkey,
      (1 + ${spread(55, 9999)})::INTEGER AS ps_availqty, ${money(56, 1, 1000)} AS ps_supplycost,
      ${words(57, 9)} AS ps_comment FROM range($part, ${PARTS * SUPPLIERS_PER_PART}) t (i)`,
  },
  {
    name: 'orders',
    columns: `o_orderkey bigint, o_custkey bigint, o_orderstatus string, o_totalprice double, o_orderdate date,
      o_orderpriority string, o_clerk string, o_shippriority int, o_comment string`,
    parts: 1,
    rows: `SELECT i + 1 AS o_orderkey, ${ORDERING} AS o_custkey,
      CASE WHEN ${ORDER_DATE('i')} < ${TODAY} - 120 THEN 'F' WHEN ${ORDER_DATE('i')} > ${TODAY} THEN 'O' ELSE 'P' END AS o_orderstatus,
      ${money(63, 900, 400_000)} AS o_totalprice, ${ORDER_DATE('i')} AS o_orderdate,
      ${oneOf(64, PRIORITIES)} AS o_orderpriority, 'Clerk#' || ${spread(65, 1000)} AS o_clerk, 0 AS o_shippriority,
      ${words(66, 6)} AS o_comment FROM range($part, ${ORDERS}) t (i)`,
  },
  {
    name: 'lineitem',
    columns: `l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber bigint, l_quantity double,
      l_extendedprice double, l_discount double, l_tax double, l_returnflag string, l_linestatus string, l_shipdate date,
      l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, l_comment string`,
    parts: 6,
    rows: lineitem,
  },
]
