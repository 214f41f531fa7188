import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resolver } from '../resolver.ts'
import { parseQuery } from '../statement.ts'
import { parseExpression } from '../trino/parser.ts'
import { decimal } from '../types.ts'
import { analyzeExpression, analyzeQuery } from './analyze.ts'
import { planText, scalarText } from './plan-text.fixture.ts'
import { analyzed, sampleResolver, session, shape } from './sample-tables.fixture.ts'

/** Queries by topic, with output names and types or Trino's error. */
const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'names and stars': {
    'SELECT id, price p, 1, id + 1 FROM orders': 'id bigint, p decimal(12,2), _col2 integer, _col3 bigint',
    'SELECT ID FROM orders': 'ID bigint',
    'SELECT orders.id, shop.orders.id, awsdatacatalog.shop.orders.id FROM orders': 'id bigint, id bigint, id bigint',
    'SELECT o.id FROM shop.orders AS o': 'id bigint',
    'SELECT orders.id FROM orders o': "COLUMN_NOT_FOUND: line 1:8: Column 'orders.id' cannot be resolved",
    'SELECT * FROM customers': 'id integer, name varchar, score double, code char(3)',
    'SELECT c.*, 1 AS one FROM customers c': 'id integer, name varchar, score double, code char(3), one integer',
    'SELECT c.* AS (a, b, d, e) FROM customers c': 'a integer, b varchar, d double, e char(3)',
    'SELECT c.* AS (a) FROM customers c':
      'MISMATCHED_COLUMN_ALIASES: line 1:16: Column alias list has 1 entries but relation has 4 columns',
    'SELECT "$path", id FROM orders': '$path varchar, id bigint',
    'SELECT *': 'COLUMN_NOT_FOUND: line 1:8: SELECT * not allowed in queries without FROM clause',
    'SELECT x.* FROM orders': 'TABLE_NOT_FOUND: line 1:8: Unable to resolve reference x',
    'SELECT missing FROM orders': "COLUMN_NOT_FOUND: line 1:8: Column 'missing' cannot be resolved",
    'SELECT\n  nope\nFROM orders': "COLUMN_NOT_FOUND: line 2:3: Column 'nope' cannot be resolved",
    'SELECT 1 FROM nowhere': "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.shop.nowhere' does not exist",
    'SELECT id FROM orders, customers': "AMBIGUOUS_NAME: line 1:8: Column 'id' is ambiguous",
    'SELECT a.x FROM (SELECT 1) AS a(x)': 'x integer',
    'SELECT * FROM (SELECT 1, 2) AS a(x)':
      "MISMATCHED_COLUMN_ALIASES: line 1:15: Column alias list has 1 entries but 'a' has 2 columns available",
    'TABLE customers': 'id integer, name varchar, score double, code char(3)',
    "VALUES (1, 'a'), (DECIMAL '2.5', 'bc')": '_col0 decimal(11,1), _col1 varchar(2)',
    'VALUES 1, NULL': '_col0 integer',
    'VALUES (1, 2), (3)': 'TYPE_MISMATCH: line 1:1: Values rows have mismatched sizes: 2 vs 1',
    "VALUES 1, 'a'": 'TYPE_MISMATCH: line 1:1: Values rows have mismatched types: row(integer) vs row(varchar(1))',
  },
  rows: {
    'SELECT actor.name, e.actor.age FROM events e': 'name varchar, age integer',
    'SELECT actor.* FROM events': 'name varchar, age integer',
    'SELECT e.actor.* FROM events e': 'name varchar, age integer',
    "SELECT (ROW(1, 'a')).* FROM events": '_col0 integer, _col1 varchar(1)',
    'SELECT actor.missing FROM events': "COLUMN_NOT_FOUND: line 1:8: Column 'actor.missing' cannot be resolved",
    'SELECT id.x FROM events': 'TYPE_MISMATCH: line 1:8: Expression id is not of type ROW',
    'SELECT points[1].x FROM events': 'x integer',
    "SELECT attributes['a'] FROM events": '_col0 bigint',
  },
  conditions: {
    'SELECT 1 FROM orders WHERE paid': '_col0 integer',
    'SELECT 1 FROM orders WHERE id':
      'TYPE_MISMATCH: line 1:28: WHERE clause must evaluate to a boolean: actual type bigint',
    'SELECT 1 FROM orders WHERE sum(id) > 1':
      'EXPRESSION_NOT_SCALAR: line 1:36: WHERE clause cannot contain aggregations, window functions or grouping operations: [sum(id)]',
    'SELECT 1 FROM orders WHERE row_number() OVER () = 1':
      'EXPRESSION_NOT_SCALAR: line 1:49: WHERE clause cannot contain aggregations, window functions or grouping operations: [row_number() OVER ()]',
    "SELECT 1 FROM orders WHERE placed = '2024-01-01'":
      'TYPE_MISMATCH: line 1:35: Cannot apply operator: date = varchar(10)',
    'SELECT id AS x FROM orders WHERE x = 1': "COLUMN_NOT_FOUND: line 1:34: Column 'x' cannot be resolved",
  },
  grouping: {
    'SELECT customer, count(*) FROM orders GROUP BY customer': 'customer integer, _col1 bigint',
    'SELECT customer, count(*) FROM orders GROUP BY 1': 'customer integer, _col1 bigint',
    'SELECT customer + 1 FROM orders GROUP BY customer + 1': '_col0 integer',
    'SELECT customer + 1, customer + 2 FROM orders GROUP BY customer': '_col0 integer, _col1 integer',
    'SELECT customer, id FROM orders GROUP BY customer':
      "EXPRESSION_NOT_AGGREGATE: line 1:18: 'id' must be an aggregate expression or appear in GROUP BY clause",
    'SELECT id, count(*) FROM orders':
      "EXPRESSION_NOT_AGGREGATE: line 1:8: 'id' must be an aggregate expression or appear in GROUP BY clause",
    'SELECT o.id + 1, max(price) FROM orders o':
      "EXPRESSION_NOT_AGGREGATE: line 1:13: '(o.id + 1)' must be an aggregate expression or appear in GROUP BY clause",
    'SELECT * FROM orders GROUP BY id':
      "EXPRESSION_NOT_AGGREGATE: Column 'awsdatacatalog.shop.orders.customer' not in GROUP BY clause",
    'SELECT count(*) FROM orders HAVING count(*) > 1': '_col0 bigint',
    'SELECT customer FROM orders GROUP BY customer HAVING id > 1':
      "EXPRESSION_NOT_AGGREGATE: line 1:57: '(id > 1)' must be an aggregate expression or appear in GROUP BY clause",
    'SELECT count(*) FROM orders HAVING 1':
      'TYPE_MISMATCH: line 1:36: HAVING clause must evaluate to a boolean: actual type integer',
    'SELECT customer FROM orders GROUP BY 2':
      'INVALID_COLUMN_REFERENCE: line 1:38: GROUP BY position 2 is not in select list',
    'SELECT count(*) FROM orders GROUP BY 1':
      'EXPRESSION_NOT_SCALAR: line 1:38: GROUP BY clause cannot contain aggregations, window functions or grouping operations: [count(*)]',
    'SELECT customer, status, grouping(customer, status), sum(price) FROM orders GROUP BY CUBE (customer, status)':
      'customer integer, status varchar(10), _col2 integer, _col3 decimal(38,2)',
    'SELECT transform(tags, x -> transform(tags, y -> y)) FROM events GROUP BY transform(tags, a -> transform(tags, b -> b))':
      '_col0 array(array(varchar))',
    'SELECT transform(tags, x -> transform(tags, y -> x)) FROM events GROUP BY transform(tags, a -> transform(tags, b -> b))':
      "EXPRESSION_NOT_AGGREGATE: line 1:8: 'transform(tags, (x) -> transform(tags, (y) -> x))' must be an aggregate expression or appear in GROUP BY clause",
    'SELECT grouping(id) FROM orders':
      'MISSING_GROUP_BY: line 1:8: A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause',
    'SELECT grouping(id) FROM orders GROUP BY customer':
      'INVALID_ARGUMENTS: line 1:8: The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to id.',
    'SELECT customer FROM orders GROUP BY customer ORDER BY sum(price) DESC': 'customer integer',
    'SELECT (SELECT max(name) FROM customers c WHERE c.id = o.customer) FROM orders o GROUP BY customer':
      '_col0 varchar',
  },
  order: {
    'SELECT id FROM orders ORDER BY price, 1 DESC': 'id bigint',
    'SELECT id AS price FROM orders ORDER BY price': 'price bigint',
    'SELECT id AS x FROM orders ORDER BY x + 1': 'x bigint',
    'SELECT id FROM orders ORDER BY 2':
      'INVALID_COLUMN_REFERENCE: line 1:32: ORDER BY position 2 is not in select list',
    'SELECT id, id FROM orders ORDER BY id': "AMBIGUOUS_NAME: line 1:36: Column 'id' is ambiguous",
    'SELECT id x, customer x FROM orders ORDER BY x': "AMBIGUOUS_NAME: line 1:46: Column 'x' is ambiguous",
    'SELECT DISTINCT status FROM orders ORDER BY upper(status)': 'status varchar(10)',
    'SELECT DISTINCT status FROM orders ORDER BY id':
      'EXPRESSION_NOT_IN_DISTINCT: line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear in select list',
    'SELECT attributes FROM events ORDER BY attributes':
      'TYPE_MISMATCH: line 1:1: Type map(varchar, bigint) is not orderable, and therefore cannot be used in ORDER BY: attributes',
    'SELECT id FROM orders ORDER BY id FETCH FIRST 3 ROWS WITH TIES': 'id bigint',
  },
  windows: {
    'SELECT rank() OVER (PARTITION BY customer ORDER BY price) r FROM orders': 'r bigint',
    'SELECT lag(note, 2, note) OVER (ORDER BY id) FROM orders': '_col0 varchar',
    'SELECT sum(price) OVER w, avg(id) OVER (w ROWS 2 PRECEDING) FROM orders WINDOW w AS (ORDER BY id)':
      '_col0 decimal(38,2), _col1 double',
    'SELECT rank() OVER v FROM orders WINDOW w AS (ORDER BY id)':
      'INVALID_WINDOW_REFERENCE: line 1:20: Cannot resolve WINDOW name v',
    'SELECT rank() OVER (w PARTITION BY id) FROM orders WINDOW w AS (ORDER BY id)':
      'INVALID_PARTITION_BY: line 1:36: WINDOW specification with named WINDOW reference cannot specify PARTITION BY',
    'SELECT lag(id) OVER () FROM orders':
      'MISSING_ORDER_BY: line 1:21: lag function requires an ORDER BY window clause',
    'SELECT sum(id) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM orders':
      'INVALID_WINDOW_FRAME: line 1:22: Window frame start cannot be UNBOUNDED FOLLOWING',
    'SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM orders':
      'INVALID_WINDOW_FRAME: line 1:34: Window frame starting from CURRENT ROW cannot end with PRECEDING',
    "SELECT sum(id) OVER (ORDER BY placed RANGE INTERVAL '1' DAY PRECEDING) FROM orders": '_col0 bigint',
    'SELECT sum(id) OVER (ORDER BY placed RANGE 1 PRECEDING) FROM orders':
      'TYPE_MISMATCH: line 1:44: Window frame RANGE value type (integer) not compatible with sort item type (date)',
    'SELECT sum(id) OVER (GROUPS 1 PRECEDING) FROM orders':
      'MISSING_ORDER_BY: line 1:22: Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY',
    'SELECT sum(rank() OVER ()) OVER () FROM orders':
      'NESTED_WINDOW: line 1:12: Cannot nest window functions or row pattern measures inside window function arguments',
    'SELECT count(DISTINCT id) OVER () FROM orders':
      'NOT_SUPPORTED: line 1:1: DISTINCT in window function parameters not yet supported: count(DISTINCT id) OVER ()',
    'SELECT customer, sum(sum(price)) OVER (ORDER BY customer) FROM orders GROUP BY customer':
      'customer integer, _col1 decimal(38,2)',
    'SELECT rank() OVER (ORDER BY id) FROM orders GROUP BY customer':
      "EXPRESSION_NOT_AGGREGATE: line 1:30: ORDER BY expression 'id' must be an aggregate expression or appear in GROUP BY clause",
  },
  joins: {
    'SELECT o.id, c.id FROM orders o JOIN customers c ON o.customer = c.id': 'id bigint, id integer',
    "SELECT * FROM (VALUES 1) a(k) JOIN (VALUES DECIMAL '2.5') b(k) USING (k)": 'k decimal(11,1)',
    'SELECT a.k FROM (VALUES 1) a(k) JOIN (VALUES 2) b(k) USING (k)':
      "COLUMN_NOT_FOUND: line 1:8: Column 'a.k' cannot be resolved",
    'SELECT * FROM (VALUES (1, 2)) a(k, x) FULL JOIN (VALUES (1, 3)) b(k, y) USING (k)':
      'k integer, x integer, y integer',
    'SELECT 1 FROM orders JOIN customers USING (name)':
      "COLUMN_NOT_FOUND: line 1:44: Column 'name' is missing from left side of join",
    'SELECT 1 FROM orders NATURAL JOIN customers': 'NOT_SUPPORTED: line 1:15: Natural join not supported',
    'SELECT 1 FROM orders o JOIN customers c ON 1':
      'TYPE_MISMATCH: line 1:44: JOIN ON clause must evaluate to a boolean: actual type integer',
    'SELECT t.tag FROM events CROSS JOIN UNNEST(tags) AS t(tag)': 'tag varchar',
    'SELECT k, v, n FROM events, UNNEST(attributes) WITH ORDINALITY AS t(k, v, n)': 'k varchar, v bigint, n bigint',
    'SELECT x, y FROM events CROSS JOIN UNNEST(points)': 'x integer, y real',
    'SELECT a, b FROM events CROSS JOIN UNNEST(points) AS t(a, b)': 'a integer, b real',
    'SELECT p.x, n FROM events CROSS JOIN UNNEST(points) WITH ORDINALITY AS t(p, n)': 'x integer, n bigint',
    'SELECT a, b FROM UNNEST(ARRAY[1, 2], ARRAY[true]) t(a, b)': 'a integer, b boolean',
    'SELECT t.x FROM events LEFT JOIN UNNEST(tags) t(x) ON true': 'x varchar',
    'SELECT 1 FROM events LEFT JOIN UNNEST(tags) t(x) ON x > id':
      'NOT_SUPPORTED: line 1:55: LEFT JOIN involving UNNEST is only supported with condition ON TRUE',
    'SELECT 1 FROM events CROSS JOIN UNNEST(id) t(x)': 'INVALID_FUNCTION_ARGUMENT: Cannot unnest type: bigint',
    'SELECT l.z FROM orders o CROSS JOIN LATERAL (SELECT o.id + 1 AS z) l': 'z bigint',
    'SELECT 1 FROM orders o, (SELECT o.id) l': "COLUMN_NOT_FOUND: line 1:33: Column 'o.id' cannot be resolved",
    'SELECT id FROM orders TABLESAMPLE BERNOULLI (10)': 'id bigint',
    'SELECT id FROM orders TABLESAMPLE BERNOULLI (101)':
      'NUMERIC_VALUE_OUT_OF_RANGE: line 1:46: Sample percentage must be less than or equal to 100',
  },
  'set operations': {
    "SELECT 1 AS a UNION SELECT DECIMAL '2.5'": 'a decimal(11,1)',
    "SELECT 'a' UNION ALL SELECT 'bcd'": '_col0 varchar(3)',
    'SELECT 1, 2 UNION SELECT 1': 'TYPE_MISMATCH: line 1:13: UNION query has different number of fields: 2, 1',
    "SELECT 1 INTERSECT SELECT 'a'":
      'TYPE_MISMATCH: line 1:10: column 1 in INTERSECT query has incompatible types: integer, varchar(1)',
    'SELECT id FROM orders EXCEPT SELECT id FROM customers ORDER BY id LIMIT 2': 'id bigint',
    'SELECT id FROM orders UNION SELECT 1 ORDER BY price':
      "COLUMN_NOT_FOUND: line 1:47: Column 'price' cannot be resolved",
    '(SELECT 1 AS x) UNION (SELECT 2 ORDER BY 1 LIMIT 1)': 'x integer',
  },
  'named queries': {
    'WITH q AS (SELECT id FROM orders) SELECT * FROM q': 'id bigint',
    'WITH q(a) AS (SELECT id FROM orders), r AS (SELECT a + 1 AS b FROM q) SELECT b FROM r': 'b bigint',
    'WITH orders AS (SELECT 1 AS only) SELECT * FROM orders': 'only integer',
    'WITH q AS (SELECT 1), q AS (SELECT 2) SELECT 1':
      "DUPLICATE_NAMED_QUERY: line 1:23: WITH query name 'q' specified more than once",
    'WITH q(a, b) AS (SELECT 1) SELECT 1 FROM q':
      'MISMATCHED_COLUMN_ALIASES: line 1:8: Column alias list has 2 entries but relation has 1 columns',
    'WITH RECURSIVE t(n) AS (VALUES 1 UNION ALL SELECT n + 1 FROM t WHERE n < 4) SELECT sum(n) FROM t': '_col0 bigint',
    "WITH RECURSIVE t(n) AS (SELECT 'a' UNION ALL SELECT n || 'a' FROM t) SELECT n FROM t":
      'TYPE_MISMATCH: line 1:46: recursion step relation output type (varchar) is not coercible to recursion base relation output type (varchar(1)) at column 1',
    'WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT 1 FROM t':
      'MISSING_COLUMN_ALIASES: line 1:16: missing column aliases in recursive WITH query',
    'WITH q AS (SELECT missing FROM orders) SELECT 1':
      "COLUMN_NOT_FOUND: line 1:19: Column 'missing' cannot be resolved",
  },
  subqueries: {
    'SELECT (SELECT max(id) FROM orders)': '_col0 bigint',
    'SELECT (SELECT 1, 2)': '_col0 row(integer, integer)',
    'SELECT id IN (SELECT id FROM customers) FROM orders': '_col0 boolean',
    'SELECT note IN (SELECT id FROM customers) FROM orders':
      'TYPE_MISMATCH: line 1:13: Value expression and result of subquery must be of the same type: varchar vs integer',
    'SELECT (id, customer) IN (SELECT id, id FROM customers) FROM orders': '_col0 boolean',
    'SELECT id > ALL (SELECT score FROM customers) FROM orders': '_col0 boolean',
    'SELECT EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer) FROM orders o': '_col0 boolean',
  },
  views: {
    'SELECT * FROM totals': 'customer integer, total decimal(38,2)',
    'SELECT t.total FROM totals t': 'total decimal(38,2)',
    'SELECT * FROM loop': 'VIEW_IS_RECURSIVE: line 1:15: Statement would create a recursive view',
    'SELECT * FROM broken':
      "INVALID_VIEW: line 1:15: Failed analyzing stored view 'broken': line 1:8: Column 'missing' cannot be resolved",
  },
}

for (const [topic, cases] of Object.entries(QUERIES))
  test(`queries: ${topic}`, () => {
    for (const [sql, expected] of Object.entries(cases)) assert.equal(shape(sql), expected, sql)
  })

test('views that name another twice, forty times over, are too large', () => {
  const orders = sampleResolver()
  const resolver: Resolver = {
    table([name = '']) {
      const level = Number(name.slice(1))
      if (level === 0) return orders.table(['orders'])
      const inner = `SELECT a.id FROM v${level - 1} a JOIN v${level - 1} b ON a.id = b.id`
      return { kind: 'view', query: parseQuery(inner), resolver }
    },
  }
  const ofView = (name: string) => analyzeQuery(parseQuery(`SELECT * FROM ${name}`), resolver, session)
  assert.equal(ofView('v8').output.length, 1)
  assert.throws(() => ofView('v40'), { code: 'STACK_OVERFLOW' })
})

test('ties need an order', () => {
  assert.match(
    shape('SELECT id FROM orders FETCH FIRST 3 ROWS WITH TIES'),
    /^MISSING_ORDER_BY: line 1:\d+: FETCH FIRST WITH TIES clause requires ORDER BY$/,
  )
})

test('parameters take the types of their expressions', () => {
  assert.equal(
    shape('SELECT ? + id FROM orders WHERE note = ? LIMIT ?', ["DECIMAL '2.5'", "'x'", '3']),
    '_col0 decimal(21,1)',
  )
  assert.equal(
    shape('SELECT ?, ?', ['1']),
    'INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected 2 but found 1',
  )
})

test('deep statements end in an answer or an error, never in the stack', () => {
  const sum = Array.from({ length: 1000 }, () => '1').join(' + ')
  assert.equal(shape(`SELECT ${sum}`), '_col0 integer')
  const conditions = Array.from({ length: 5000 }, (_, i) => `id = ${i}`).join(' OR ')
  assert.equal(shape(`SELECT 1 FROM orders WHERE ${conditions}`), '_col0 integer')
  const unions = Array.from({ length: 300 }, () => 'SELECT 1').join(' UNION ALL ')
  assert.equal(shape(unions), '_col0 integer')
  const nested = `SELECT ${'abs('.repeat(20_000)}1${')'.repeat(20_000)}`
  assert.throws(() => analyzed(nested), { name: 'SqlError' })
})

test('an expression on its own sees the columns it is given', () => {
  const price = { name: 'price', column: { id: 7, type: decimal(12, 2) } }
  const filter = analyzeExpression(
    parseExpression('price > 10 AND transform(ARRAY[1], x -> x + price) IS NOT NULL'),
    sampleResolver(),
    session,
    [price],
    'Row filter',
  )
  assert.equal(
    scalarText(filter),
    "($gt(#7, '10.00') and not(is_null(transform([1], (#8) -> $add(cast(#8 as decimal(10,0)), #7)))))",
  )
  assert.throws(
    () => analyzeExpression(parseExpression('sum(price)'), sampleResolver(), session, [price], 'Row filter'),
    {
      message:
        'line 1:1: Row filter cannot contain aggregations, window functions or grouping operations: [sum(price)]',
    },
  )
  assert.throws(() => analyzeExpression(parseExpression('id'), sampleResolver(), session, [price]), {
    message: "line 1:1: Column 'id' cannot be resolved",
  })
})

test('what must be evaluated once is', () => {
  const texts = (sql: string) => planText(analyzed(sql).root)
  assert.equal(texts('SELECT random() BETWEEN 0 AND 1').match(/random\(\)/g)?.length, 1)
  assert.equal(texts("SELECT CASE random() WHEN 1 THEN 'a' WHEN 2 THEN 'b' END").match(/random\(\)/g)?.length, 1)
  assert.equal(texts('SELECT random() AS r ORDER BY r').match(/random\(\)/g)?.length, 1)
  assert.equal(texts('SELECT (SELECT max(id) FROM orders) BETWEEN 1 AND 2').match(/Scan/g)?.length, 1)
})

test('constants take the type of the column they are compared with, where they are such a value', () => {
  const condition = (sql: string) =>
    /Filter (.*)/.exec(planText(analyzed(`SELECT 1 FROM orders WHERE ${sql}`).root))?.[1]
  assert.match(condition('customer = 5')!, /^\$eq\(#\d+, 5\)$/)
  assert.match(condition('customer = 5000000000')!, /^\$eq\(cast\(#\d+ as bigint\), 5000000000\)$/)
  assert.match(condition('price > 3')!, /^\$gt\(#\d+, '3\.00'\)$/)
  assert.match(condition("price = DECIMAL '0.125'")!, /^\$eq\(cast\(#\d+ as decimal\(13,3\)\), '0\.125'\)$/)
  assert.match(condition('price = 0.12')!, /^\$eq\(#\d+, '0\.12'\)$/)
  assert.match(condition('price = 0.125')!, /^\$eq\(cast\(#\d+ as double\), 0\.125\)$/)
  assert.match(condition('price < 12345678901234.5')!, /^\$lt\(cast\(#\d+ as double\), 12345678901234\.5\)$/)
  assert.match(condition('customer = 5.0')!, /^\$eq\(#\d+, 5\)$/)
  assert.match(condition('customer = 5.5')!, /^\$eq\(cast\(#\d+ as double\), 5\.5\)$/)
  assert.match(condition('customer IN (1, 2)')!, /^in\(#\d+; 1, 2\)$/)
  assert.match(condition("placed >= TIMESTAMP '2024-01-01 00:00:00'")!, /^\$ge\(#\d+, '2024-01-01'\)$/)
  assert.match(condition("placed >= TIMESTAMP '2024-01-01 00:00:01'")!, /cast\(#\d+ as timestamp\(0\)\)/)
  assert.match(condition("updated >= DATE '2024-01-01'")!, /^\$ge\(#\d+, '2024-01-01 00:00:00\.000'\)$/)
})

test('a statement that asks when it runs, or who runs it, is one of the moment', () => {
  const asking = ['SELECT now()', "SELECT 1 WHERE current_date > DATE '2020-01-01'", 'SELECT (SELECT current_user)']
  for (const sql of asking) assert.equal(analyzed(sql).isOfTheMoment, true, sql)
  const lasting = ['SELECT 1', 'SELECT current_schema, current_catalog, current_timezone()']
  for (const sql of lasting) assert.equal(analyzed(sql).isOfTheMoment, undefined, sql)
})

test('session values are constants of the statement', () => {
  const text = planText(
    analyzed('SELECT current_timestamp(0), current_date, localtimestamp, current_user, current_schema').root,
  )
  for (const value of ['2024-05-06 07:08:09 UTC', '2024-05-06', '2024-05-06 07:08:09.123', 'ada', 'shop'])
    assert.ok(text.includes(`'${value}'`), value)
})
