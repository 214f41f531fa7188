/**
 * Accounts of this server, and the policies beyond which they may do nothing: asked by the operator's root on a path of our
 * own, `/_lentic/accounts`. At AWS an organisation's management account does this.
 */
import type { Call } from '../../core/call.ts'
import { Fault } from '../../core/faults.ts'
import type { IamRooms } from './rooms.ts'

type Input = Readonly<Record<string, unknown>>
type Verb = (rooms: IamRooms, input: Input) => unknown

/** `verb` says what is wanted. Throws `Fault`, denied for everyone but the operator's root. */
export async function accountRequest(rooms: IamRooms, input: Input, { principal }: Call): Promise<unknown> {
  if (principal.kind !== 'root' || principal.account !== rooms.accounts.operator)
    throw new Fault('denied', 'account', "Only the root of the operator's own account may see and change accounts.")
  const verb = text(input, 'verb')
  if (!Object.hasOwn(verbs, verb))
    throw new Fault('invalid', 'input', `verb must be one of ${Object.keys(verbs).join(', ')}`)
  return verbs[verb]!(rooms, input)
}

const verbs: Readonly<Record<string, Verb>> = {
  list: ({ accounts }) => ({ accounts: accounts.list().map(({ id, name, createdAt }) => ({ id, name, createdAt })) }),

  /** A new account has what a new one has at AWS: the work group primary, an empty catalog and its settings, of each region. */
  async create({ accounts, accessKeys }, input) {
    const id = optionalText(input, 'id')
    const account = await accounts.create({ name: text(input, 'name'), ...(id !== undefined && { id }) })
    const { key, secret } = await accessKeys.create(account.id, undefined)
    return { id: account.id, name: account.name, accessKeyId: key.id, secretAccessKey: secret }
  },

  policies: ({ accounts }, input) => ({ policies: accounts.controlPolicies(text(input, 'id')) }),

  async attach({ accounts }, input) {
    await accounts.attach(text(input, 'id'), { name: text(input, 'name'), text: text(input, 'document') })
    return {}
  },

  async detach({ accounts }, input) {
    await accounts.detach(text(input, 'id'), text(input, 'name'))
    return {}
  },
}

function optionalText(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new Fault('invalid', 'input', `${name} must be a text`)
}

function text(input: Input, name: string): string {
  const value = optionalText(input, name)
  if (value === undefined) throw new Fault('invalid', 'input', `${name} must be given`)
  return value
}
