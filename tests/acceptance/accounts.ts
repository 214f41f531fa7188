/** Accounts beside the first of a test's server, and people of them. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { callOwn } from '../../bin/api-client.ts'
import type { TestLake } from './server.ts'

type Client = TestLake['client']

export interface OtherAccount {
  readonly id: string
  /** Of its root. */
  readonly client: Client
  /** Somebody in a session of a role that IAM lets do everything: what it may see is for others to say. */
  role(name: string): Promise<Client>
}

export async function otherAccount({ client }: TestLake, id: string): Promise<OtherAccount> {
  const target = { endpoint: client.endpoint, region: client.region, ...client.credentials }
  const { accessKeyId, secretAccessKey } = await callOwn<{ accessKeyId: string; secretAccessKey: string }>(
    target,
    'accounts',
    { verb: 'create', id, name: `account ${id}` },
  )
  const root: Client = { ...client, credentials: { accessKeyId, secretAccessKey } }
  return {
    id,
    client: root,
    role: (name) => sessionOf(root, id, name),
  }
}

const Version = '2012-10-17'
const EVERYTHING = JSON.stringify({ Version, Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })

async function sessionOf(root: Client, id: string, name: string): Promise<Client> {
  const iam = new IAMClient(root)
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${id}:root` }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version, Statement: trust })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }))
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'everything', PolicyDocument: EVERYTHING }))
  const UserName = `${name}-user`
  await iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const PolicyDocument = JSON.stringify({
    Version,
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
  })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'assume', PolicyDocument }))
  iam.destroy()
  const sts = new STSClient({
    ...root,
    credentials: { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! },
  })
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: 'test' }))
  sts.destroy()
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!
  const credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! }
  return { ...root, credentials }
}
