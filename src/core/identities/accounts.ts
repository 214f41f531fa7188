/** The accounts of a server: the first is its operator's, and makes the others. */
import { randomInt } from 'node:crypto'
import { Fault } from '../faults.ts'
import { compiledPolicy } from '../policies/compilation.ts'
import type { AppliedPolicy } from '../policies/evaluation.ts'
import type { Clock, StateStore } from '../ports.ts'
import { paged } from '../resources/paging.ts'

export interface Account {
  /** Twelve digits. */
  readonly id: string
  readonly name: string
  readonly createdAt: string
  /** Beyond which nobody of the account may do anything, its root neither. Absent: there is no such bound. */
  readonly control?: readonly ControlPolicy[]
}

export interface ControlPolicy {
  readonly name: string
  readonly text: string
}

export interface Accounts {
  get(id: string): Account
  list(): Account[]
  /** Throws `Fault('already-exists', 'account')`. */
  create(wanted: { readonly id?: string; readonly name: string }): Promise<Account>
  /** Throws `Fault('invalid')` for what is no policy, and `Fault('denied', 'account')` for the first account. */
  setControl(id: string, policies: readonly ControlPolicy[]): Promise<Account>
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
  return {
    get,
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
      if (!/^\d{12}$/.test(id)) throw new Fault('invalid', 'account', `An account has twelve digits: ${id}`)
      const account: Account = { id, name, createdAt: clock.now().toISOString() }
      await state.transaction((tx) => {
        if (id === first || tx.get(SPACE, id))
          throw new Fault('already-exists', 'account', `There is an account ${id} already.`)
        tx.put(SPACE, id, account)
      })
      return account
    },
    async setControl(id, control) {
      if (id === first)
        throw new Fault('denied', 'account', "Service control policies do not bind the operator's own account.")
      for (const { text } of control) compiledPolicy(text, 'identity')
      const next = { ...get(id), control }
      await state.transaction((tx) => tx.put(SPACE, id, next))
      generation++
      return next
    },
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
