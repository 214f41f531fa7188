/** Every list that takes a token refuses one that nobody has given out: with an error of its own, and not with a page. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadModel } from '../../src/protocol/model.ts'
import {
  clientOf,
  isReading,
  SERVICES,
  type Service,
  servedOperations,
  type TwoAccounts,
  twoAccounts,
} from './first-account.ts'
import { inputOf } from './model-inputs.ts'

const TOKEN = /^(?:next|continuation|page)?token$|^marker$/i
/** Keys, by which S3 lists from any place: they are no tokens. */
const KEYS = new Set(['s3.ListObjects Marker'])
/** Lists that ask for more than names. */
const ASKED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'cloudwatch.GetMetricData': {
    StartTime: new Date('2024-01-01'),
    EndTime: new Date('2024-01-02'),
    MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: { MetricName: 'a' }, Period: 60, Stat: 'Sum' } }],
  },
  'iam.SimulateCustomPolicy': { PolicyInputList: ['{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'] },
  'iam.SimulatePrincipalPolicy': { PolicySourceArn: 'arn:aws:iam::000000000000:role/impala' },
  'secretsmanager.BatchGetSecretValue': { SecretIdList: ['secret'] },
}
/** Lists of what the accounts of the test have none of: they are refused for that. */
const OF_NOTHING = new Set(
  [
    'athena.ListCalculationExecutions athena.ListExecutors athena.ListNotebookSessions athena.ListTagsForResource',
    'cloudtrail.GetQueryResults cloudtrail.ListTags glue.ListSchemaVersions glue.ListTableOptimizerRuns',
    'glue.QuerySchemaVersionMetadata iam.GetServiceLastAccessedDetails iam.GetServiceLastAccessedDetailsWithEntities',
    'iam.ListInstanceProfileTags iam.ListOpenIDConnectProviderTags lakeformation.GetWorkUnits logs.GetLogEvents',
    'logs.GetQueryResults',
  ].flatMap((line) => line.split(' ')),
)
/** One that decodes to text, as tokens of most services do, and one that does not. */
const GARBAGE = [Buffer.from('garbage').toString('base64url'), 'gar bage!']

const tokenOf = (service: Service, operation: string): string | undefined =>
  isReading(operation) || operation.startsWith('Simulate')
    ? loadModel(service)
        .operations.get(operation)
        ?.input?.members.map(({ name }) => name)
        .find((name) => TOKEN.test(name) && !KEYS.has(`${service}.${operation} ${name}`))
    : undefined

interface Refusal {
  readonly name: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

for (const service of SERVICES)
  describe(`tokens of ${service}`, () => {
    let two: TwoAccounts
    before(async () => {
      two = await twoAccounts()
    })
    after(() => two.g.close())

    test('are refused where nobody has given them out', async () => {
      const client = clientOf(service, two.g.root.client)
      const answered: string[] = []
      const unasked: string[] = []
      for (const { name, Command } of await servedOperations(service)) {
        const token = tokenOf(service, name)
        if (token === undefined) continue
        const input = inputOf(service, name, { ...two.known(service), ...ASKED[`${service}.${name}`] }) ?? {}
        const call = (more: object) => client.send(new Command({ ...input, ...more }))
        const refusal = await call({}).then(
          () => undefined,
          (error: Refusal) => error.name,
        )
        if (refusal !== undefined) {
          if (!OF_NOTHING.has(`${service}.${name}`)) unasked.push(`${name}: ${refusal}`)
          continue
        }
        for (const garbage of GARBAGE) {
          const told = await call({ [token]: garbage }).then(
            () => 'a page',
            (error: Refusal) => ((error.$metadata?.httpStatusCode ?? 500) < 500 ? error.name : 'no error of its own'),
          )
          if (!/Exception$|Error$|Invalid|Validation/.test(told)) answered.push(`${name} ${garbage}: ${told}`)
        }
      }
      client.destroy()
      assert.deepEqual({ answered, unasked }, { answered: [], unasked: [] })
    })
  })
