/** Work groups and their tags. Shapes and messages as recorded. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CreateNamedQueryCommand,
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  GetNamedQueryCommand,
  GetWorkGroupCommand,
  ListEngineVersionsCommand,
  ListNamedQueriesCommand,
  ListQueryExecutionsCommand,
  ListTagsForResourceCommand,
  ListWorkGroupsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateWorkGroupCommand,
  type WorkGroupConfigurationUpdates,
} from '@aws-sdk/client-athena'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const get = async (WorkGroup: string) => (await a.athena.send(new GetWorkGroupCommand({ WorkGroup }))).WorkGroup!
const invalid = (promise: Promise<unknown>, message: string | RegExp) =>
  assert.rejects(promise, (error: Error) => {
    assert.equal(error.name, 'InvalidRequestException')
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    return true
  })

test('the primary work group is there before anyone makes it', async () => {
  const primary = await get('primary')
  assert.deepEqual(
    { ...primary, CreationTime: undefined },
    {
      Name: 'primary',
      State: 'ENABLED',
      CreationTime: undefined,
      Configuration: {
        EnableMinimumEncryptionConfiguration: false,
        EnforceWorkGroupConfiguration: false,
        PublishCloudWatchMetricsEnabled: false,
        RequesterPaysEnabled: false,
        ResultConfiguration: {},
        EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
      },
    },
  )
  await invalid(a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'primary' })), /primary/)
  await invalid(a.athena.send(new CreateWorkGroupCommand({ Name: 'primary' })), 'WorkGroup primary is already created')
})

test('a work group is made, changed, listed and deleted', async () => {
  await a.athena.send(
    new CreateWorkGroupCommand({
      Name: 'team',
      Description: 'of analysts',
      Configuration: {
        ResultConfiguration: { OutputLocation: 's3://results/team/' },
        BytesScannedCutoffPerQuery: 20_000_000,
      },
    }),
  )
  await invalid(a.athena.send(new CreateWorkGroupCommand({ Name: 'team' })), 'WorkGroup team is already created')
  const made = await get('team')
  assert.equal(made.Description, 'of analysts')
  assert.equal(made.Configuration!.EnforceWorkGroupConfiguration, true)
  assert.equal(made.Configuration!.BytesScannedCutoffPerQuery, 20_000_000)
  await a.athena.send(
    new UpdateWorkGroupCommand({
      WorkGroup: 'team',
      Description: 'of everyone',
      ConfigurationUpdates: {
        RemoveBytesScannedCutoffPerQuery: true,
        EnforceWorkGroupConfiguration: false,
        ResultConfigurationUpdates: { OutputLocation: 's3://results/everyone/' },
      },
    }),
  )
  const changed = await get('team')
  assert.equal(changed.Configuration!.BytesScannedCutoffPerQuery, undefined)
  assert.equal(changed.Configuration!.EnforceWorkGroupConfiguration, false)
  assert.equal(changed.Configuration!.ResultConfiguration!.OutputLocation, 's3://results/everyone/')
  assert.equal(changed.CreationTime!.getTime(), made.CreationTime!.getTime())
  const { WorkGroups } = await a.athena.send(new ListWorkGroupsCommand({}))
  assert.deepEqual(
    WorkGroups!.map((g) => [g.Name, g.Description, g.EngineVersion!.EffectiveEngineVersion]),
    [
      ['primary', '', 'Athena engine version 3'],
      ['team', 'of everyone', 'Athena engine version 3'],
    ],
  )
  await a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'team' }))
  await invalid(get('team'), 'WorkGroup is not found.')
  await invalid(a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'team' })), 'WorkGroup is not found.')
})

test('every setting of a work group can be changed, and what can be taken away is', async () => {
  const KmsKey = 'arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012'
  const change = async (ConfigurationUpdates: WorkGroupConfigurationUpdates) => {
    await a.athena.send(new UpdateWorkGroupCommand({ WorkGroup: 'every', ConfigurationUpdates }))
    const { EngineVersion: _, ...configuration } = (await get('every')).Configuration!
    return configuration
  }
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'every' }))
  const plain = {
    EnforceWorkGroupConfiguration: true,
    PublishCloudWatchMetricsEnabled: true,
    RequesterPaysEnabled: false,
    EnableMinimumEncryptionConfiguration: false,
    ResultConfiguration: {},
  }
  assert.deepEqual(await change({}), plain)
  const set = {
    EnforceWorkGroupConfiguration: false,
    PublishCloudWatchMetricsEnabled: false,
    RequesterPaysEnabled: true,
    EnableMinimumEncryptionConfiguration: true,
    AdditionalConfiguration: 'more',
    ExecutionRole: 'arn:aws:iam::000000000000:role/athena',
  }
  const removable = {
    BytesScannedCutoffPerQuery: 20_000_000,
    CustomerContentEncryptionConfiguration: { KmsKey },
  }
  const results = {
    OutputLocation: 's3://results/every/',
    EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' as const, KmsKey },
    ExpectedBucketOwner: '000000000000',
    AclConfiguration: { S3AclOption: 'BUCKET_OWNER_FULL_CONTROL' as const },
  }
  assert.deepEqual(await change({ ...set, ...removable, ResultConfigurationUpdates: results }), {
    ...set,
    ...removable,
    ResultConfiguration: results,
  })
  const { OutputLocation: _, ...elsewhere } = results
  assert.deepEqual(
    (await change({ ResultConfigurationUpdates: { RemoveOutputLocation: true } })).ResultConfiguration,
    elsewhere,
  )
  assert.deepEqual(
    await change({
      RemoveBytesScannedCutoffPerQuery: true,
      RemoveCustomerContentEncryptionConfiguration: true,
      ResultConfigurationUpdates: {
        RemoveEncryptionConfiguration: true,
        RemoveExpectedBucketOwner: true,
        RemoveAclConfiguration: true,
      },
    }),
    { ...set, ResultConfiguration: {} },
  )
})

test('the engine version that a work group has chosen is that of its queries', async () => {
  const chosen = { SelectedEngineVersion: 'Athena engine version 3', EffectiveEngineVersion: 'Athena engine version 3' }
  await a.athena.send(
    new CreateWorkGroupCommand({
      Name: 'versioned',
      Configuration: {
        EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
        ResultConfiguration: { OutputLocation: 's3://results/versioned/' },
      },
    }),
  )
  assert.deepEqual((await get('versioned')).Configuration!.EngineVersion, chosen)
  assert.deepEqual((await a.succeed('SELECT 1', { WorkGroup: 'versioned' })).EngineVersion, chosen)
  await a.athena.send(
    new UpdateWorkGroupCommand({
      WorkGroup: 'versioned',
      ConfigurationUpdates: { EngineVersion: { SelectedEngineVersion: 'AUTO' } },
    }),
  )
  const { EngineVersion } = await a.succeed('SELECT 1', { WorkGroup: 'versioned' })
  assert.deepEqual(EngineVersion, { ...chosen, SelectedEngineVersion: 'AUTO' })
})

test('a work group says where results go: always where it insists, else when nobody else does', async () => {
  const make = (Name: string, EnforceWorkGroupConfiguration: boolean) =>
    a.athena.send(
      new CreateWorkGroupCommand({
        Name,
        Configuration: {
          EnforceWorkGroupConfiguration,
          ResultConfiguration: { OutputLocation: `s3://results/${Name}` },
        },
      }),
    )
  await make('strict', true)
  await make('mild', false)
  const place = async (WorkGroup: string, OutputLocation?: string) =>
    (
      await a.succeed('SELECT 1', { WorkGroup, ResultConfiguration: { OutputLocation } })
    ).ResultConfiguration!.OutputLocation!.replace(/[^/]+$/, '')
  assert.equal(await place('strict', 's3://results/mine/'), 's3://results/strict/')
  assert.equal(await place('strict'), 's3://results/strict/')
  assert.equal(await place('mild', 's3://results/mine/'), 's3://results/mine/')
  assert.equal(await place('mild'), 's3://results/mild/')
})

test('a disabled work group runs nothing', async () => {
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'resting' }))
  await a.athena.send(new UpdateWorkGroupCommand({ WorkGroup: 'resting', State: 'DISABLED' }))
  await invalid(a.start('SELECT 1', { WorkGroup: 'resting' }), 'WorkGroup resting is disabled.')
})

test('the primary work group can be changed like any other', async () => {
  await Promise.all([
    a.athena.send(
      new UpdateWorkGroupCommand({ WorkGroup: 'primary', ConfigurationUpdates: { RequesterPaysEnabled: true } }),
    ),
    a.athena.send(
      new UpdateWorkGroupCommand({
        WorkGroup: 'primary',
        ConfigurationUpdates: { ResultConfigurationUpdates: { OutputLocation: 's3://results/default/' } },
      }),
    ),
  ])
  const { Configuration } = await get('primary')
  assert.equal(Configuration!.RequesterPaysEnabled, true)
  assert.equal(Configuration!.ResultConfiguration!.OutputLocation, 's3://results/default/')
  const { ResultConfiguration } = await a.succeed('SELECT 1', { ResultConfiguration: undefined })
  assert.match(ResultConfiguration!.OutputLocation!, /^s3:\/\/results\/default\//)
})

test('pages of work groups', async () => {
  for (let i = 0; i < 5; i++) await a.athena.send(new CreateWorkGroupCommand({ Name: `page${i}` }))
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await a.athena.send(new ListWorkGroupsCommand({ MaxResults: 1, NextToken }))
    assert.equal(page.WorkGroups!.length, 1)
    names.push(page.WorkGroups![0]!.Name!)
    NextToken = page.NextToken
  } while (NextToken)
  assert.deepEqual(names, names.toSorted())
  assert.ok(names.includes('primary') && names.includes('page4'))
  await invalid(
    a.athena.send(new ListWorkGroupsCommand({ MaxResults: 51 })),
    "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
  )
  await invalid(a.athena.send(new ListWorkGroupsCommand({ NextToken: 'x' })), 'The nextPageToken is malformed: x')
})

test('what is inside a work group keeps it, unless all of it shall go', async () => {
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'full' }))
  const { NamedQueryId } = await a.athena.send(
    new CreateNamedQueryCommand({ Name: 'q', Database: 'db', QueryString: 'SELECT 1', WorkGroup: 'full' }),
  )
  await invalid(a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'full' })), 'WorkGroup full is not empty')
  await a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'full', RecursiveDeleteOption: true }))
  await invalid(a.athena.send(new GetNamedQueryCommand({ NamedQueryId })), /was not found/)
  await invalid(a.athena.send(new ListNamedQueriesCommand({ WorkGroup: 'full' })), 'WorkGroup is not found.')
  await invalid(a.athena.send(new ListQueryExecutionsCommand({ WorkGroup: 'full' })), 'WorkGroup is not found.')
})

test('what makes no sense is refused', async () => {
  const configured = (Configuration: object) =>
    a.athena.send(new CreateWorkGroupCommand({ Name: 'odd', Configuration }))
  await invalid(configured({ EngineVersion: { SelectedEngineVersion: 'Athena engine version 9' } }), /engine version/i)
  await invalid(
    configured({ ResultConfiguration: { OutputLocation: 'nowhere' } }),
    'outputLocation is not a valid S3 path.',
  )
  await invalid(configured({ BytesScannedCutoffPerQuery: 1 }), /bytesScannedCutoffPerQuery/)
  const { EngineVersions } = await a.athena.send(new ListEngineVersionsCommand({}))
  assert.ok(EngineVersions!.some((v) => v.EffectiveEngineVersion === 'Athena engine version 3'))
})

test('tags of a work group', async () => {
  const arn = (name: string) => `arn:aws:athena:us-east-1:000000000000:workgroup/${name}`
  const tags = async (name: string) =>
    Object.fromEntries(
      (await a.athena.send(new ListTagsForResourceCommand({ ResourceARN: arn(name) }))).Tags!.map((t) => [
        t.Key,
        t.Value,
      ]),
    )
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'tagged', Tags: [{ Key: 'a', Value: '1' }] }))
  await a.athena.send(
    new TagResourceCommand({
      ResourceARN: arn('tagged'),
      Tags: [
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '3' },
      ],
    }),
  )
  assert.deepEqual(await tags('tagged'), { a: '3', b: '2' })
  await a.athena.send(new UntagResourceCommand({ ResourceARN: arn('tagged'), TagKeys: ['a', 'nothing'] }))
  assert.deepEqual(await tags('tagged'), { b: '2' })
  await a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'tagged' }))
  await assert.rejects(tags('tagged'), { name: 'ResourceNotFoundException' })
  await a.athena.send(new CreateWorkGroupCommand({ Name: 'tagged' }))
  assert.deepEqual(await tags('tagged'), {})
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
