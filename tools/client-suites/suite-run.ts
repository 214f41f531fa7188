/** One run of a suite against a server of its own, which has what the suite expects to find. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AthenaClient, CreateWorkGroupCommand, UpdateWorkGroupCommand } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { start } from '../../src/main.ts'
import type { Installation } from './installation.ts'
import { type TestOutcome, testOutcomes } from './outcomes.ts'
import type { Suite } from './suites.ts'
import { type Surroundings, serveSurroundings } from './surroundings.ts'

/** `tests` are arguments of pytest's. What pytest says goes to the file `said`. */
export async function runSuite(
  suite: Suite,
  { python, folder, said }: Installation,
  tests: readonly string[],
): Promise<readonly TestOutcome[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lentic-client-suite-'))
  const server = await start({ port: 0, dataDirectory: join(directory, 'data'), region: suite.region })
  const outcomes = join(directory, 'outcomes')
  let around: Surroundings | undefined
  const output = await open(said, 'w')
  try {
    const keyArn = await prepare(suite, server.endpoint)
    around = suite.stackOutputs && (await serveSurroundings('aws-sdk-pandas-base', suite.stackOutputs(keyArn)))
    const options = ['-q', '-p', 'no:cacheprovider', '-p', 'outcomes', '-rfE', '--tb=short', ...suite.pytest]
    const child = spawn(python, ['-m', 'pytest', ...options, ...tests], {
      cwd: folder,
      stdio: ['ignore', output.fd, output.fd],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AWS_ENDPOINT_URL: server.endpoint,
        ...(around && { AWS_ENDPOINT_URL_CLOUDFORMATION: around.endpoint }),
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: suite.region,
        AWS_EC2_METADATA_DISABLED: 'true',
        PYTHONPATH: import.meta.dirname,
        LENTIC_OUTCOMES: outcomes,
        ...suite.environment,
      },
    })
    await once(child, 'exit')
    return testOutcomes(await readFile(outcomes, 'utf8'))
  } finally {
    await output.close()
    around?.close()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Ends in the ARN of a key of KMS. */
async function prepare({ region, buckets, databases, workGroups }: Suite, endpoint: string): Promise<string> {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const [s3, glue, athena] = [
    new S3Client({ ...settings, forcePathStyle: true }),
    new GlueClient(settings),
    new AthenaClient(settings),
  ]
  for (const Bucket of buckets) await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Name of databases) await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name } }))
  for (const { name: WorkGroup, output: OutputLocation, settings: own } of workGroups)
    if (WorkGroup === 'primary') {
      const ConfigurationUpdates = { ResultConfigurationUpdates: { OutputLocation } }
      await athena.send(new UpdateWorkGroupCommand({ WorkGroup, ConfigurationUpdates }))
    } else {
      const Configuration = { ...own, ResultConfiguration: { OutputLocation } }
      await athena.send(new CreateWorkGroupCommand({ Name: WorkGroup, Configuration }))
    }
  const { KeyMetadata } = await new KMSClient(settings).send(new CreateKeyCommand({}))
  return KeyMetadata!.Arn!
}
