/**
 * Queries as people ask them of the logs that AWS writes: found in AWS's guides and public repositories, worded anew, over
 * generated rows in tables of the documented schema. Each must run; what is computed in JavaScript must agree.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { type AthenaLake, athenaLake } from '../../acceptance/athena/lake.ts'
import type { Row } from './log.ts'
import { LOGS } from './logs.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
  await a.s3.send(new CreateBucketCommand({ Bucket: 'logs' }))
})
after(() => a.close())

const text = (rows: readonly Row[]): string[] =>
  rows.map((row) => row.map((value) => value ?? 'NULL').join(' | ')).toSorted()

for (const log of LOGS)
  describe(log.name, () => {
    before(async () => {
      for (const [Key, Body] of log.objects) await a.s3.send(new PutObjectCommand({ Bucket: 'logs', Key, Body }))
      for (const statement of log.statements) await a.succeed(statement)
    })
    for (const { source, sql, answer } of log.queries)
      test(`${sql.replace(/\s+/g, ' ').slice(0, 100)} (${source})`, async () => {
        const rows = await a.rows(sql)
        if (answer) assert.deepEqual(text(rows), text(answer()))
      })
  })

test('two hundred of them', () => {
  const queries = LOGS.flatMap((log) => log.queries)
  assert.ok(queries.length >= 200, String(queries.length))
  assert.ok(queries.filter((q) => q.answer).length >= 130)
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
