/** Names and texts that would be something else where they are shown: a header, a tag, a line of a log, a key of a terminal. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Glue } from '@aws-sdk/client-glue'
import { S3 } from '@aws-sdk/client-s3'
import { startLake, type TestLake } from '../acceptance/server.ts'
import { RawConnection, send, signed } from '../acceptance/wire/signed-request.ts'
import { run } from '../cli/process.ts'

let lake: TestLake
let s3: S3
let environment: Record<string, string>
before(async () => {
  lake = await startLake()
  s3 = new S3(lake.client)
  await s3.createBucket({ Bucket: 'kept' })
  environment = {
    LENTIC_ENDPOINT: lake.endpoint,
    AWS_ACCESS_KEY_ID: lake.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: lake.credentials.secretAccessKey,
  }
})
after(async () => {
  assert.deepEqual(lake.log, [])
  await lake.stop()
})

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '\';!--"<x>=&{()}',
  'a\r\nx-injected: yes\r\n\r\n<html>',
  'a\nlentic_forged_total 1\n',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  ']]></Key><Key>other',
  '=?UTF-8?Q?x=0D=0Ax-injected:_yes?=',
]
const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
const pathOf = (key: string) =>
  `/kept/${encodeURIComponent(key).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`

test('keys come back as they are, and are nothing else in headers, lists or errors', async () => {
  for (const Key of HOSTILE) {
    const stored = await send(lake, { method: 'PUT', path: pathOf(Key), headers: UNSIGNED, body: 'x' })
    assert.equal(stored.status, 200, JSON.stringify(Key))
    const missing = await send(lake, { method: 'GET', path: `${pathOf(Key)}-missing`, headers: UNSIGNED })
    const text = await missing.text()
    assert.equal(missing.status, 404)
    assert.match(missing.headers.get('content-type')!, /^application\/xml/)
    assert.ok(!/<script|<img|<html|<x>/.test(text), text)
    assert.equal(missing.headers.get('x-injected'), null)
  }
  const listing = await send(lake, { method: 'GET', path: '/kept?list-type=2', headers: UNSIGNED })
  const text = await listing.text()
  assert.ok(!/<script|<img|<html|<x>/.test(text))
  assert.equal(text.match(/<Key>/g)?.length, HOSTILE.length)
})

test('what a caller says of answers stays in its header', async () => {
  await s3.putObject({ Bucket: 'kept', Key: 'plain', Body: 'x' })
  for (const name of ['response-content-disposition', 'response-content-type', 'response-cache-control'])
    for (const value of ['a%0d%0ax-injected:%20yes', 'a%0ax-injected:%20yes', 'a%00b', '%0d%0a%0d%0a<html>']) {
      const path = `/kept/plain?${name}=${value}`
      const connection = new RawConnection(lake)
      const headers = await signed(lake, { method: 'GET', path, headers: UNSIGNED })
      connection.head('GET', path, { ...headers, connection: 'close' })
      const answer = await connection.untilClosed()
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      assert.ok(!/^x-injected/im.test(head), head)
      assert.ok(!body.startsWith('<html>'))
    }
  for (const value of ['a\u0001b', '\u0085', 'x'.repeat(3000)]) {
    const headers = { ...UNSIGNED, 'x-amz-meta-told': value }
    const stored = await send(lake, { method: 'PUT', path: '/kept/told', headers, body: 'x' }).catch(() => undefined)
    if (stored?.status !== 200) continue
    assert.equal((await s3.headObject({ Bucket: 'kept', Key: 'told' })).$metadata.httpStatusCode, 200)
  }
})

test('metrics and the log have no line that a caller has written', async () => {
  const forged = 'CreateUser"} 1\nlentic_forged_total{x="'
  const sent = (name: string, headers: Record<string, string>, body: string) =>
    fetch(lake.endpoint, { method: 'POST', headers, body }).then(
      (answer) => answer.text(),
      () => name,
    )
  await sent('form', { 'content-type': 'application/x-www-form-urlencoded' }, `Action=${encodeURIComponent(forged)}`)
  await sent('json', { 'x-amz-target': 'AWSGlue.<script>' }, '{}')
  for (const path of ['/<script>', '/%0alentic_forged_total%201', '/_lentic/%0d%0ax', '/_lentic/<script>'])
    assert.ok(!(await (await fetch(`${lake.endpoint}${path}`)).text()).includes('<script>'), path)
  const metrics = await (await fetch(`${lake.endpoint}/_lentic/metrics`)).text()
  assert.ok(!/^lentic_forged|<script>/m.test(metrics))
  for (const line of metrics.trim().split('\n'))
    assert.match(line, /^(?:# (?:HELP|TYPE) |[a-z_]+(?:\{[^\n]*\})? [\d.e+-]+$)/, line)
})

test('nothing that is in a lake steers the terminal of whoever looks at it', async () => {
  const glue = new Glue(lake.client)
  await glue.createDatabase({ DatabaseInput: { Name: 'db' } })
  const steering = ['\u001b[2J\u001b]0;owned\u0007', '\u009b31m', '\u202egnp.exe', 'a\rb']
  const query = `SELECT ${steering.map((text, i) => `'${text}' AS "n${i}${text}"`).join(', ')}`
  const answers = [
    await run(['sql', query], environment),
    await run(['sql', `SELECT * FROM db."${steering[0]}"`], environment),
    await run(['sql', `SELECT "${steering.join('')}"`], environment),
    await run(['access', 'explain', '--principal', `role/${steering[0]}`, '--table', `db.${steering[1]}`], environment),
    await run(['catalog', 'diff', `db.${steering[0]}`], environment),
  ]
  for (const { out, err } of answers) {
    assert.ok(out + err !== '')
    assert.doesNotMatch(out + err, /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
  }
})
