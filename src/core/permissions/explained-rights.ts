/** What an explanation is made of: the decision, and what it was made from. */
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { Explained, Governance } from './explanation.ts'
import { closesTable } from './openness.ts'
import type { Permissions } from './permissions.ts'
import { type TableName, tablePrefix } from './resource.ts'
import { isAbroad } from './shared-scopes.ts'

type Rights = Pick<Explained, 'governance' | 'rights' | 'rules' | 'decision' | 'shared'>

/** `name`: folded. */
export function explainedRights(
  permissions: Permissions,
  asked: Principal,
  { scope, name }: { readonly scope: Scope; readonly name: TableName },
): Rights {
  const decision = permissions.table(asked, scope, name)
  const { rights, rules } = permissions.compiled(asked, scope)
  const isClosed = closesTable(rules.openness, tablePrefix(name), name.database)
  const governed = (): Governance =>
    isClosed ? 'closed' : permissions.optsIn(asked, scope, name) ? 'opted-in' : 'open'
  const governance = permissions.isUnlimited(asked, scope) ? 'root' : governed()
  if (!isAbroad(asked, scope)) return { rights, rules, decision, governance }
  const shared = { ...permissions.shared(asked, scope), account: asked.account }
  return { rights, rules: shared.passedOnRules, decision, governance, shared }
}
