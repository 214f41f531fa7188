/** What a principal sees of a table and why, asked on a path of our own: `/_lentic/access`. */
import { rootPrincipal } from '../../core/access/credentials.ts'
import type { Call, Principal } from '../../core/call.ts'
import type { Scope, Table } from '../../core/catalog/catalog.ts'
import { meantTable } from '../../core/catalog/links.ts'
import { Fault } from '../../core/faults.ts'
import { sourceNames } from '../../core/federation/governed-names.ts'
import { registeredSources } from '../../core/federation/registered-sources.ts'
import type { Lake } from '../../core/lake.ts'
import { type GovernedColumn, governedColumns } from '../../core/permissions/column-parts.ts'
import { explainedRights } from '../../core/permissions/explained-rights.ts'
import { type ExplainedAccess, explainAccess } from '../../core/permissions/explanation.ts'
import { isAdministrator } from '../../core/permissions/grantors.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import { lakePrincipal, namedPrincipal } from '../../core/permissions/lake-principal.ts'
import { narrowed } from '../../core/permissions/narrowed-table.ts'
import type { TableName } from '../../core/permissions/resource.ts'
import { isAbroad, ownerOf } from '../../core/permissions/shared-scopes.ts'
import type { EngineLimits } from '../../core/queries/engine-plan.ts'
import { type GrantInput, grantInput } from './permission-lists.ts'
import { readingPolicies } from './reading-policies.ts'

type Input = Readonly<Record<string, unknown>>

/** A table where it is kept, with the columns that may be told to who asks. */
interface Found {
  readonly scope: Scope
  readonly name: TableName
  readonly columns: readonly GovernedColumn[]
  /** As the lake keeps it; absent of a data source's. */
  readonly table?: Table
  /** The link that was named instead. */
  readonly link?: TableName
  /** Where the named table or link is, as the house sees it; absent of a data source's. */
  readonly house?: Scope
  /** The data source that it is of. */
  readonly source?: string
}

/** Others than oneself are for administrators to ask about. Throws `Fault`. */
export async function accessExplanation(
  lake: Lake,
  limits: EngineLimits,
  input: Input,
  call: Call,
): Promise<ExplainedAccess<GrantInput>> {
  const { account, region, principal: asking } = call
  const scope = { account, region, principal: asking }
  const arn = principalArn(textOf(input, 'principal'), account) ?? asking.arn
  const isOther = lakePrincipal({ arn }) !== lakePrincipal(asking)
  const administers = isAdministrator(lake.permissions, scope)
  if (isOther && !administers)
    throw new Fault('denied', 'permission', 'Only administrators of the data lake may ask what others see.')
  const asked = isOther ? principalNamed(arn, account, lake.clock.now()) : asking
  const found = await findTable(
    lake,
    tableParts(textOf(input, 'table')),
    administers ? { account, region } : scope,
    call,
  )
  const column = textOf(input, 'column')?.toLowerCase()
  const columns = found.columns.filter(({ name }) => column === undefined || name === column)
  const { database, table } = found.link ?? found.name
  if (columns.length === 0 && column !== undefined)
    throw new Fault('not-found', 'column', `The table ${database}.${table} has no column ${column}.`)
  const read = { scope: found.house ?? found.scope, catalog: found.source, ...(found.link ?? found.name) }
  const { policies, failure } = lake.access.isKnown(asked)
    ? await readingPolicies(lake, limits, { principal: asked, owner: ownerOf(found.scope), call }, read)
    : { policies: [], failure: undefined }
  const notes = notesOf(lake, asked, found, { account, region })
  return explainAccess(
    {
      principal: lakePrincipal(asked),
      ...explainedRights(lake.permissions, asked, found),
      catalog: found.scope,
      table: found.name,
      columns,
      policies,
      notes: failure === undefined ? notes : [...notes, `whoever reads it hears: ${failure}`],
    },
    grantInput,
  )
}

function tableParts(text = ''): readonly [string | undefined, string, string] {
  const [, catalog, database, table] = /^(?:([^.]+)\.)?([^.]+)\.([^.]+)$/.exec(text.toLowerCase()) ?? []
  if (database === undefined || table === undefined)
    throw new Fault('invalid', 'table', 'The table must be given as DATABASE.TABLE or CATALOG.DATABASE.TABLE.')
  return [catalog === 'awsdatacatalog' ? undefined : catalog, database, table]
}

async function findTable(
  lake: Lake,
  [catalog, database, table]: ReturnType<typeof tableParts>,
  seen: Scope,
  { account, region, signal, principal }: Call,
): Promise<Found> {
  const source = catalog === undefined ? undefined : registeredSources(lake, { account, region }).find(catalog)
  if (source) {
    const name = { database, table }
    const decision = seen.principal && lake.permissions.table(seen.principal, source.scope, name)
    if (decision && !decision.permissions.has('DESCRIBE')) throw insufficient('DESCRIBE', table)
    const told = await sourceNames(lake.sources, source, signal).table(source.scope, name)
    return {
      scope: source.scope,
      name,
      columns: governedColumns(decision ? narrowed(told, decision) : told),
      source: source.name.toLowerCase(),
    }
  }
  if (catalog !== undefined && !catalog.startsWith('s3tablescatalog/'))
    throw new Fault('not-found', 'catalog', `Catalog ${catalog} not found.`)
  const house = catalog === undefined ? seen : { ...seen, account: `${account}:${catalog}` }
  const meant = meantTable(house, lake.catalog.tables.get(house, database, table))
  // Of another account's table there are the columns that are shared with the account.
  const seenBy = { ...house, principal: rootPrincipal(account, '') }
  const found = lake.catalog.tables.get(isAbroad(principal, meant.scope) ? seenBy : house, database, table)
  const isLink = meant.name.table !== table || meant.name.database !== database || isAbroad(principal, meant.scope)
  return {
    ...meant,
    columns: governedColumns(found),
    table: found,
    house: { account: house.account, region },
    ...(isLink && { link: { database, table } }),
  }
}

function notesOf(lake: Lake, asked: Principal, { table, link, name }: Found, own: Scope): string[] {
  const notes: string[] = []
  const who = lakePrincipal(asked)
  if (!lake.access.isKnown(asked)) notes.push(`IAM knows no ${who}: what policies would say of it is not told`)
  if (link) {
    const isSeen = lake.permissions.table(asked, own, link).permissions.has('DESCRIBE')
    const text = `${link.database}.${link.table} is a link to ${name.database}.${name.table}`
    notes.push(isSeen ? `${text}, which ${who} sees` : `${text}, and nothing gives DESCRIBE on the link to ${who}`)
  }
  if (table?.descriptor.TableType === 'VIRTUAL_VIEW')
    notes.push('a view is read with the rights of who reads it: what it names must be granted too')
  return notes
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

function principalNamed(arn: string, account: string, now: Date): Principal {
  if (!/^arn:aws[^:]*:(iam|sts)::\d{12}:/.test(arn))
    throw new Fault('invalid', 'principal', 'The principal must be an ARN, role/NAME or user/NAME.')
  if (arn.endsWith(':root')) return rootPrincipal(account, '')
  return sessionOf(namedPrincipal(lakePrincipal({ arn })), now)
}

/** Whoever acts as a role is a session of it, to which policies may have more to say than to the role. */
function sessionOf(principal: Principal, now: Date): Principal {
  if (principal.kind !== 'role') return principal
  const { account, arn } = principal
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  return {
    ...principal,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/explained`,
    entityArn: arn,
    session: { issuedAt: now.toISOString() },
  }
}
