import type { Principal } from '../../core/call.ts'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import { ownerOf } from '../../core/permissions/shared-scopes.ts'

/** What a run does by the leave of a role. */
export interface ActingRole {
  readonly scope: Scope
  /** In whose name the run is. */
  readonly principal: Principal
  /** ARN or name, as it was given. */
  readonly role: string | undefined
  readonly session: string
  /** As a refusal names it. */
  readonly run: string
}

/**
 * The lake as the role of a run may enter it: files that a table names are read, written and taken away by its leave alone.
 * An operator who is alone in the server need not have made the role. docs: glue dg, optimization-prerequisites and
 * column-stats-prereqs.
 */
export function actingAs({ scope, principal, role = '', session, run }: ActingRole, lake: Lake): Lake {
  if (lake.access.isAlone(principal)) return lake
  const account = ownerOf(scope)
  const entityArn = role.includes(':') ? role : `arn:aws:iam::${account}:role/${role}`
  const [, roleAccount, name = ''] = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(entityArn) ?? []
  if (roleAccount !== account)
    throw new Fault('denied', 'role', `The ${run} has no role of the account ${account} to act as.`)
  const arn = `arn:aws:sts::${account}:assumed-role/${name}/${session}`
  return forwardedLake(lake, {
    principal: { kind: 'role', arn, entityArn, account, accessKeyId: '' },
    region: scope.region,
  })
}
