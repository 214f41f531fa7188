import { readFile } from 'node:fs/promises'
import { type ApiTarget, apiTarget, callOwn } from '../api-client.ts'
import { readArguments, UsageError } from '../arguments.ts'
import { reachable } from '../reachable.ts'

const USAGE = `usage: lentic account create --name NAME [--id DIGITS] [--format text|json] [--endpoint URL | --data DIR]
       lentic account list [--format text|json]
       lentic account policy list --id DIGITS
       lentic account policy attach --id DIGITS --name NAME --document FILE
       lentic account policy detach --id DIGITS --name NAME

Accounts of one server see nothing of each other but what they share. create tells the key of the new account's root, this
once. A service control policy bounds what anybody of an account may do, its root too; from the start each account has
FullAWSAccess. All of it is for the root of the operator's own account. --data works on a directory whose server is down.`

interface Account {
  readonly id: string
  readonly name: string
}

interface NewAccount extends Account {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

interface Policy {
  readonly name: string
  readonly text: string
}

type Ask = <T>(input: Readonly<Record<string, string | undefined>>) => Promise<T>

interface Wanted {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly document: string | undefined
  readonly isJson: boolean
}

const VERBS: Readonly<Record<string, (ask: Ask, wanted: Wanted) => Promise<string>>> = {
  async create(ask, { id, name, isJson }) {
    const made = await ask<NewAccount>({ verb: 'create', id, name: required(name) })
    return isJson ? json(made) : madeLines(made)
  },
  async list(ask, { isJson }) {
    const { accounts } = await ask<{ readonly accounts: readonly Account[] }>({ verb: 'list' })
    return isJson ? json(accounts) : accounts.map(({ id, name }) => `${id}  ${name}\n`).join('')
  },
  async 'policy list'(ask, { id, isJson }) {
    const { policies } = await ask<{ readonly policies: readonly Policy[] }>({ verb: 'policies', id: required(id) })
    return isJson ? json(policies) : policies.map(({ name, text }) => `${name}\n${text.trimEnd()}\n`).join('')
  },
  async 'policy attach'(ask, { id, name, document: file }) {
    const document = await readFile(required(file), 'utf8')
    await ask({ verb: 'attach', id: required(id), name: required(name), document })
    return ''
  },
  async 'policy detach'(ask, { id, name }) {
    await ask({ verb: 'detach', id: required(id), name: required(name) })
    return ''
  },
}

export async function account(args: readonly string[]): Promise<number> {
  const given = readArguments(args, ['name', 'id', 'document', 'format', 'endpoint', 'data'], USAGE)
  const verb = VERBS[given.rest.join(' ')]
  const [format, data, endpoint] = [given.option('format') ?? 'text', given.option('data'), given.option('endpoint')]
  if (!verb || !['text', 'json'].includes(format) || (data !== undefined && endpoint !== undefined))
    throw new UsageError(USAGE)
  const wanted = {
    id: given.option('id'),
    name: given.option('name'),
    document: given.option('document'),
    isJson: format === 'json',
  }
  const told = await (data === undefined
    ? onServer(apiTarget(endpoint), (ask) => verb(ask, wanted))
    : onDirectory(data, (ask) => verb(ask, wanted)))
  process.stdout.write(told)
  return 0
}

const onServer = (target: ApiTarget, work: (ask: Ask) => Promise<string>): Promise<string> =>
  reachable(target, () => work((input) => callOwn(target, 'accounts', input)))

/** The directory's own server, for as long as this takes: what it keeps is sealed with the key of the same settings. */
async function onDirectory(data: string, work: (ask: Ask) => Promise<string>): Promise<string> {
  const [{ start }, { readSettings }] = await Promise.all([import('../../src/main.ts'), import('../../src/config.ts')])
  const server = await start(readSettings(['--data', data, '--port', '0', '--host', '127.0.0.1'], process.env))
  try {
    return await onServer({ endpoint: server.endpoint, region: server.region, ...server.credentials }, work)
  } finally {
    await server.stop()
  }
}

function required(value: string | undefined): string {
  if (value === undefined) throw new UsageError(USAGE)
  return value
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

const madeLines = ({ id, name, accessKeyId, secretAccessKey }: NewAccount): string => `account ${id} (${name})

  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}

is the key of its root, told this once.
`
