/**
 * What a query did, for the record: the tables and columns that it read, and the calls of Glue and of Lake Formation that
 * its changes are, which on AWS Athena makes in the name of who asked. Of one that was refused, the tables that it names.
 */
import { identityOf } from '../../core/events/identity.ts'
import type { ModelCall } from '../../core/events/model-call.ts'
import { readEvents } from '../../core/events/reads.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { settingsOf } from '../../core/permissions/settings.ts'
import type { StatementFailure } from '../../core/queries/failure.ts'
import { namedTables } from '../../core/queries/named-tables.ts'
import type { TableRead } from '../../core/queries/table-reads.ts'
import { DATA_CATALOG_CODES } from '../../protocol/data-catalog-faults.ts'
import { modelCallEvent } from '../../protocol/events/model-call-event.ts'
import type { Statement } from '../../sql/ast.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import type { QuerySpec } from './query-run.ts'

/** As events name it. */
const ATHENA = { service: 'ATHENA', source: ATHENA_PRINCIPAL } as const

const DENIED = [1500, 1501]
const MISSING = 1301

export interface QueryEvents {
  read(reads: readonly TableRead[]): void
  /** A result of before was taken: `queryId` of the query that had read. */
  readAgain(reads: readonly TableRead[], queryId: string): void
  /** To the table's files some are added. */
  wrote(table: Pick<TableRead, 'name' | 'owner'>): void
  changed(call: ModelCall): void
  /** `statement`: what was asked, where it is known. */
  failed(
    failure: StatementFailure,
    statement: Statement,
    context: { readonly catalog: string; readonly database: string },
  ): void
}

export function queryEvents(
  { clock, state, events: { journal } }: Pick<Lake, 'clock' | 'state' | 'events'>,
  { id, spec }: { readonly id: string; readonly spec: QuerySpec },
): QueryEvents {
  const { account, region, principal, workGroup } = spec
  const reader = { principal, scope: { account, region }, queryId: id, workGroup, ...ATHENA }
  const identity = { ...identityOf(principal), invokedBy: ATHENA_PRINCIPAL }
  let isTold = false
  const read = (reads: readonly TableRead[], more: Partial<Parameters<typeof readEvents>[1]> = {}): void => {
    isTold = true
    const abroad = reads.some(({ owner }) => owner)
    const trustedOwners = abroad ? settingsOf(state, reader.scope).TrustedResourceOwners : undefined
    for (const event of readEvents(reads, { ...reader, trustedOwners, ...more }, clock.now())) journal.append(event)
  }
  return {
    read,
    readAgain: (reads, reusedFrom) => read(reads, { detail: { reusedQueryExecutionId: reusedFrom } }),
    wrote: (table) => read([{ ...table, columns: [] }], { permission: 'INSERT' }),
    changed(call) {
      isTold = true
      const around = { identity, at: clock.now(), region, account, address: ATHENA_PRINCIPAL, requestID: id }
      const detail = { queryExecutionId: id, workGroup }
      journal.append(modelCallEvent(call, { ...around, userAgent: ATHENA_PRINCIPAL, detail, errorCode }))
    },
    failed(failure, statement, context) {
      const code = refusalCode(failure)
      if (code === undefined || isTold) return
      read(namedTables(statement, context), { failure: { code, message: failure.reason } })
    },
  }
}

const errorCode = (error: unknown): string =>
  error instanceof Fault ? DATA_CATALOG_CODES[error.kind] : DATA_CATALOG_CODES.invalid

/** Undefined for what is no refusal. Who may not see a table is told that it is not there. */
function refusalCode({ type, reason }: StatementFailure): string | undefined {
  if (DENIED.includes(type) || /not authorized|Insufficient Lake Formation|AccessDenied/.test(reason))
    return DATA_CATALOG_CODES.denied
  return type === MISSING ? DATA_CATALOG_CODES['not-found'] : undefined
}
