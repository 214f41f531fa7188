/**
 * What the models call sensitive, and what its name calls secret, said to every operation that takes it: a word of its own for
 * each member, which is then looked for in records, errors, the log and the files that are kept.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { loadModel } from '../../src/protocol/model.ts'
import type { Member, Shape } from '../../src/protocol/schema.ts'
import {
  clientOf,
  SERVICES,
  type Service,
  servedOperations,
  type TwoAccounts,
  twoAccounts,
} from '../acceptance/first-account.ts'
import { inputOf } from '../acceptance/model-inputs.ts'

const SECRET_NAME = /password|secret(?:string|binary|accesskey|key)|plaintext|privatekey|^(?:session|auth)token$/i
/** Sensitive to the models, and told all the same. */
const TOLD: Readonly<Record<string, string>> = {
  'cloudwatch Expression': 'Metric math is told by alarms, and by records of what made them.',
  's3 SSEKMSKeyId': 'Records of S3 tell which key was asked for (AmazonS3 userguide, cloudtrail-logging).',
  's3 KMSMasterKeyID': 'GetBucketEncryption tells it.',
  's3 SSEKMSEncryptionContext':
    'Records of KMS tell it: "plaintext … in CloudTrail" (kms developerguide, encrypt_context).',
  's3 CopySourceSSECustomerKey': 'Clients put another header beside it.',
  'lakeformation QueryString': 'The text of a query is kept, as that of others is; records tell nothing of it.',
}

/** What must be nowhere, by where it was said. */
const planted = new Map<string, string>()
/** Of 32 bytes, as keys of customers are. */
const wordFor = (where: string): string => {
  const word = `Canary${createHash('sha256').update(where).digest('hex')}`.slice(0, 32)
  planted.set(where, word)
  return word
}

/** Members of an input at any depth, structures within each other once. */
function* membersIn(shape: Shape | undefined, seen = new Set<Shape>()): Generator<Member> {
  if (!shape || seen.has(shape)) return
  seen.add(shape)
  if (shape.type === 'structure')
    for (const member of shape.members) {
      yield member
      yield* membersIn(member.shape, seen)
    }
  else if (shape.type === 'list') yield* membersIn(shape.element.shape, seen)
  else if (shape.type === 'map') yield* membersIn(shape.value.shape, seen)
}

const isSecret = ({ name, shape }: Member): boolean =>
  ('sensitive' in shape && shape.sensitive) ||
  ((shape.type === 'string' || shape.type === 'blob') && SECRET_NAME.test(name))

/** As the member's shape takes it. */
function valueFor(shape: Shape, word: string): unknown {
  if (shape.type === 'blob') return Buffer.from(word)
  if (shape.type === 'map') return { property: valueFor(shape.value.shape, word) }
  if (shape.type === 'list') return [valueFor(shape.element.shape, word)]
  return shape.type === 'string' ? word : undefined
}

function secretsOf(service: Service, operation: string): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const input = loadModel(service).operations.get(operation)?.input
  for (const member of membersIn(input)) {
    if (!isSecret(member) || TOLD[`${service} ${member.name}`] !== undefined) continue
    const value = valueFor(member.shape, wordFor(`${service}.${operation} ${member.name}`))
    if (value !== undefined) found[member.name] = value
  }
  return found
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** As it is, in base64 and in hex. */
const formsOf = (word: string): string[] => [
  word,
  Buffer.from(word).toString('base64').replace(/=+$/, '').slice(0, -1),
  Buffer.from(word).toString('hex'),
]
const found = (where: string, text: string): string[] =>
  [...planted].flatMap(([said, word]) =>
    formsOf(word).some((form) => text.includes(form)) ? [`${said} in ${where}`] : [],
  )

let two: TwoAccounts
const errors: string[] = []
before(async () => {
  two = await twoAccounts()
})
after(() => two.g.close())

/** All that a store holds of the account, data events too. */
async function recorded(trail: CloudTrail, store: string): Promise<string> {
  const id = store.split('/').at(-1)
  const { QueryId } = await trail.startQuery({
    QueryStatement: `SELECT eventName, json_format(CAST(requestParameters AS json)), json_format(CAST(responseElements AS json)), errorMessage FROM ${id}`,
  })
  for (;;) {
    const { QueryStatus, ErrorMessage } = await trail.describeQuery({ QueryId })
    if (QueryStatus === 'FINISHED') break
    assert.ok(QueryStatus === 'QUEUED' || QueryStatus === 'RUNNING', ErrorMessage)
  }
  const texts: string[] = []
  for (let NextToken: string | undefined; ; ) {
    const page = await trail.getQueryResults({ QueryId, NextToken })
    texts.push(JSON.stringify(page.QueryResultRows))
    NextToken = page.NextToken
    if (NextToken === undefined) return texts.join('\n')
  }
}

test('what is sensitive is in no record, error, log or file', async () => {
  const trail = new CloudTrail(two.g.root.client)
  const everything = ['Management', 'Data'].map((category) => ({
    FieldSelectors: [
      { Field: 'eventCategory', Equals: [category] },
      ...(category === 'Data' ? [{ Field: 'resources.type', Equals: ['AWS::S3::Object'] }] : []),
    ],
  }))
  const { EventDataStoreArn } = await trail.createEventDataStore({ Name: 'all', AdvancedEventSelectors: everything })
  const calls: string[] = []
  for (const service of SERVICES) {
    const client = clientOf(service, two.g.root.client)
    for (const { name, Command } of await servedOperations(service)) {
      const secrets = secretsOf(service, name)
      if (Object.keys(secrets).length === 0) continue
      const known = { ...two.known(service), Body: Buffer.from('x'), ...secrets }
      const input = inputOf(service, name, known) ?? {}
      calls.push(`${service}.${name}`)
      await client.send(new Command(input as never)).catch((error: Error) => {
        errors.push(JSON.stringify({ ...error, message: error.message }))
      })
    }
    client.destroy()
  }
  // Of each kind there are some: the search has something to find.
  for (const name of ['glue.CreateConnection', 'kms.Encrypt', 'secretsmanager.CreateSecret', 's3.PutObject'])
    assert.ok(calls.includes(name), `${name} of ${calls}`)
  const records = await recorded(trail, EventDataStoreArn!)
  assert.match(records, /CreateSecret/)
  const leaks = [
    ...found('records', records),
    ...found('errors', errors.join('\n')),
    ...found('the log', two.g.lake.log.join('\n')),
  ]
  const { dataDirectory } = two.g.lake
  for (const path of await filesBelow(dataDirectory))
    leaks.push(...found(path.slice(dataDirectory.length), (await readFile(path)).toString('latin1')))
  assert.deepEqual(leaks, [])
})
