/** What permissions are about, and the keys it is kept by. Names are folded as the catalog folds them. */
import { foldName, SEPARATOR } from '../catalog/names.ts'

export type Resource =
  | { readonly kind: 'catalog' }
  | { readonly kind: 'database'; readonly database: string }
  /** Every table of a database, those to come too. */
  | { readonly kind: 'tables'; readonly database: string }
  | { readonly kind: 'table'; readonly database: string; readonly table: string }
  | ({ readonly kind: 'columns'; readonly database: string; readonly table: string } & ColumnChoice)
  | { readonly kind: 'filter'; readonly database: string; readonly table: string; readonly name: string }
  /** `arn:aws:s3:::bucket/folder`. */
  | { readonly kind: 'location'; readonly arn: string }
  | { readonly kind: 'tag'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'tag-expression'; readonly name: string }
  | ({ readonly kind: 'tagged-databases' | 'tagged-tables' } & TagChoice)

/**
 * These columns, or all but these; sorted and folded. Of a data cells filter they may be fields inside of columns too
 * (`column-parts`). Both are there in what two accounts have together: these, but not what is excepted inside of them.
 */
export type ColumnChoice =
  | { readonly include: readonly string[]; readonly except?: readonly string[] }
  | { readonly except: readonly string[] }

/** Conditions, or the name of some that are kept. */
export type TagChoice = { readonly conditions: readonly TagCondition[] } | { readonly expression: string }

/** Of a tag: whichever it has (lake-formation dg, granting-catalog-perms-TBAC). */
export const ANY_VALUE = '*'

/** The tag has one of the values. */
export interface TagCondition {
  readonly key: string
  readonly values: readonly string[]
}

export interface TableName {
  readonly database: string
  readonly table: string
}

export const sortedNames = (names: readonly string[]): string[] => [...new Set(names.map(foldName))].sort()

/** Everything about one table begins with `table` + database + table, so that it is found, and goes, together. */
export function resourceKey(resource: Resource): string {
  switch (resource.kind) {
    case 'catalog':
      return 'catalog'
    case 'database':
      return joined('database', resource.database)
    case 'tables':
      return joined('tables', resource.database)
    case 'table':
      return tablePrefix(resource)
    case 'columns':
      return 'include' in resource
        ? `${tablePrefix(resource)}include${SEPARATOR}${resource.include.join(SEPARATOR)}`
        : `${tablePrefix(resource)}except${SEPARATOR}${resource.except.join(SEPARATOR)}`
    case 'filter':
      return `${tablePrefix(resource)}filter${SEPARATOR}${resource.name}`
    case 'location':
      return joined('location', resource.arn)
    case 'tag':
      return joined('tag', resource.key, ...resource.values)
    case 'tag-expression':
      return joined('tag-expression', resource.name)
    case 'tagged-databases':
    case 'tagged-tables':
      return 'expression' in resource
        ? joined(resource.kind, 'named', resource.expression)
        : joined(resource.kind, 'by', ...resource.conditions.map(({ key, values }) => [key, ...values].join('\x02')))
  }
}

export const tablePrefix = ({ database, table }: TableName): string => `${joined('table', database, table)}${SEPARATOR}`

/** What the keys of everything about a database's tables begin with. */
export const databaseTables = (database: string): string => `${joined('table', database)}${SEPARATOR}`

/** What hangs on a database but its tables. */
export const databaseKeys = (database: string): readonly string[] => [
  resourceKey({ kind: 'database', database }),
  resourceKey({ kind: 'tables', database }),
]

const joined = (...parts: readonly string[]): string => parts.join(SEPARATOR)

/** How the resource is named in a message. */
export function resourceText(resource: Resource): string {
  switch (resource.kind) {
    case 'catalog':
      return 'Catalog'
    case 'database':
      return resource.database
    case 'tables':
      return `${resource.database}.*`
    case 'table':
    case 'columns':
    case 'filter':
      return `${resource.database}.${resource.table}`
    case 'location':
      return resource.arn
    case 'tag':
      return resource.key
    case 'tag-expression':
      return resource.name
    case 'tagged-databases':
    case 'tagged-tables':
      return 'expression' in resource
        ? resource.expression
        : resource.conditions.map(({ key, values }) => `${key} in (${values.join(', ')})`).join(' and ')
  }
}
