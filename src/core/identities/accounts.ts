/** The accounts of a server: the first is its operator's, and makes the others. */
import { randomInt } from 'node:crypto'
import { Fault } from '../faults.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy } from '../policies/evaluation.ts'
import type { Clock, StateStore } from '../ports.ts'
import { paged } from '../resources/paging.ts'

export interface ControlPolicy {
  readonly name: string
  readonly text: string
}

export interface Account {
  /** Twelve digits. */
  readonly id: string
  readonly name: string
  readonly createdAt: string
  /** Beyond which nobody of the account may do anything, its root neither. Absent: there is no such bound. */
  readonly control?: readonly ControlPolicy[]
}

/** Attached to every account from the start, until it is detached: docs: organizations ug, orgs_manage_policies_scps_evaluation. */
const FULL_ACCESS: ControlPolicy = {
  name: 'FullAWSAccess',
  text: JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  }),
}

/** docs: organizations ug, orgs_reference_limits: policies of an account, and characters of each. */
const MOST_POLICIES = 5
const MOST_CHARACTERS = 5120

export interface Accounts {
  /** The id of the first account. */
  readonly operator: string
  get(id: string): Account
  /** Whether it is the first, and there is no other. */
  isAlone(id: string): boolean
  list(): Account[]
  /** Throws `Fault('already-exists', 'account')`. */
  create(wanted: { readonly id?: string; readonly name: string }): Promise<Account>
  /** Those that are attached, by name, which tells them apart. */
  controlPolicies(id: string): readonly ControlPolicy[]
  /**
   * One of the same name is replaced. Throws `Fault('invalid')` for what is no policy, `Fault('limit')` for too many, and
   * `Fault('denied', 'account')` for the first account.
   */
  attach(id: string, policy: ControlPolicy): Promise<void>
  /** Throws `Fault('not-found', 'policy')`, and `Fault('limit')` for the last one. */
  detach(id: string, name: string): Promise<void>
  /** Levels of service control policies, of which each has to allow. */
  controlOf(id: string): readonly (readonly AppliedPolicy[])[] | undefined
  readonly generation: () => number
}

const SPACE = 'accounts'

export function openAccounts(state: StateStore, clock: Clock, first: string): Accounts {
  let generation = 0
  const operators: Account = { id: first, name: 'operator', createdAt: new Date(0).toISOString() }
  const find = (id: string): Account | undefined => state.get<Account>(SPACE, id)?.doc
  const get = (id: string): Account => {
    const account = id === first ? operators : find(id)
    if (!account) throw new Fault('not-found', 'account', `There is no account ${id}.`)
    return account
  }
  const changeControl = async (
    id: string,
    change: (held: readonly ControlPolicy[]) => readonly ControlPolicy[],
  ): Promise<void> => {
    if (id === first)
      throw new Fault('denied', 'account', "Service control policies do not bind the operator's own account.")
    get(id)
    await state.transaction((tx) => {
      const { control, ...account } = tx.get<Account>(SPACE, id)!.doc
      const next = change(control ?? [FULL_ACCESS])
      // Whom nothing bounds is not asked about bounds.
      const isBound = next.length > 1 || next[0]!.text !== FULL_ACCESS.text
      tx.put(SPACE, id, isBound ? { ...account, control: next } : account)
    })
    generation++
  }
  return {
    get,
    isAlone: (id) => id === first && state.keys(SPACE, { limit: 1 }).length === 0,
    operator: first,
    generation: () => generation,
    list: () => [
      operators,
      ...[
        ...paged(
          (page) => state.list<Account>(SPACE, page),
          ({ key }) => key,
        ),
      ].map(({ doc }) => doc),
    ],
    async create({ id = String(randomInt(100_000_000_000, 281_474_976_710_655)).slice(0, 12), name }) {
      if (name.trim() === '' || name.length > 50)
        throw new Fault('invalid', 'account', 'The name of an account has 1 to 50 characters.')
      if (!/^\d{12}$/.test(id)) throw new Fault('invalid', 'account', `An account has twelve digits: ${id}`)
      const account: Account = { id, name, createdAt: clock.now().toISOString() }
      await state.transaction((tx) => {
        if (id === first || tx.get(SPACE, id))
          throw new Fault('already-exists', 'account', `There is an account ${id} already.`)
        tx.put(SPACE, id, account)
      })
      return account
    },
    controlPolicies: (id) => get(id).control ?? [FULL_ACCESS],
    attach: (id, policy) =>
      changeControl(id, (held) => {
        checkControl(policy)
        const others = held.filter(({ name }) => name !== policy.name)
        if (others.length >= MOST_POLICIES)
          throw new Fault('limit', 'policy', `An account has at most ${MOST_POLICIES} service control policies.`)
        return [...others, policy]
      }),
    detach: (id, name) =>
      changeControl(id, (held) => {
        const left = held.filter((one) => one.name !== name)
        if (left.length === held.length)
          throw new Fault('not-found', 'policy', `The account ${id} has no service control policy ${name}.`)
        if (left.length === 0)
          throw new Fault('limit', 'policy', 'An account keeps at least one service control policy.')
        return left
      }),
    controlOf(id) {
      const control = id === first ? undefined : find(id)?.control
      return (
        control && [
          control.map(({ name, text }) => ({ compiled: compiledPolicy(text, 'identity'), name: `scp_${name}` })),
        ]
      )
    },
  }
}

function checkControl({ name, text }: ControlPolicy): void {
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw new Fault('invalid', 'policy', `Not a name of a policy: ${name}`)
  if (text.length > MOST_CHARACTERS)
    throw new Fault('limit', 'policy', `A service control policy has at most ${MOST_CHARACTERS} characters.`)
  compiledPolicy(text, 'identity')
}
