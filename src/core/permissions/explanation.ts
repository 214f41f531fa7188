/** Why a principal sees what it sees of a table, in words: for each column and for the rows what decides. */
import type { DataFilter } from './data-filters.ts'
import { decideTable, type Reading, type Reason, type TableDecision } from './decision.ts'
import { spelledOut } from './permission.ts'
import { type ColumnChoice, isIn, resourceKey, resourceText, type TableName, type TagCondition } from './resource.ts'
import type { CatalogRules, PrincipalRights, TaggedGrant } from './rights.ts'
import { type LfTags, matches } from './tags.ts'
import { type Conditions, visibilityOf } from './visibility.ts'

export interface ExplainedPart {
  readonly visible: 'always' | 'never' | 'sometimes'
  /** Where it is visible sometimes: of these one must hold. */
  readonly where?: readonly string[]
  readonly because: readonly string[]
}

export interface ExplainedAccess {
  readonly principal: string
  readonly table: string
  readonly decidedBy: 'IAM' | 'Lake Formation'
  readonly permissions: readonly { readonly permission: string; readonly because: readonly string[] }[]
  readonly rows: ExplainedPart
  readonly columns: readonly (ExplainedPart & { readonly column: string })[]
}

export interface Explained {
  readonly principal: string
  /** Made elsewhere: of another account's table, or for the account's root. */
  readonly decision?: TableDecision
  readonly rights: PrincipalRights
  readonly rules: CatalogRules
  readonly table: TableName
  /** Of the table, folded. */
  readonly columns: readonly string[]
}

export function explainAccess(asked: Explained): ExplainedAccess {
  const { principal, rights, rules, table, columns } = asked
  const decision = asked.decision ?? decideTable(rights, rules, table)
  const visibility = visibilityOf(decision, columns)
  const say = (reason: Reason): string => reasonWords(reason, asked)
  const open = decision.readings.some(({ reason }) => reason.by === 'iam-allowed-principals')
  const rows = part(visibility.rows, decision.readings.length > 0)
  return {
    principal,
    table: `${table.database}.${table.table}`,
    decidedBy: open ? 'IAM' : 'Lake Formation',
    permissions: [...decision.permissions].map(([permission, reasons]) => ({
      permission,
      because: [...new Set(reasons.map(say))],
    })),
    rows: { ...rows, because: rowWords(decision.readings, asked) },
    columns: columns.map((column) => {
      const having = decision.readings.filter((reading) => !reading.columns || isIn(reading.columns, column))
      const shown = part(visibility.columns.get(column) ?? visibility.rows, having.length > 0)
      const because = having.length > 0 ? having.map((one) => readingWords(one, asked)) : hiddenWords(column, asked)
      return { column, ...shown, because: [...new Set(because)] }
    }),
  }
}

function part(conditions: Conditions, any: boolean): Omit<ExplainedPart, 'because'> {
  if (!any) return { visible: 'never' }
  return conditions ? { visible: 'sometimes', where: conditions.map(({ text }) => text) } : { visible: 'always' }
}

function rowWords(readings: readonly Reading[], asked: Explained): string[] {
  if (readings.length === 0)
    return [
      `nothing gives SELECT on ${nameOf(asked.table)} to ${asked.principal}: no grant, no data cells filter, no LF-Tag`,
    ]
  const whole = readings.filter(({ rows }) => rows === undefined)
  return [...new Set((whole.length > 0 ? whole : readings).map((one) => readingWords(one, asked)))]
}

const readingWords = ({ reason }: Reading, asked: Explained): string => reasonWords(reason, asked)

type Said = Pick<Explained, 'principal' | 'rules' | 'table'>

function reasonWords(reason: Reason, { principal, rules, table }: Said): string {
  switch (reason.by) {
    case 'root':
      return 'the account’s root may do everything'
    case 'iam-allowed-principals':
      return `${nameOf(table)} is open to IAM_ALLOWED_PRINCIPALS, and ${principal} has not opted in to Lake Formation for it: whoever IAM lets in may do everything`
    case 'administrator':
      return `${principal} is a data lake administrator`
    case 'read-only-administrator':
      return `${principal} is a read-only administrator of the data lake`
    case 'share': {
      const { share, passedOn } = reason
      const account = share.by === 'grant' ? share.grant.principal : principal
      const asked = { principal, rules, table }
      return `${reasonWords(share, { ...asked, principal: account })}; in that account ${reasonWords(passedOn, asked)}`
    }
    case 'grant': {
      const { grant, tags } = reason
      const { resource, permissions } = grant
      const to = grant.principal === principal ? '' : `, as one of ${grant.principal}`
      const filter = resource.kind === 'filter' ? rules.filters.get(resourceKey(resource)) : undefined
      const what = filter ? filterWords(filter) : grantedWords(grant)
      const has = tags ? `; the table has ${tagWords(tags)}` : ''
      return `${permissions.join(', ')} on ${what} is granted to ${principal}${to}${has}`
    }
  }
}

function grantedWords({ resource }: Extract<Reason, { by: 'grant' }>['grant']): string {
  switch (resource.kind) {
    case 'columns':
      return `${choiceWords(resource)} of ${nameOf(resource)}`
    case 'tables':
      return `all tables of ${resource.database}`
    case 'tagged-tables':
    case 'tagged-databases':
      return `tables with the LF-Tags ${resourceText(resource)}`
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

/** What comes nearest: grants that have other columns of the table, and tags that fit the table and not the column. */
function hiddenWords(column: string, { principal, rights, rules, table }: Explained): string[] {
  const tags = rules.tags.columnsOf(table).get(column) ?? rules.tags.ofTable(table)
  const named = decideTable({ ...rights, taggedTables: [] }, rules, table).readings
  const near = named.map(
    (one) => `${readingWords(one, { principal, rights, rules, table, columns: [] })}, which leaves out ${column}`,
  )
  const apart = rights.taggedTables.flatMap((one) => mismatchWords(one, column, tags))
  if (near.length + apart.length > 0) return [...near, ...apart]
  return [
    `nothing gives SELECT on ${column} of ${nameOf(table)} to ${principal}: no grant, no data cells filter, no LF-Tag`,
  ]
}

function mismatchWords({ grant, conditions }: TaggedGrant, column: string, tags: LfTags): string[] {
  if (!spelledOut('tagged-tables', grant.permissions).includes('SELECT') || matches(conditions, tags)) return []
  const missed = conditions.filter(({ key, values }) => !values.includes(tags[key] ?? ''))
  return [
    `${column} has ${tagWords(tags)}, and ${grant.permissions.join(', ')} is granted where ${missed.map(conditionWords).join(' and ')}`,
  ]
}

const conditionWords = ({ key, values }: TagCondition): string => `${key} is ${values.join(' or ')}`
