/**
 * Transactions, as far as there still are any: they begin, go on, and end, and nothing is written in them, since the governed
 * tables that they were for are no more (https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_StartTransaction.html
 * and its companions say what each state answers).
 */
import { randomBytes } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-lakeformation'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateReader, StateTransaction } from '../../core/ports.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { scopeOf } from './scope.ts'

interface Transaction {
  readonly type: Sdk.TransactionType
  readonly status: 'ACTIVE' | 'COMMITTED' | 'ABORTED'
  /** ISO 8601, as the others. */
  readonly startedAt: string
  /** When it was last said to be active. */
  readonly usedAt: string
  readonly endedAt?: string
}

/** "Write transactions that remain idle for a long period are automatically aborted": ours after this one. */
const IDLE_MS = 60 * 60_000
/** Ended ones are kept so long. */
const KEPT_MS = 30 * 24 * 60 * 60_000
const SWEPT_AT_ONCE = 100
const LOOKED_AT = 500

const ENDED: ReadonlySet<string> = new Set(['COMMITTED', 'ABORTED'])

type Place = Pick<ServiceCall, 'account' | 'region'>
const space = ({ account, region }: Place): string => `lake-formation/transactions/${account}/${region}`

export function transactions({ state, clock }: Lake): Handlers<typeof Sdk> {
  const now = (): number => clock.now().getTime()
  const required = (tx: StateReader, place: Place, id: string | undefined): Transaction => {
    if (!id) throw new Fault('invalid', 'transaction', 'A transaction id must be given.')
    const found = tx.get<Transaction>(space(place), id)
    if (!found) throw new Fault('not-found', 'transaction', `Transaction ${id} not found.`)
    return asOf(found.doc, now())
  }
  const change = async (
    place: Place,
    id: string | undefined,
    next: (held: Transaction) => Transaction,
  ): Promise<Transaction> =>
    state.transaction((tx) => {
      const changed = next(required(tx, place, id))
      tx.put(space(place), id!, changed)
      return changed
    })
  const ended = (held: Transaction, status: 'COMMITTED' | 'ABORTED'): Transaction =>
    held.status === status ? held : { ...held, status, endedAt: clock.now().toISOString() }
  return {
    async StartTransaction({ TransactionType: type = 'READ_AND_WRITE' }, call) {
      const at = clock.now().toISOString()
      const TransactionId = idAt(now())
      await state.transaction((tx) => {
        sweep(tx, call, now())
        tx.put(space(call), TransactionId, { type, status: 'ACTIVE', startedAt: at, usedAt: at })
      })
      return { TransactionId }
    },

    async CommitTransaction({ TransactionId }, call) {
      const { status } = await change(call, TransactionId, (held) => {
        if (held.status === 'ABORTED') throw cancelled(TransactionId)
        return ended(held, 'COMMITTED')
      })
      return { TransactionStatus: status }
    },

    async CancelTransaction({ TransactionId }, call) {
      await change(call, TransactionId, (held) => {
        if (held.status === 'COMMITTED') throw committed(TransactionId)
        return ended(held, 'ABORTED')
      })
      return {}
    },

    async ExtendTransaction({ TransactionId }, call) {
      await change(call, TransactionId, (held) => {
        if (held.status === 'COMMITTED') throw committed(TransactionId)
        if (held.status === 'ABORTED') throw cancelled(TransactionId)
        return { ...held, usedAt: clock.now().toISOString() }
      })
      return {}
    },

    DescribeTransaction: ({ TransactionId }, call) => ({
      TransactionDescription: told(TransactionId, required(state, call, TransactionId)),
    }),

    ListTransactions({ CatalogId, StatusFilter = 'ALL', MaxResults: limit = 100, NextToken }, call) {
      const place = scopeOf(call, CatalogId)
      const Transactions: Sdk.TransactionDescription[] = []
      for (let after = cursorOf(NextToken); ; ) {
        const page = state.list<Transaction>(space(place), { limit: LOOKED_AT, ...(after !== undefined && { after }) })
        for (const { key, doc } of page) {
          const held = asOf(doc, now())
          if (!meets(held, StatusFilter)) continue
          if (Transactions.length === limit)
            return { Transactions, NextToken: tokenOf(Transactions.at(-1)!.TransactionId) }
          Transactions.push(told(key, held))
        }
        if (page.length < LOOKED_AT) return { Transactions }
        after = page.at(-1)!.key
      }
    },
  }
}

/** In the order of their starts: so many hexadecimal digits of milliseconds, and chance. */
const idAt = (ms: number): string => ms.toString(16).padStart(12, '0') + randomBytes(10).toString('hex')

/** One that was left idle has ended when its time was over, whoever looks when. */
function asOf(held: Transaction, now: number): Transaction {
  const end = Date.parse(held.usedAt) + IDLE_MS
  if (held.status !== 'ACTIVE' || held.type === 'READ_ONLY' || now < end) return held
  return { ...held, status: 'ABORTED', endedAt: new Date(end).toISOString() }
}

function sweep(tx: StateTransaction, place: Place, now: number): void {
  for (const { key, doc } of tx.list<Transaction>(space(place), { limit: SWEPT_AT_ONCE }))
    if (now - Date.parse(asOf(doc, now).endedAt ?? doc.usedAt) > KEPT_MS) tx.delete(space(place), key)
}

const meets = ({ status }: Transaction, filter: Sdk.TransactionStatusFilter): boolean =>
  filter === 'ALL' || (filter === 'COMPLETED' ? ENDED.has(status) : status === filter)

const told = (TransactionId: string | undefined, held: Transaction): Sdk.TransactionDescription => ({
  TransactionId,
  TransactionStatus: held.status,
  TransactionStartTime: new Date(held.startedAt),
  ...(held.endedAt !== undefined && { TransactionEndTime: new Date(held.endedAt) }),
})

const committed = (id: string | undefined): Fault =>
  new Fault('conflict', 'committed transaction', `Transaction ${id} has been committed.`)
const cancelled = (id: string | undefined): Fault =>
  new Fault('conflict', 'cancelled transaction', `Transaction ${id} has been aborted.`)
