/** Authorities that a connection names are read for whoever asks by the connection: with their leave alone. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateDataCatalogCommand } from '@aws-sdk/client-athena'
import { CreateConnectionCommand, GlueClient, TestConnectionCommand } from '@aws-sdk/client-glue'
import { testAuthority } from '../../databases/certificates.ts'
import { type AthenaLake, athenaLake } from './lake.ts'
import { allow, type PolicyCaller, policyCaller } from './policy-callers.ts'

let a: AthenaLake
let ann: PolicyCaller
let glue: GlueClient
before(async () => {
  a = await athenaLake()
  ann = await policyCaller(a.lake, 'ann')
  glue = new GlueClient(ann.client)
})
after(async () => {
  glue?.destroy()
  ann?.close()
  await a?.close()
})

test('who may not read the authorities of a connection does not connect', async () => {
  await a.put('authority.pem', testAuthority('IP:127.0.0.1').certificate)
  // Nobody listens there: who comes so far has been let through.
  const ConnectionProperties = {
    JDBC_CONNECTION_URL: 'jdbc:postgresql://127.0.0.1:1/shop?sslmode=verify-full',
    USERNAME: 'u',
    PASSWORD: 'p',
    CUSTOM_JDBC_CERT: 's3://data/authority.pem',
  }
  const ConnectionInput = { Name: 'shop', ConnectionType: 'JDBC' as const, ConnectionProperties }
  await a.glue.send(new CreateConnectionCommand({ ConnectionInput }))
  const Parameters = { 'connection-arn': 'arn:aws:glue:us-east-1:000000000000:connection/shop' }
  await a.athena.send(new CreateDataCatalogCommand({ Name: 'shop', Type: 'FEDERATED', Parameters }))
  const connects = () => glue.send(new TestConnectionCommand({ ConnectionName: 'shop' }))
  const sql = 'SELECT * FROM shop.public.t'
  const rest = [
    allow(['athena:*', 'glue:*', 'lakeformation:*']),
    allow('s3:*', ['arn:aws:s3:::results', 'arn:aws:s3:::results/*']),
  ]
  await ann.may(...rest)
  await assert.rejects(connects(), { name: 'AccessDeniedException', message: /s3:\/\/data\/authority.pem/ })
  assert.match(await ann.refusal(sql), /Permission denied on S3 path: s3:\/\/data\/authority.pem/)
  await ann.may(...rest, allow('s3:GetObject', 'arn:aws:s3:::data/authority.pem'))
  await assert.rejects(connects(), { name: 'InvalidInputException', message: /ECONNREFUSED/ })
  assert.match(await ann.refusal(sql), /ECONNREFUSED/)
})
