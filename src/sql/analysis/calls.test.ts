import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shape, typeOf } from './sample-tables.fixture.ts'

/** Calls and their types, by the function pages of Trino's documentation. */
const TYPES: Readonly<Record<string, string>> = {
  "substr('hello', 2)": 'varchar(5)',
  "substring('hello', 2, 2)": 'varchar(5)',
  "length('abc')": 'bigint',
  "length(X'00')": 'bigint',
  "lower('ABC')": 'varchar(3)',
  "concat('a', 'b', 'c')": 'varchar',
  'concat(ARRAY[1], ARRAY[2], ARRAY[3])': 'array(integer)',
  "concat('a')": 'INVALID_FUNCTION_ARGUMENT: line 1:8: There must be two or more concatenation arguments',
  "replace('a', 'b', 'cd')": 'varchar(5)',
  "split('a,b', ',')": 'array(varchar(3))',
  "split_part('a,b', ',', 1)": 'varchar(3)',
  "strpos('abc', 'c')": 'bigint',
  "position('c' IN 'abc')": 'bigint',
  "trim(' a ')": 'varchar(3)',
  "trim(LEADING 'x' FROM 'xa')": 'varchar(2)',
  "lpad('a', 3, ' ')": 'varchar',
  'chr(65)': 'varchar(1)',
  "codepoint('a')": 'integer',
  "codepoint('ab')":
    'FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar(2)) for function codepoint. Expected: codepoint(varchar(1))',
  "format('%s-%d', 'a', 1)": 'varchar',
  "regexp_like('a', 'b')": 'boolean',
  "regexp_extract('a1', '([a-z])', 1)": 'varchar(2)',
  "regexp_replace('ab', 'a', x -> upper(x[1]))": 'varchar',
  "split_to_map('a=1', ',', '=')": 'map(varchar, varchar)',
  "abs(-DECIMAL '1.5')": 'decimal(2,1)',
  "round(DECIMAL '1.25')": 'decimal(2,0)',
  "round(DECIMAL '1.25', 1)": 'decimal(4,2)',
  'round(7)': 'integer',
  "ceil(DECIMAL '1.25')": 'decimal(2,0)',
  'floor(2.5e0)': 'double',
  "truncate(DECIMAL '12.345')": 'decimal(2,0)',
  "truncate(DECIMAL '12.345', 1)": 'decimal(5,3)',
  'sqrt(4)': 'double',
  'power(2, 3)': 'double',
  'mod(5, 3)': 'integer',
  "sign(-DECIMAL '2.5')": 'decimal(1,0)',
  'random()': 'double',
  'rand(10)': 'integer',
  'bitwise_and(5, 3)': 'bigint',
  "date_trunc('month', DATE '2024-01-05')": 'date',
  "date_trunc('hour', TIMESTAMP '2024-01-05 01:02:03.456')": 'timestamp(3)',
  "date_add('day', 1, DATE '2024-01-05')": 'date',
  "date_diff('day', DATE '2024-01-05', DATE '2024-02-05')": 'bigint',
  "date_diff('day', DATE '2024-01-05', TIMESTAMP '2024-02-05 00:00:00')": 'bigint',
  "date_format(DATE '2024-01-05', '%Y')": 'varchar',
  "date_parse('2024', '%Y')": 'timestamp(3)',
  "parse_datetime('2024', 'yyyy')": 'timestamp(3) with time zone',
  "from_iso8601_timestamp('2024-01-01T00:00:00Z')": 'timestamp(3) with time zone',
  "from_iso8601_date('2024-01-01')": 'date',
  'from_unixtime(0)': 'timestamp(3) with time zone',
  "to_unixtime(TIMESTAMP '2024-01-01 00:00:00')": 'double',
  "date('2024-01-01')": 'date',
  "year(DATE '2024-01-01')": 'bigint',
  "day_of_week(DATE '2024-01-01')": 'bigint',
  "dow(TIMESTAMP '2024-01-01 00:00:00')": 'bigint',
  "last_day_of_month(DATE '2024-01-01')": 'date',
  "at_timezone(TIMESTAMP '2024-01-01 00:00:00 UTC', 'Asia/Tokyo')": 'timestamp(0) with time zone',
  "with_timezone(TIMESTAMP '2024-01-01 00:00:00', 'UTC')": 'timestamp(0) with time zone',
  "year('2024')":
    'FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar(4)) for function year. Expected: year(date), year(timestamp(p)), year(timestamp(p) with time zone), year(interval year to month)',
  "json_extract('{}', '$.a')": 'json',
  "json_extract_scalar(JSON '{}', '$.a')": 'varchar',
  "json_parse('[]')": 'json',
  "json_format(JSON '[]')": 'varchar',
  "json_array_length('[]')": 'bigint',
  "json_array_contains('[1]', 1)": 'boolean',
  "json_value('{}', 'lax $.a' RETURNING bigint)": 'bigint',
  "json_query('{}', 'lax $.a')": 'varchar',
  "json_exists('{}', 'lax $.a')": 'boolean',
  "json_object('a' : 1)": 'varchar',
  "json_array(1, 'a')": 'varchar',
  'cardinality(ARRAY[1])': 'bigint',
  "element_at(MAP(ARRAY['a'], ARRAY[1]), 'a')": 'integer',
  'element_at(ARRAY[1], 1)': 'integer',
  'contains(ARRAY[1, 2], 1)': 'boolean',
  "contains(ARRAY[1, 2], 'a')":
    'FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (array(integer), varchar(1)) for function contains. Expected: contains(array(T), T) T:comparable, contains(varchar, ipaddress)',
  'array_sort(ARRAY[2, 1])': 'array(integer)',
  'array_sort(ARRAY[2, 1], (a, b) -> if(a < b, 1, -1))': 'array(integer)',
  "array_max(ARRAY[DECIMAL '1.5'])": 'decimal(2,1)',
  "array_join(ARRAY[1], ',')": 'varchar',
  'array_distinct(ARRAY[1])': 'array(integer)',
  'flatten(ARRAY[ARRAY[1]])': 'array(integer)',
  'slice(ARRAY[1], 1, 1)': 'array(integer)',
  'sequence(1, 3)': 'array(bigint)',
  "sequence(DATE '2024-01-01', DATE '2024-01-03', INTERVAL '1' DAY)": 'array(date)',
  "transform(ARRAY[1], x -> x * DECIMAL '2.5')": 'array(decimal(12,1))',
  'filter(ARRAY[1], x -> x > 1)': 'array(integer)',
  'reduce(ARRAY[1], 0, (s, x) -> s + x, s -> s)': 'integer',
  'reduce(ARRAY[1.5], 0, (s, x) -> CAST(s + x AS double), s -> s)': 'double',
  "zip(ARRAY[1], ARRAY['a'])": 'array(row(integer, varchar(1)))',
  "zip_with(ARRAY[1], ARRAY['a'], (x, y) -> concat(y, y))": 'array(varchar)',
  'any_match(ARRAY[1], x -> x > 0)': 'boolean',
  "map(ARRAY['a'], ARRAY[1])": 'map(varchar(1), integer)',
  'map()': 'map(unknown, unknown)',
  'map_keys(MAP(ARRAY[1], ARRAY[2]))': 'array(integer)',
  'map_entries(MAP(ARRAY[1], ARRAY[2]))': 'array(row(integer, integer))',
  'map_from_entries(ARRAY[ROW(1, true)])': 'map(integer, boolean)',
  'map_filter(MAP(ARRAY[1], ARRAY[2]), (k, v) -> v > 1)': 'map(integer, integer)',
  'transform_values(MAP(ARRAY[1], ARRAY[2]), (k, v) -> CAST(v AS varchar))': 'map(integer, varchar)',
  "transform_keys(MAP(ARRAY[1], ARRAY[2]), (k, v) -> k + DECIMAL '0.5')": 'map(decimal(12,1), integer)',
  'map_zip_with(MAP(ARRAY[1], ARRAY[2]), MAP(ARRAY[1], ARRAY[true]), (k, a, b) -> b)': 'map(integer, boolean)',
  "md5(X'00')": 'varbinary',
  "md5('a')":
    'FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar(1)) for function md5. Expected: md5(varbinary)',
  "to_hex(X'00')": 'varchar',
  "from_hex('00')": 'varbinary',
  "url_extract_host('http://a')": 'varchar(8)',
  "url_extract_port('http://a')": 'bigint',
  'uuid()': 'uuid',
  "ARRAY[1, 2][BIGINT '1']": 'integer',
}

test('calls choose their overload and result type', () => {
  for (const [expression, expected] of Object.entries(TYPES)) assert.equal(typeOf(expression), expected, expression)
})

/** Aggregates over `orders`: price is decimal(12,2), customer integer, id bigint, note varchar. */
const AGGREGATES: Readonly<Record<string, string>> = {
  'count(*)': 'bigint',
  'count(DISTINCT customer)': 'bigint',
  'sum(customer)': 'bigint',
  'sum(price)': 'decimal(38,2)',
  'avg(customer)': 'double',
  'avg(price)': 'decimal(12,2)',
  'min(note)': 'varchar',
  'max(placed)': 'date',
  'max(id, 3)': 'array(bigint)',
  'max_by(note, price)': 'varchar',
  'min_by(note, price, 2)': 'array(varchar)',
  'arbitrary(status)': 'varchar(10)',
  'any_value(status)': 'varchar(10)',
  'array_agg(status ORDER BY price DESC)': 'array(varchar(10))',
  'approx_distinct(note)': 'bigint',
  'approx_percentile(customer, 0.5)': 'bigint',
  'approx_percentile(id, ARRAY[0.5, 0.9])': 'array(bigint)',
  'bool_and(paid)': 'boolean',
  'every(paid)': 'boolean',
  'count_if(price > 1)': 'bigint',
  'checksum(id)': 'varbinary',
  'histogram(customer)': 'map(integer, bigint)',
  'map_agg(id, note)': 'map(bigint, varchar)',
  'multimap_agg(customer, id)': 'map(integer, array(bigint))',
  'stddev(price)': 'double',
  'corr(price, CAST(id AS double))': 'double',
  "listagg(note, ',') WITHIN GROUP (ORDER BY id)": 'varchar',
  'reduce_agg(id, 0, (a, b) -> a + b, (a, b) -> a + b)': 'bigint',
  'sum(price) FILTER (WHERE paid)': 'decimal(38,2)',
  'sum(note)':
    'FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar) for function sum. Expected: sum(bigint), sum(double), sum(real), sum(decimal(p,s)), sum(interval day to second), sum(interval year to month)',
  'sum(sum(id))': "NESTED_AGGREGATION: line 1:8: Cannot nest aggregations inside aggregation 'sum': [sum(id)]",
  'sum(count(*) OVER ())':
    "NESTED_WINDOW: line 1:8: Cannot nest window functions or row pattern measures inside aggregation 'sum': [count(*) OVER ()]",
  'array_agg(DISTINCT note ORDER BY id)':
    'EXPRESSION_NOT_IN_DISTINCT: line 1:8: For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments',
}

test('aggregate calls', () => {
  for (const [expression, expected] of Object.entries(AGGREGATES)) {
    const actual = shape(`SELECT ${expression} FROM orders`).replace(/^_col0 /, '')
    assert.equal(actual, expected, expression)
  }
})

const REFUSED: Readonly<Record<string, string>> = {
  'foo(1)': "FUNCTION_NOT_FOUND: line 1:8: Function 'foo' not registered",
  "read_csv('/etc/passwd')": "FUNCTION_NOT_FOUND: line 1:8: Function 'read_csv' not registered",
  '"$add"(1, 2)': "FUNCTION_NOT_FOUND: line 1:8: Function '$add' not registered",
  'abs(DISTINCT 1)': 'FUNCTION_NOT_AGGREGATE: line 1:8: DISTINCT is not supported for non-aggregation functions',
  'abs(1) FILTER (WHERE true)': 'FUNCTION_NOT_AGGREGATE: line 1:8: Filter is only valid for aggregation functions',
  'row_number()': 'MISSING_OVER: line 1:8: Window function row_number requires an OVER clause',
  'abs(1) OVER ()': 'FUNCTION_NOT_WINDOW: line 1:8: Not a window function: abs',
  'transform(ARRAY[1], x -> (SELECT 1))': 'NOT_SUPPORTED: line 1:34: Lambda expression cannot contain subqueries',
  'transform(ARRAY[1], x -> sum(x))':
    'EXPRESSION_NOT_SCALAR: line 1:33: Lambda expression cannot contain aggregations, window functions or grouping operations: [sum(x)]',
}

test('calls that are refused', () => {
  for (const [expression, expected] of Object.entries(REFUSED)) assert.equal(typeOf(expression), expected, expression)
})
