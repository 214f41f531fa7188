/** Why a principal sees what it sees of a table: for each column and for the rows what decides, and what would show it. */
import type { Scope } from '../catalog/catalog.ts'
import type { PolicyRole } from '../policies/evaluation.ts'
import { type GovernedColumn, hasAny, partName } from './column-parts.ts'
import type { DataFilter } from './data-filters.ts'
import { grantedTable, type Reading, type Reason, type TableDecision } from './decision.ts'
import type { Grant } from './grants.ts'
import { namesLeft, seesAllColumns } from './narrowed-table.ts'
import { spelledOut } from './permission.ts'
import {
  ANY_VALUE,
  type ColumnChoice,
  type Resource,
  resourceKey,
  resourceText,
  type TableName,
  type TagCondition,
} from './resource.ts'
import type { CatalogRules, PrincipalRights, TaggedGrant } from './rights.ts'
import { ownerOf } from './shared-scopes.ts'
import type { SharedRights } from './sharing.ts'
import { type LfTags, matches } from './tags.ts'
import { type Conditions, type TablePart, tableParts, visibilityOf } from './visibility.ts'

export interface ExplainedPart<G = MeantGrant> {
  readonly visible: 'always' | 'never' | 'sometimes'
  /** Where it is visible sometimes: of these one must hold. */
  readonly where?: readonly string[]
  readonly because: readonly string[]
  /** By which it is seen: with all of them revoked it is not. Of what is shared, those of both accounts. */
  readonly grants: readonly G[]
  /** What would show it always, where policies let it be read; absent where it is, or where grants do not decide. */
  readonly needs?: G
}

export interface MeantGrant extends Pick<Grant, 'principal' | 'resource' | 'permissions'> {
  /** Whose administrators grant and revoke it. */
  readonly account: string
  /** Where what it is of is kept. */
  readonly catalog: Scope
}

/** What decides whether grants are asked at all. */
export type Governance = 'root' | 'open' | 'opted-in' | 'closed'

/** Questions to policies, of which one statement, or the lack of one, decides in the same way. */
export interface ExplainedPolicy {
  readonly action: string
  /** ARNs; of several objects the folder that they are in, with `*` behind it. */
  readonly resources: readonly string[]
  readonly allowed: boolean
  readonly because: string
  readonly statement?: DecidingStatement
  /** Where no statement allows it: in a policy of which kind one is missing. */
  readonly missing?: PolicyRole
}

export interface DecidingStatement {
  readonly role: PolicyRole
  /** Its ARN, or its name where it has none. */
  readonly policy: string
  /** Where it stands in its policy, from one. */
  readonly number: number
  readonly sid?: string
}

export interface ExplainedAccess<G = MeantGrant> {
  readonly principal: string
  readonly table: string
  readonly decidedBy: 'IAM' | 'Lake Formation'
  /** Why it is that one of the two. */
  readonly because: string
  /** What is asked of IAM's policies before anything is seen. */
  readonly policies: readonly ExplainedPolicy[]
  readonly permissions: readonly { readonly permission: string; readonly because: readonly string[] }[]
  readonly rows: ExplainedPart<G>
  /**
   * Of a struct of which not all is seen its fields, as filters name them. `told`: whether the name of the column is told,
   * whoever sees its values.
   */
  readonly columns: readonly (ExplainedPart<G> & { readonly column: string; readonly told: boolean })[]
  readonly notes: readonly string[]
}

export interface Explained {
  readonly principal: string
  readonly governance: Governance
  readonly decision: TableDecision
  readonly rights: PrincipalRights
  readonly rules: CatalogRules
  /** Of another account's table: what there is besides the principal's own rights. */
  readonly shared?: SharedRights & { readonly account: string }
  /** Where the table is kept. */
  readonly catalog: Scope
  readonly table: TableName
  /** Of the table. */
  readonly columns: readonly GovernedColumn[]
  readonly policies: readonly ExplainedPolicy[]
  readonly notes: readonly string[]
}

/** `tell`: how a grant is told. */
export function explainAccess<G>(asked: Explained, tell: (grant: MeantGrant) => G): ExplainedAccess<G> {
  const { principal, governance, decision, table, columns, policies, notes } = asked
  const visibility = visibilityOf(decision, columns)
  const names = decision.permissions.has('DESCRIBE') ? namesLeft(columns, decision) : new Set()
  // Where a policy says no, nothing comes of what is granted.
  const refused = policies.filter(({ allowed }) => !allowed).map(policyWords)
  const rows = part(visibility.rows, decision.readings.length > 0 && refused.length === 0)
  return {
    principal,
    table: nameOf(table),
    decidedBy: governance === 'open' ? 'IAM' : 'Lake Formation',
    because: governanceWords(asked),
    policies,
    permissions: [...decision.permissions].map(([permission, reasons]) => ({
      permission,
      because: [...new Set(reasons.map((one) => reasonWords(one, asked)))],
    })),
    rows: {
      ...rows,
      because: refused.length > 0 ? refused : rowWords(asked),
      ...toldGrants(decidingGrants(asked, decision.readings, visibility.rows), tell),
    },
    columns: tableParts(visibility, columns).map((one) => {
      const { path, where } = one
      const having = decision.readings.filter((reading) => has(reading, one))
      const granted =
        having.length > 0 ? having.map(({ reason }) => reasonWords(reason, asked, path[0])) : hiddenWords(one, asked)
      const because = refused.length > 0 ? refused : granted
      const isTold = names.has(path[0]!) && (path.length === 1 || having.length > 0 || seesAllColumns(decision))
      return {
        column: partName(path),
        told: isTold && refused.length === 0,
        ...part(where, having.length > 0 && refused.length === 0),
        because: [...new Set(because)],
        ...toldGrants(decidingGrants(asked, having, where, path[0]), tell),
      }
    }),
    notes,
  }
}

const has = ({ columns }: Reading, { path, type }: TablePart): boolean => !columns || hasAny(columns, path, type)

const policyWords = ({ action, resources, because }: ExplainedPolicy): string =>
  `${action} on ${resources.join(', ')}: ${because}`

/** Those by which a part is seen as far as it is, and the one that would show all of it. */
function decidingGrants(
  asked: Explained,
  having: readonly Reading[],
  conditions: Conditions,
  column?: string,
): Pick<ExplainedPart, 'grants' | 'needs'> {
  const grants = having.flatMap(({ reason }) => grantsOf(reason, asked))
  const isWhole = having.length > 0 && !conditions
  if (isWhole || asked.governance === 'open' || asked.governance === 'root') return { grants }
  const resource: Resource =
    column === undefined ? { kind: 'table', ...asked.table } : { kind: 'columns', ...asked.table, include: [column] }
  // What the owner of a table grants to somebody of another account nobody has to pass on; its root has what the account has.
  const principal = asked.shared?.passedOn === 'root' ? asked.shared.account : asked.principal
  const needs: MeantGrant = {
    account: ownerOf(asked.catalog),
    catalog: asked.catalog,
    principal,
    resource,
    permissions: ['SELECT'],
  }
  return { grants, needs }
}

const toldGrants = <G>(
  { grants, needs }: Pick<ExplainedPart, 'grants' | 'needs'>,
  tell: (grant: MeantGrant) => G,
): Pick<ExplainedPart<G>, 'grants' | 'needs'> => ({ grants: grants.map(tell), ...(needs && { needs: tell(needs) }) })

type Place = Pick<Explained, 'catalog' | 'shared'>

function grantsOf(reason: Reason, { catalog, shared }: Place, account = ownerOf(catalog)): MeantGrant[] {
  switch (reason.by) {
    case 'grant': {
      const { principal, resource, permissions } = reason.grant
      return [{ account, catalog, principal, resource, permissions }]
    }
    case 'share':
      return [
        ...grantsOf(reason.share, { catalog, shared }),
        ...grantsOf(reason.passedOn, { catalog, shared }, shared?.account),
      ]
    default:
      return []
  }
}

function governanceWords({ principal, governance, table, shared }: Said): string {
  const name = nameOf(table)
  switch (governance) {
    case 'root':
      return ROOT
    case 'open':
      return shared
        ? `${name} is open to IAM_ALLOWED_PRINCIPALS, and neither its owner nor the account ${shared.account} has opted in to Lake Formation for it: the policy of its catalog decides who of other accounts is let in`
        : `${name} is open to IAM_ALLOWED_PRINCIPALS, and ${principal} has not opted in to Lake Formation for it: whoever IAM lets in may do everything`
    case 'opted-in':
      return `${name} is open to IAM_ALLOWED_PRINCIPALS, but ${principal} has opted in to Lake Formation for it, its database or its catalog: grants decide`
    case 'closed':
      return `IAM_ALLOWED_PRINCIPALS has no permission on ${name}: grants decide`
  }
}

const ROOT = 'the account’s root may do everything'

function part(conditions: Conditions, any: boolean): Pick<ExplainedPart, 'visible' | 'where'> {
  if (!any) return { visible: 'never' }
  return conditions ? { visible: 'sometimes', where: conditions.map(({ text }) => text) } : { visible: 'always' }
}

function rowWords(asked: Explained): string[] {
  const { decision, governance, table, principal } = asked
  const { readings } = decision
  if (readings.length === 0 && governance === 'open')
    return [`${governanceWords(asked)}, and it lets in no ${principal}`]
  if (readings.length === 0 && asked.shared) return sharedWords(undefined, asked)
  if (readings.length === 0)
    return [`nothing gives SELECT on ${nameOf(table)} to ${principal}: no grant, no data cells filter, no LF-Tag`]
  const whole = readings.filter(({ rows }) => rows === undefined)
  return [...new Set((whole.length > 0 ? whole : readings).map(({ reason }) => reasonWords(reason, asked)))]
}

type Said = Pick<Explained, 'principal' | 'rules' | 'table' | 'governance' | 'shared'>

function reasonWords(reason: Reason, asked: Said, column?: string): string {
  const { principal, rules } = asked
  switch (reason.by) {
    case 'root':
      return ROOT
    case 'iam-allowed-principals':
      return governanceWords(asked)
    case 'administrator':
      return `${principal} is a data lake administrator`
    case 'read-only-administrator':
      return `${principal} is a read-only administrator of the data lake`
    case 'share': {
      const { share, passedOn } = reason
      const account = share.by === 'grant' ? share.grant.principal : principal
      return `${reasonWords(share, { ...asked, principal: account }, column)}; in that account ${reasonWords(passedOn, asked, column)}`
    }
    case 'grant': {
      const { grant } = reason
      const { resource, permissions } = grant
      const to = grant.principal === principal ? '' : `, as one of ${grant.principal}`
      const filter = resource.kind === 'filter' ? rules.filters.get(resourceKey(resource)) : undefined
      const what = filter ? filterWords(filter) : grantedWords(grant, rules)
      return `${permissions.join(', ')} on ${what} is granted to ${principal}${to}${tagsOf(reason, asked, column)}`
    }
  }
}

/** What of the tags makes a grant by tags be about the table, or the column. */
function tagsOf({ grant, tags }: Extract<Reason, { by: 'grant' }>, { rules, table }: Said, column?: string): string {
  if (!tags) return ''
  const ofColumns = rules.tags.columnsOf(table)
  const own = column === undefined ? undefined : ofColumns.get(column)
  const conditions = conditionsOf(grant.resource, rules)
  const isWhole = matches(conditions, tags) && ofColumns.values().every((one) => matches(conditions, one))
  const part = isWhole
    ? ''
    : ', which not all of its columns meet: what takes the whole table is not given by it, but SELECT of a part and DESCRIBE'
  return `; ${own ? column : 'the table'} has ${tagWords(own ?? tags)}${column === undefined ? part : ''}`
}

const conditionsOf = (resource: Resource, { expressions }: CatalogRules): readonly TagCondition[] => {
  if ('conditions' in resource) return resource.conditions
  return 'expression' in resource ? (expressions.get(resource.expression) ?? []) : []
}

function grantedWords({ resource }: Grant, rules: CatalogRules): string {
  switch (resource.kind) {
    case 'columns':
      return `${choiceWords(resource)} of ${nameOf(resource)}`
    case 'tables':
      return `all tables of ${resource.database}`
    case 'tagged-tables':
    case 'tagged-databases': {
      if (!('expression' in resource)) return `tables with the LF-Tags ${resourceText(resource)}`
      const meant = conditionsOf(resource, rules).map(conditionWords).join(' and ')
      return `tables that meet the LF-Tag expression ${resource.expression} (${meant})`
    }
    default:
      return resourceText(resource)
  }
}

const filterWords = ({ name, rows, columns, ...table }: DataFilter): string =>
  `the data cells filter ${name} of ${nameOf(table)} (${rows ? `rows where ${rows.text}` : 'all rows'}, ${choiceWords(columns)})`

const choiceWords = (choice: ColumnChoice | undefined): string => {
  if (!choice) return 'all columns'
  return 'include' in choice
    ? `the columns ${choice.include.join(', ')}`
    : `all columns but ${choice.except.join(', ')}`
}

const nameOf = ({ database, table }: TableName): string => `${database}.${table}`

const tagWords = (tags: LfTags): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'no LF-Tags'

function hiddenWords(hidden: TablePart, asked: Explained): string[] {
  const { principal, rights, rules, table, governance } = asked
  if (governance === 'open') return rowWords(asked)
  if (asked.shared) return sharedWords(hidden, asked)
  const near = nearWords(hidden, rights, rules, asked)
  if (near.length > 0) return near
  return [
    `nothing gives SELECT on ${partName(hidden.path)} of ${nameOf(table)} to ${principal}: no grant, no data cells filter, no LF-Tag`,
  ]
}

/** What comes nearest: grants that have other columns of the table, and tags that fit the table and not the column. */
function nearWords(hidden: TablePart, rights: PrincipalRights, rules: CatalogRules, asked: Said): string[] {
  const { table } = asked
  const column = hidden.path[0]!
  const tags = rules.tags.columnsOf(table).get(column) ?? rules.tags.ofTable(table)
  const named = grantedTable({ ...rights, taggedTables: [] }, rules, table).readings
  const near = named
    .filter((reading) => !has(reading, hidden))
    .map(({ reason }) => `${reasonWords(reason, asked)}, which leaves out ${partName(hidden.path)}`)
  return [...near, ...rights.taggedTables.flatMap((one) => mismatchWords(one, column, tags))]
}

/** Whether the owner has not shared it, or any column, or whom it is shared with has not passed it on; or no row is in both. */
function sharedWords(hidden: TablePart | undefined, asked: Explained): string[] {
  const { shared, principal, table } = asked
  if (!shared) return []
  const { account, rules, share, direct, passedOn, passedOnRules } = shared
  const what = hidden ? partName(hidden.path) : 'any column'
  const isIt = (reading: Reading): boolean => !hidden || has(reading, hidden)
  const near = (rights: PrincipalRights, of: CatalogRules, to: string): string[] =>
    hidden ? nearWords(hidden, rights, of, { ...asked, principal: to }) : []
  const own = near(direct, rules, principal)
  if (!grantedTable(share, rules, table).readings.some(isIt))
    return [
      ...own,
      ...near(share, rules, account),
      `SELECT on ${what} of ${nameOf(table)} is not shared with the account ${account}`,
    ]
  if (passedOn === 'root') return own
  if (!grantedTable(passedOn, passedOnRules, table).readings.some(isIt))
    return [
      ...own,
      ...near(passedOn, passedOnRules, principal),
      `SELECT on ${what} of ${nameOf(table)} is shared with the account ${account}, which has not passed it on to ${principal}`,
    ]
  return [
    `no row of ${what} is both in what is shared with the account ${account} and in what that has passed on to ${principal}`,
  ]
}

function mismatchWords({ grant, conditions }: TaggedGrant, column: string, tags: LfTags): string[] {
  if (!spelledOut('tagged-tables', grant.permissions).includes('SELECT') || matches(conditions, tags)) return []
  const missed = conditions.filter((one) => !matches([one], tags))
  if (missed.length === 0) return []
  return [
    `${column} has ${tagWords(tags)}, and ${grant.permissions.join(', ')} is granted where ${missed.map(conditionWords).join(' and ')}`,
  ]
}

const conditionWords = ({ key, values }: TagCondition): string =>
  values.includes(ANY_VALUE) ? `${key} is anything` : `${key} is ${values.join(' or ')}`
