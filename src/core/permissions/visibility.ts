/**
 * What of a table's cells can be read, from what several sources let be read together: a cell is there where one source
 * has both its row and its column. That is the contract of AWS's engines (lake-formation dg, api-overview): columns that
 * some source has, rows that some source has, and NULL where no source has both. Of a struct the fields are such cells.
 */
import { fieldName, fieldsOf, type GovernedColumn, hasAny, type PartPath, splits } from './column-parts.ts'
import type { RowCondition } from './data-filters.ts'
import type { Reading, Reason, TableDecision } from './decision.ts'

/** Several conditions, of which one is to hold; absent: always. */
export type Conditions = readonly RowCondition[] | undefined

/** A column, or a field of a struct. */
export interface VisiblePart {
  /** Absent: in each row in which what it is in is there. */
  readonly where: Conditions
  /** By their names, folded, those that exist, where it goes by fields what is seen; absent: all of it. */
  readonly fields?: ReadonlyMap<string, VisiblePart>
  /** Nothing inside of it is hidden. */
  readonly isWhole: boolean
}

export interface Visibility {
  /** Absent columns do not exist. */
  readonly columns: ReadonlyMap<string, VisiblePart>
  readonly rows: Conditions
  /** Nothing is hidden. */
  readonly isWhole: boolean
  /** Nor is what the table had, which its files and its past may hold: no list of columns has to name it. */
  readonly isLasting: boolean
}

/** `columns`: of the table. */
export function visibilityOf({ readings }: TableDecision, columns: readonly GovernedColumn[]): Visibility {
  const seen = seenNow(readings, columns)
  const unlisted = readings.filter((reading) => !reading.columns || isByTags(reading.reason))
  const isPlain = unlisted.length === readings.length && unlisted.every((reading) => !reading.columns)
  const isLasting = isPlain ? seen.isWhole : seenNow(unlisted, columnsEver(unlisted, columns)).isWhole
  return { ...seen, isLasting }
}

/** The columns that there are, those that tags tell of, which stay when a column goes, and one that nothing names. */
function columnsEver(readings: readonly Reading[], columns: readonly GovernedColumn[]): GovernedColumn[] {
  const there = new Set(columns.map(({ name }) => name))
  const told = readings.flatMap(({ columns: choice }) =>
    choice ? ('include' in choice ? choice.include : choice.except) : [],
  )
  const gone = new Set(told).difference(there)
  return [...columns, ...[...gone, ''].map((name) => ({ name }))]
}

/** Of all lists those that tags make say of each column whether it is seen, whatever its name. */
const isByTags = (reason: Reason): boolean =>
  reason.by === 'share'
    ? isByTags(reason.share) && isByTags(reason.passedOn)
    : reason.by === 'grant' && reason.tags !== undefined

function seenNow(readings: readonly Reading[], columns: readonly GovernedColumn[]): Omit<Visibility, 'isLasting'> {
  const rows = rowsOf(readings)
  const visible = new Map<string, VisiblePart>()
  for (const { name, type } of columns) {
    const part = partOf([name], type, readings, rows)
    if (part) visible.set(name, part)
  }
  const isWhole =
    readings.length > 0 && rows === undefined && visible.size === columns.length && visible.values().every(isShown)
  return { columns: visible, rows: readings.length === 0 ? [] : rows, isWhole }
}

/** `around`: where what it is in is there. */
function partOf(
  path: PartPath,
  type: GovernedColumn['type'],
  readings: readonly Reading[],
  around: Conditions,
): VisiblePart | undefined {
  const having = readings.filter(({ columns }) => !columns || hasAny(columns, path, type))
  if (having.length === 0) return undefined
  const conditions = rowsOf(having)
  const where = isSame(conditions, around) ? undefined : conditions
  if (!having.some(({ columns }) => columns && splits(columns, path))) return { where, isWhole: true }
  const all = type === undefined ? [] : fieldsOf(type)
  const fields = new Map<string, VisiblePart>()
  for (const field of all) {
    const part = partOf([...path, fieldName(field)], field.type, having, conditions)
    if (part) fields.set(fieldName(field), part)
  }
  const isWhole = all.every((field) => fields.has(fieldName(field))) && fields.values().every(isShown)
  return { where, fields, isWhole: isWhole && type !== undefined }
}

const isShown = ({ where, isWhole }: VisiblePart): boolean => where === undefined && isWhole

/** A column, or a field of a struct of which not all is seen. */
export interface TablePart {
  readonly path: PartPath
  readonly type: GovernedColumn['type']
  /** Rows that have it; of none no row. */
  readonly where: Conditions
}

/** `columns`: those that the visibility is of. */
export function tableParts({ columns: seen, rows }: Visibility, columns: readonly GovernedColumn[]): TablePart[] {
  const parts: TablePart[] = []
  const add = (
    path: PartPath,
    type: GovernedColumn['type'],
    part: VisiblePart | undefined,
    around: Conditions,
  ): void => {
    if (!part) parts.push({ path, type, where: [] })
    else if (part.isWhole || type === undefined) parts.push({ path, type, where: part.where ?? around })
    else
      for (const field of fieldsOf(type)) {
        const name = fieldName(field)
        add([...path, name], field.type, part.fields?.get(name), part.where ?? around)
      }
  }
  for (const { name, type } of columns) add([name], type, seen.get(name), rows)
  return parts
}

/** All rows beat any other filter (lake-formation dg, data-filtering-notes). */
function rowsOf(readings: readonly Reading[]): Conditions {
  const conditions = new Map<string, RowCondition>()
  for (const { rows } of readings) {
    if (rows === undefined) return undefined
    conditions.set(rows.text, rows)
  }
  return [...conditions.values()].sort((a, b) => (a.text < b.text ? -1 : 1))
}

const isSame = (a: Conditions, b: Conditions): boolean =>
  a === undefined || b === undefined ? a === b : a.length === b.length && a.every((one, i) => one.text === b[i]!.text)
