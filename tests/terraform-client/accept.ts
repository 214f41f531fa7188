/**
 * Terraform and its AWS provider: `npm run accept:terraform`. Needs `terraform`, which brings the provider from wherever its
 * own settings say. What a team keeps of a governed lake is made, found as it was said, edited, found so again, and
 * destroyed. `--where-possible`: where they cannot be had, says why and passes.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { type Person, person } from '../acceptance/lakeformation/governed-lake.ts'
import { startLake, type TestLake } from '../acceptance/server.ts'

const run = promisify(execFile)
const directory = await mkdtemp(join(tmpdir(), 'lentic-terraform-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
await cp(import.meta.dirname, directory, { recursive: true })

const terraform = (...args: readonly string[]) =>
  run('terraform', [`-chdir=${directory}`, ...args, '-no-color'], { maxBuffer: 64 << 20 })

/** Why they cannot be had on this machine; undefined where they can. */
async function missing(): Promise<string | undefined> {
  try {
    await terraform('init', '-input=false')
    return undefined
  } catch (error) {
    return String(error instanceof Error ? error.message : error).slice(0, 400)
  }
}

const reason = await missing()
if (reason !== undefined && !process.argv.includes('--where-possible')) throw new Error(reason)
if (reason !== undefined) console.log(`skipped, for Terraform's AWS provider cannot be had here: ${reason}`)

describe("Terraform's AWS provider", { skip: reason }, () => {
  let lake: TestLake
  before(async () => {
    lake = await startLake()
  })
  after(() => lake?.stop())

  const variables = (edited: boolean) => [`-var=endpoint=${lake.endpoint}`, `-var=edited=${edited}`]
  const apply = (edited: boolean) => terraform('apply', '-auto-approve', ...variables(edited))
  /** Fails where something is not as it was said. */
  async function planNothing(edited: boolean): Promise<void> {
    const { stdout } = await terraform('plan', ...variables(edited))
    assert.match(stdout, /No changes\. Your infrastructure matches the configuration\./, stdout)
  }

  /** Somebody in a session of the role to which one filter is granted. */
  async function european(): Promise<Person> {
    const { stdout } = await terraform('output', '-json', 'caller_key')
    const { id: accessKeyId, secret: secretAccessKey } = JSON.parse(stdout) as { id: string; secret: string }
    const sts = new STSClient({ ...lake.client, credentials: { accessKeyId, secretAccessKey } })
    const asked = { RoleArn: 'arn:aws:iam::000000000000:role/eu', RoleSessionName: 'european' }
    const { Credentials: keys } = await sts.send(new AssumeRoleCommand(asked))
    sts.destroy()
    const session = { sessionToken: keys!.SessionToken! }
    const credentials = { accessKeyId: keys!.AccessKeyId!, secretAccessKey: keys!.SecretAccessKey!, ...session }
    return person({ ...lake.client, credentials })
  }

  test('a governed lake is made and found as it was said', async () => {
    const { stdout } = await apply(false)
    assert.match(stdout, /Apply complete! Resources: \d+ added, 0 changed, 0 destroyed\./)
    assert.match(stdout, /sim = true/)
    await planNothing(false)
  })

  test('what was granted and filtered there holds', async () => {
    const eu = await european()
    const among = { QueryExecutionContext: { Database: 'sales' }, WorkGroup: 'tf' }
    assert.deepEqual(await eu.table('SELECT * FROM orders', among), [
      ['id', 'region', 'amount'],
      ['1', 'EU', '10'],
    ])
    assert.match(await eu.failure('SELECT email FROM orders', among), /^COLUMN_NOT_FOUND/)
  })

  test('it is edited, and found so', async () => {
    const { stdout } = await apply(true)
    assert.match(stdout, /Apply complete! Resources: 0 added, \d+ changed, 0 destroyed\./, stdout)
    await planNothing(true)
  })

  test('and destroyed', async () => {
    const { stdout } = await terraform('destroy', '-auto-approve', ...variables(true))
    assert.match(stdout, /Destroy complete! Resources: \d+ destroyed\./)
    assert.deepEqual(lake.log, [])
  })
})
