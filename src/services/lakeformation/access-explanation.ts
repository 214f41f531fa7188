/** What a principal sees of a table and why, asked on a path of our own: `/_lentic/access`. */
import { rootPrincipal } from '../../core/access/credentials.ts'
import type { Call, Principal } from '../../core/call.ts'
import { meantTable } from '../../core/catalog/links.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { type Explained, type ExplainedAccess, explainAccess } from '../../core/permissions/explanation.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { lakePrincipal } from '../../core/permissions/lake-principal.ts'
import { isAbroad } from '../../core/permissions/shared-scopes.ts'

type Input = Readonly<Record<string, unknown>>

/** Others than oneself are for administrators to ask about. Throws `Fault`. */
export function accessExplanation(lake: Lake, input: Input, call: Call): ExplainedAccess {
  const { account, region, principal: asking } = call
  const scope = { account, region, principal: asking }
  const arn = principalArn(textOf(input, 'principal'), account) ?? asking.arn
  const isOther = lakePrincipal({ arn }) !== lakePrincipal(asking)
  if (isOther && !isAdministrator(lake.permissions, scope))
    throw new Fault('denied', 'permission', 'Only administrators of the data lake may ask what others see.')
  const [, database, table] = /^([^.]+)\.([^.]+)$/.exec(textOf(input, 'table')?.toLowerCase() ?? '') ?? []
  if (database === undefined || table === undefined)
    throw new Fault('invalid', 'table', 'The table must be given as DATABASE.TABLE.')
  const house = isOther || isAdministrator(lake.permissions, scope) ? { account, region } : scope
  const meant = meantTable(house, lake.catalog.tables.get(house, database, table))
  // Of another account's table there are the columns that are shared with the account.
  const seenBy = { ...house, principal: rootPrincipal(account, '') }
  const { descriptor } = lake.catalog.tables.get(isAbroad(asking, meant.scope) ? seenBy : house, database, table)
  const all = [...(descriptor.StorageDescriptor?.Columns ?? []), ...(descriptor.PartitionKeys ?? [])]
  const column = textOf(input, 'column')?.toLowerCase()
  const columns = all.map(({ Name }) => Name.toLowerCase()).filter((name) => column === undefined || name === column)
  if (columns.length === 0 && column !== undefined)
    throw new Fault('not-found', 'column', `The table ${database}.${table} has no column ${column}.`)
  const asked = { kind: arn.endsWith(':root') ? 'root' : 'role', arn, account, accessKeyId: '' } as const
  return explainAccess({
    principal: lakePrincipal(asked),
    ...rightsOf(lake, asked, meant),
    table: meant.name,
    columns,
  })
}

function rightsOf(
  { permissions }: Lake,
  asked: Principal,
  { scope, name }: ReturnType<typeof meantTable>,
): Pick<Explained, 'rights' | 'rules' | 'decision'> {
  const decision = permissions.table(asked, scope, name)
  if (!isAbroad(asked, scope)) return { ...permissions.compiled(asked, scope), decision }
  const { share, passedOn, passedOnRules } = permissions.shared(asked, scope)
  return { rights: passedOn === 'root' ? share : passedOn, rules: passedOnRules, decision }
}

function textOf(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new Fault('invalid', 'input', `${name} must be a text`)
}

/** `role/analyst` and `user/ann` are of the caller's account. */
const principalArn = (name: string | undefined, account: string): string | undefined =>
  name !== undefined && /^(role|user)\//.test(name) ? `arn:aws:iam::${account}:${name}` : name
