/**
 * What a statement's principal sees of a table that it names: the columns that exist for it, and the conditions under which
 * rows and single cells do. Compiled from one decision (`core/permissions`) before anything of the query is looked at.
 */
import type { FieldIds } from '../../formats/field-ids.ts'
import type { Scalar } from '../../sql/plan.ts'
import { SqlError } from '../../sql/position.ts'
import { BOOLEAN, row, type Type } from '../../sql/types.ts'
import type { Scope, Table } from '../catalog/catalog.ts'
import { meantTable } from '../catalog/links.ts'
import { fieldName, fieldsOf, type GovernedColumn } from '../permissions/column-parts.ts'
import { insufficient } from '../permissions/insufficient.ts'
import { type Conditions, type Visibility, type VisiblePart, visibilityOf } from '../permissions/visibility.ts'
import type { NameContext } from './context.ts'
import type { RelationColumn, SeenValue } from './relation.ts'
import { boundCondition } from './row-filters.ts'

export interface TableSight {
  /** Of the table's columns, those that can be named, with the fields that can. */
  readonly columns: readonly RelationColumn[]
  readonly rowFilter?: Scalar
  readonly cellFilters?: readonly SeenValue[]
  readonly narrowings?: readonly SeenValue[]
}

/** All of a table, or what of these columns. */
export type Seen = 'whole' | ((columns: readonly GovernedColumn[]) => Visibility)

/** Throws where the principal may not see the table at all. */
export function requireSeen(context: NameContext, scope: Scope, table: Table): Seen {
  const { permissions } = context.rooms
  const meant = meantTable(scope, table)
  if (permissions.isUnlimited(context.principal, meant.scope)) return 'whole'
  const decision = permissions.table(context.principal, meant.scope, meant.name)
  if (!decision.permissions.has('DESCRIBE')) throw insufficient('DESCRIBE', table.descriptor.Name)
  return (columns) => visibilityOf(decision, columns)
}

/**
 * `columns`: of the relation. `current`: of the table as it is now, by which it was granted, where the relation is of another
 * time: then a column, or a field, is seen only if it is the same one.
 */
export function sightOf(
  seen: Exclude<Seen, 'whole'>,
  columns: readonly RelationColumn[],
  current: readonly RelationColumn[] = columns,
): TableSight {
  const named = current.filter(isNamed)
  const visibility = seen(named)
  // A list of all that there is now need not name what there was.
  if (visibility.isWhole && (current === columns || seen(columns.filter(isNamed)).isWhole)) return { columns }
  const compared = current === columns ? columns : columns.map((column) => calledAsNow(column, named))
  const left: RelationColumn[] = []
  const cellFilters: SeenValue[] = []
  const narrowings: SeenValue[] = []
  for (const [id, column] of columns.entries()) {
    const part = isNamed(column) ? visibility.columns.get(column.name) : undefined
    if (!part) continue
    const same = samePart(part, column, named.find(({ name }) => name === column.name)!)
    if (!same) continue
    const value = seenValue({ kind: 'column', id, type: column.type }, same, compared)
    left.push({ ...column, type: value.type })
    const list = goesByRows(same) ? cellFilters : narrowings
    if (value.kind !== 'column') list.push({ column: id, value })
  }
  if (left.length === 0) throw inaccessible()
  return {
    columns: left,
    ...(visibility.rows && { rowFilter: seenWhere(visibility.rows, compared) }),
    ...(cellFilters.length > 0 && { cellFilters }),
    ...(narrowings.length > 0 && { narrowings }),
  }
}

const inaccessible = (): SqlError => new SqlError('COLUMN_NOT_FOUND', 'Relation contains no accessible columns')

/** What a condition compares need not be there, or be what it was: that is said in no words of the condition. */
function seenWhere(conditions: NonNullable<Conditions>, columns: readonly RelationColumn[]): Scalar {
  try {
    return boundCondition(conditions, columns)
  } catch (error) {
    throw error instanceof SqlError ? inaccessible() : error
  }
}

const isNamed = ({ kind }: RelationColumn): boolean => kind !== 'hidden'

const goesByRows = ({ where, fields }: VisiblePart): boolean =>
  where !== undefined || (fields?.values().some(goesByRows) ?? false)

/** What is seen of a column, or of a field of one: NULL in rows that do not show it, and a struct of the fields that are shown. */
function seenValue(of: Scalar, { where, fields, isWhole }: VisiblePart, columns: readonly RelationColumn[]): Scalar {
  const value = fields && !isWhole ? seenStruct(of, fields, columns) : of
  return where ? shownWhere(seenWhere(where, columns), value) : value
}

function seenStruct(of: Scalar, fields: ReadonlyMap<string, VisiblePart>, columns: readonly RelationColumn[]): Scalar {
  const left = fieldsOf(of.type).flatMap((field, index) => {
    const part = fields.get(fieldName(field))
    return part ? [{ field, value: seenValue({ kind: 'field', of, index, type: field.type }, part, columns) }] : []
  })
  const type = row(left.map(({ field, value }) => ({ ...field, type: value.type })))
  const isThere: Scalar = { kind: 'not', of: { kind: 'is-null', of, type: BOOLEAN }, type: BOOLEAN }
  return shownWhere(isThere, { kind: 'row', items: left.map(({ value }) => value), type })
}

const shownWhere = (when: Scalar, then: Scalar): Scalar => ({ kind: 'case', whens: [{ when, then }], type: then.type })

/** What of it is what it is now, by the ids of fields; undefined where that is nothing. */
function samePart(part: VisiblePart, one: RelationColumn, now: RelationColumn): VisiblePart | undefined {
  if (one === now || one.kind !== 'data' || now.kind !== 'data') return part
  if (one.fieldId !== now.fieldId) return undefined
  return sameFields(part, { type: one.type, ids: one.ids?.inner }, { type: now.type, ids: now.ids?.inner })
}

/** Nothing is called so. */
const NAMELESS = ''

/** A column of another time under the name by which a condition means it, and its fields likewise. */
function calledAsNow(column: RelationColumn, current: readonly RelationColumn[]): RelationColumn {
  if (column.kind !== 'data') return column
  const now = current.find((one) => one.kind === 'data' && one.fieldId === column.fieldId)
  if (now?.kind !== 'data') return { ...column, name: NAMELESS }
  const type = typeAsNow({ type: column.type, ids: column.ids?.inner }, { type: now.type, ids: now.ids?.inner })
  return { ...column, name: now.name, type }
}

function typeAsNow({ type, ids }: Identified, now: Identified): Type {
  if (type.kind !== 'row') return type
  return row(
    type.fields.map((field, i) => {
      const place = now.ids?.findIndex(({ id }) => id === ids?.[i]?.id) ?? -1
      const same = fieldsOf(now.type)[place]
      if (!same) return { ...field, name: NAMELESS }
      const inside = { type: same.type, ids: now.ids?.[place]?.inner }
      return { ...same, type: typeAsNow({ type: field.type, ids: ids?.[i]?.inner }, inside) }
    }),
  )
}

interface Identified {
  readonly type: Type
  /** Of the fields of a struct. */
  readonly ids: readonly FieldIds[] | undefined
}

function sameFields(part: VisiblePart, one: Identified, now: Identified): VisiblePart | undefined {
  if (!part.fields) return part
  const fields = new Map<string, VisiblePart>()
  for (const [i, field] of fieldsOf(one.type).entries()) {
    const name = fieldName(field)
    const inside = part.fields.get(name)
    const place = fieldsOf(now.type).findIndex((other) => fieldName(other) === name)
    const [ids, idsNow] = [one.ids?.[i], now.ids?.[place]]
    if (!inside || place < 0 || ids?.id !== idsNow?.id) continue
    const then = { type: fieldsOf(now.type)[place]!.type, ids: idsNow?.inner }
    const same = sameFields(inside, { type: field.type, ids: ids?.inner }, then)
    if (same) fields.set(name, same)
  }
  if (fields.size === 0) return undefined
  const isAll = fields.size === fieldsOf(one.type).length && fields.values().every(({ isWhole }) => isWhole)
  return { ...part, fields, isWhole: part.isWhole && isAll }
}
