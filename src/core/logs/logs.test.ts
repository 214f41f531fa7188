import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FilterPatternError, filterPattern } from './filter-pattern.ts'
import { guardedPattern } from './guarded-pattern.ts'
import { answerInsights, type LogRow } from './insights.ts'
import { InsightsError, parseInsights } from './insights-text.ts'

/** docs: AmazonCloudWatch logs, FilterAndPatternSyntax: its own examples. */
const cases: readonly (readonly [pattern: string, message: string, matches: boolean])[] = [
  ['', 'anything', true],
  ['ERROR', '[ERROR 400] BAD REQUEST', true],
  ['ERROR ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', true],
  ['ERROR ARGUMENTS', '[ERROR 401] UNAUTHORIZED REQUEST', false],
  ['?ERROR ?ARGUMENTS', '[ERROR 401] UNAUTHORIZED REQUEST', true],
  ['?ERROR ?ARGUMENTS', '[INFO] nothing', false],
  ['"INTERNAL SERVER ERROR"', '[ERROR 500] INTERNAL SERVER ERROR', true],
  ['"INTERNAL SERVER ERROR"', 'INTERNAL ERROR SERVER', false],
  ['ERROR -ARGUMENTS', '[ERROR 401] UNAUTHORIZED REQUEST', true],
  ['ERROR -ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', false],
  ['%AUTHORIZED%', '[ERROR 401] UNAUTHORIZED REQUEST', true],
  ['%^x+$%', 'axx', false],
  ['{ $.eventType = "UpdateTrail" }', '{"eventType": "UpdateTrail"}', true],
  ['{ $.sourceIPAddress != 123.123.* }', '{"sourceIPAddress": "111.111.1.1"}', true],
  ['{ $.sourceIPAddress != 123.123.* }', '{"sourceIPAddress": "123.123.1.1"}', false],
  ['{ $.arrayKey[0] = "value" }', '{"arrayKey": ["value", "another"]}', true],
  ['{ $.objectList[*].flag = 1 }', '{"objectList": [{"flag": 0}, {"flag": 1}]}', true],
  ['{ $.bandwidth > 75 }', '{"bandwidth": 76}', true],
  ['{ $.latency < 50 }', '{"latency": 50}', false],
  ['{ $.errorCode = 400}', '{"errorCode": 400}', true],
  ['{ $.errorCode = 4* }', '{"errorCode": 404}', true],
  ['{ $.SomeObject IS NULL }', '{"SomeObject": null}', true],
  ['{ $.SomeOtherObject NOT EXISTS }', '{"SomeObject": 1}', true],
  ['{ $.someFlag IS TRUE }', '{"someFlag": true}', true],
  [
    '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
    '{"user": {"id": 1}, "users": [{"email": "John.Doe@example.com"}]}',
    true,
  ],
  ['{ ($.user.email = "x" || $.id = 7) && $.a = %^b+$% }', '{"id": 7, "a": "bbb"}', true],
  ['{ $.a = 1 }', 'no JSON', false],
  [
    '[ip, user, username, timestamp, request=*.html*, status_code=4*, bytes]',
    '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
    true,
  ],
  [
    '[ip, user, username, timestamp, request, status_code=4*, bytes]',
    '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 200 1534',
    false,
  ],
  ['[..., status_code=4* || status_code=5*, bytes > 1000]', '127.0.0.1 - "GET /" 500 1534', true],
  ['[w1=ERROR, w2]', 'ERROR disk', true],
  ['[w1!=ERROR, w2]', 'ERROR disk', false],
]
for (const [pattern, message, matches] of cases)
  test(`${pattern || 'nothing'} ${matches ? 'matches' : 'does not match'} ${message}`, () => {
    assert.equal(filterPattern(pattern).match(message) !== undefined, matches)
  })

test('what is no pattern is refused, and one that takes for ever is ended', () => {
  for (const wrong of [
    '{ $.a = }',
    '{ $.a ~ 1 }',
    '{ ($.a = 1 }',
    '{ $.a > x }',
    '{',
    '{ $.a = 1',
    '[a, b',
    '"open',
    'a "b',
  ])
    assert.throws(() => filterPattern(wrong), FilterPatternError, wrong)
  assert.throws(() => guardedPattern('('), { kind: 'invalid' })
  // docs: CWL_QuerySyntax-Filter, `like /(?i)Exception/`.
  assert.ok(guardedPattern('(?i)(error|failure)')('an ERROR'))
  assert.equal(guardedPattern('(error|failure)')('an ERROR'), null)
  assert.equal(guardedPattern('^(a+)+$')(`${'a'.repeat(50)}!`), null)
  assert.throws(() => guardedPattern('^(a+)+\\1$')(`${'a'.repeat(50)}!`), { kind: 'invalid' })
})

const row = (minute: number, message: string, more: LogRow['fields'] = {}): LogRow => ({
  fields: { '@timestamp': `2026-11-26 10:0${minute}:30.000`, '@message': message, ...more },
})
const rows = [
  row(0, 'user=ann took 10 ms', { level: 'INFO', size: 10 }),
  row(1, 'user=bob took 30 ms', { level: 'ERROR', size: 30 }),
  row(6, 'user=ann took 50 ms', { level: 'ERROR', size: 20 }),
]
const ask = (text: string) => {
  const { names, rows: found } = answerInsights(parseInsights(text), rows)
  return found.map(({ fields }) => names.map((name) => fields[name]))
}

test('functions of Logs Insights: the examples of the guide', () => {
  const told = (term: string) => ask(`limit 1 | display ${term} as x`)[0]![0]
  const examples: readonly (readonly [string, unknown])[] = [
    ['ltrim("xyZxyfooxyZ","xyZ")', 'fooxyZ'],
    ['rtrim("xyZfooxyxyZ","xyZ")', 'xyZfoo'],
    ['trim("xyZxyfooxyxyZ","xyZ")', 'foo'],
    ['substr("xyZfooxyZ",3, 3)', 'foo'],
    ['hexToAscii("48656c6c6f")', 'Hello'],
    ['hexToDec("0xff")', 255],
    ['decToHex(255)', '0xff'],
    ['decToHex(0 - 16.5)', '-0x10'],
    ['10 % 3', 1],
    ['round(2.567, 2)', 2.57],
    ['round(2.5)', 3],
    ['toInt("12.9")', 12],
    ['strlen("a😀")', 2],
    ['if(size > 5, "large", "small")', 'large'],
    ['case(size > 50, "a", size > 5, "b", "c")', 'b'],
    ['case(size > 50, "a", "c")', 'c'],
    ['isNumeric("1e3")', true],
    ['isNumeric("ten")', false],
    ['messageSize("é")', 2],
    ['strcontains("Foo", "foo", true)', 1],
    ['strcontains("Foo", "foo")', 0],
    ['startsWith("foo", "fo")', 1],
    ['endsWith("foo", "fo")', 0],
    ['urldecode("a%20b")', 'a b'],
    ['base64decode(base64encode("x y"))', 'x y'],
    ['isValidIp("192.0.2.1")', true],
    ['isValidIpv4("2001:db8::1")', false],
    ['isIpInSubnet("192.0.2.77", "192.0.2.0/24")', true],
    ['isIpv4InSubnet("192.0.3.1", "192.0.2.0/24")', false],
    ['isIpv6InSubnet("2001:db8::1", "2001:db8::/32")', true],
    ['isPrivateIP("172.31.0.1")', true],
    ['isPrivateIP("172.32.0.1")', false],
    ['ipv4ToNumber("192.0.2.1")', 3221225985],
    // Longer units are spelled in many ways, and seconds stop at sixty.
    ['datefloor(@timestamp, 2mins)', '2026-11-26 10:00:00.000'],
    ['datefloor(@timestamp, 300s)', '2026-11-26 10:00:00.000'],
  ]
  for (const [term, expected] of examples) assert.deepEqual(told(term), expected, term)
  // Of equirectangular degrees on the equator, one is 111.19 km of a sphere of 6,371 km.
  assert.ok(Math.abs((told('haversine(0, 0, 0, 1)') as number) - (6371 * Math.PI) / 180) < 1e-9)
  assert.throws(() => told('isIpInSubnet("1.2.3.4", "nothing")'), InsightsError)
  assert.deepEqual(ask('stats count(*) by bin(300s) as slot | display slot | limit 3'), [
    ['2026-11-26 10:00:00.000'],
    ['2026-11-26 10:01:00.000'],
    ['2026-11-26 10:06:00.000'],
  ])
})

test('commands of Logs Insights', () => {
  assert.deepEqual(ask('fields level, size * 2 as twice | filter level = "ERROR" and size > 20 # only large'), [
    ['ERROR', 60],
  ])
  assert.deepEqual(ask('stats count(*) as n, avg(size), max(size) - min(size) as span by level | sort n desc'), [
    ['ERROR', 2, 25, 10],
    ['INFO', 1, 10, 0],
  ])
  assert.deepEqual(ask('stats count() as n by bin(5m) as slot | sort slot'), [
    ['2026-11-26 10:00:00.000', 2],
    ['2026-11-26 10:05:00.000', 1],
  ])
  assert.deepEqual(ask('parse @message "user=* took * ms" as who, ms | stats sum(ms) as total by who | sort who'), [
    ['ann', 60],
    ['bob', 30],
  ])
  assert.deepEqual(ask('parse @message /took (?<ms>\\d+)/ | display ms | sort ms desc | limit 1'), [['50']])
  assert.deepEqual(ask('filter @message like /USER=b/i or @message like "nobody" | display toupper(level) as l'), [
    ['ERROR'],
  ])
  assert.deepEqual(ask('filter level in ["INFO", "WARN"] and not ispresent(absent) | display strlen(level)'), [[4]])
  assert.deepEqual(ask('sort size desc | dedup level | display size'), [[30], [10]])
  assert.deepEqual(
    ask('filter level not like /INFO/ | stats pct(size, 50) as p, count_distinct(level), latest(size)'),
    [[20, 1, 20]],
  )
  assert.deepEqual(ask('stats count(*)'), [[3]])
  assert.deepEqual(ask('fields size > 15 as big | filter big = true | display size'), [[30], [20]])
  for (const wrong of [
    'fields',
    'nonsense @message',
    'filter',
    'stats level',
    'fields a |',
    'sort by x y',
    'filter nope(1) = 2',
  ])
    assert.throws(() => ask(wrong), InsightsError, wrong)
})
