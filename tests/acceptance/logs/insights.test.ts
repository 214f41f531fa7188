/** What queries of Logs Insights reckon: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetQueryResultsCommand,
  PutLogEventsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { startLake, type TestLake } from '../server.ts'

const logGroupName = '/jobs'
const at = Math.floor(Date.now() / 1000) * 1000 - 60_000
const [startTime, endTime] = [at / 1000 - 3600, at / 1000 + 600]
let lake: TestLake
let logs: CloudWatchLogsClient

before(async () => {
  lake = await startLake()
  logs = new CloudWatchLogsClient(lake.client)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }))
  const messages = [
    'x {"status_code": 200, "user.id": "123", "users": [{"action": "Get"}, {"action": "PutData"}]}',
    'y {"status_code": 404, "users": []}',
    `z ${'['.repeat(3000)}${']'.repeat(3000)}`,
  ]
  const logEvents = messages.map((message, i) => ({ timestamp: at + i, message }))
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents }))
})
after(async () => {
  logs.destroy()
  await lake.stop()
  assert.deepEqual(lake.log, [])
})

/** Rows as what their fields show, without pointers. */
async function rows(queryString: string): Promise<(string | undefined)[][]> {
  const { queryId } = await logs.send(new StartQueryCommand({ logGroupName, queryString, startTime, endTime }))
  const { results } = await logs.send(new GetQueryResultsCommand({ queryId }))
  return results!.map((row) => row.filter(({ field }) => field !== '@ptr').map(({ value }) => value))
}
/** Of one row. */
const told = async (term: string) => (await rows(`filter @message like /^x/ | fields ${term} as v | display v`))[0]![0]

const PARSED = 'parse @message "* *" as word, text | fields jsonParse(text) as m'

test('structures are entered by dots, brackets and names in backquotes', async () => {
  assert.deepEqual(await rows(`${PARSED} | filter m.users[1].action = "PutData" | display word`), [['x']])
  assert.deepEqual(await rows(`${PARSED} | filter m.\`user.id\` = "123" | display word`), [['x']])
  assert.deepEqual(
    await rows(`${PARSED} | filter ispresent(m) | stats count(*) by m.status_code | sort m.status_code`),
    [
      ['200', '1'],
      ['404', '1'],
    ],
  )
  assert.deepEqual(await rows(`${PARSED} | filter word = "x" | display m.status_code, m.users[0]`), [
    ['200', '{"action":"Get"}'],
  ])
})

test('they are null to other functions, equal to nothing, and written as JSON', async () => {
  const of = async (term: string) => (await rows(`${PARSED} | filter word = "y" | fields ${term} as v | display v`))[0]
  assert.deepEqual(await of('toupper(m)'), [])
  assert.deepEqual(await of('abs(m)'), [])
  assert.deepEqual(await of('if(m = m, "equal", "not")'), ['not'])
  assert.deepEqual(await of('jsonStringify(m)'), ['{"status_code":404,"users":[]}'])
  assert.deepEqual(await of('jsonParse(word)'), [])
  // What is nested too deeply to be written again is no structure.
  assert.deepEqual(await rows(`${PARSED} | filter word = "z" | display m`), [[]])
})

test('lists are counted, searched and made', async () => {
  const list = '[\\"admin\\", \\"a\\", 2]'
  assert.equal(await told(`jsonArraySize("${list}")`), '3')
  assert.equal(await told(`jsonArrayContains("${list}", "admin")`), '1')
  assert.equal(await told(`jsonArrayContains("${list}", "Admin")`), '0')
  assert.equal(await told('jsonArrayContains("nothing", "a")'), '0')
  assert.equal(await told('split("a,b,c", ",")'), '["a","b","c"]')
})

test('times of the query are known to it', async () => {
  const now = Number(await told('now()'))
  assert.ok(Math.abs(now - Date.now() / 1000) < 60)
  assert.equal(await told('queryStartTime()'), String(startTime * 1000))
  assert.equal(await told('queryEndTime()'), String(endTime * 1000))
  assert.equal(await told('queryTimeRange()'), String((endTime - startTime) * 1000))
  assert.equal((await rows('filter toMillis(@timestamp) >= (now() * 1000 - 7200000) | display @message')).length, 3)
})

test('dates are read by patterns of Java, and written by those of strftime', async () => {
  // By Python's datetime and zoneinfo.
  for (const [term, expected] of [
    ['parseDate("2024-03-10", "yyyy-MM-dd", "UTC")', '1710028800000'],
    ['parseDate("10/Mar/2024:13:55:36", "dd/MMM/yyyy:HH:mm:ss")', '1710078936000'],
    ['parseDate("2024-07-01 00:00", "yyyy-MM-dd HH:mm", "Europe/Berlin")', '1719784800000'],
    ['parseDate("no date", "yyyy-MM-dd")', undefined],
    ['formatDate(1710028800000, "%Y-%m-%d", "UTC")', '2024-03-10'],
    ['formatDate(1719784800000, "%d %b %Y %H:%M:%S %z", "Europe/Berlin")', '01 Jul 2024 00:00:00 +0200'],
    ['strftime(1710078936000, "%A %j %I:%M %p")', 'Sunday 070 01:55 PM'],
  ] as const)
    assert.equal(await told(term), expected, term)
  for (const term of ['parseDate("x", "yyyy VV")', 'formatDate(0, "%Q")', 'formatDate(0, "%Y", "Nowhere/Land")'])
    await assert.rejects(told(term), { name: 'MalformedQueryException' }, term)
})

test('months, quarters and years are those of the calendar', async () => {
  for (const [period, expected] of [
    ['1mo', '2024-05-01 00:00:00.000'],
    ['2months', '2024-05-01 00:00:00.000'],
    ['1q', '2024-04-01 00:00:00.000'],
    ['1qtr', '2024-04-01 00:00:00.000'],
    ['1year', '2024-01-01 00:00:00.000'],
    ['1yr', '2024-01-01 00:00:00.000'],
  ] as const)
    assert.equal(await told(`datefloor(fromMillis(1716163200000), ${period})`), expected, period)
  assert.equal(await told('dateceil(fromMillis(1716163200000), 1mo)'), '2024-06-01 00:00:00.000')
})

test('what is not known is refused by name', async () => {
  for (const name of ['regexReplace(@message, "a", "b")', 'isPublicIP("1.1.1.1")', 'isReservedIP("1.1.1.1")'])
    await assert.rejects(told(name), { name: 'MalformedQueryException' }, name)
})
