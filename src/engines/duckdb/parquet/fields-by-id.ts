/**
 * Parquet files whose columns are found by ids, where the engine's own way of it does not do: for fields inside columns, for
 * files that have no ids, and for columns that a file lacks and that have a value yet. Each file is looked at once, and those
 * that are read alike become a part of their own.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DataFile, Relation } from '../../../core/queries/relation.ts'
import type { FieldIds } from '../../../formats/field-ids.ts'
import { type Type, UNKNOWN, VARCHAR } from '../../../sql/types.ts'
import type { ReadablePlan } from '../foreign/conversions.ts'
import type { DataColumn } from '../scans/scan.ts'
import { type FileField, type FileFields, fieldNamed, fieldsIn, insideOf } from './file-fields.ts'
import { lackingParts } from './lacking-columns.ts'

export async function withFieldsById(connection: DuckDBConnection, plan: ReadablePlan): Promise<ReadablePlan> {
  const relations: Relation[] = []
  for (const relation of plan.relations) {
    // What was converted has been told apart already, and is as it is wanted.
    if (plan.converted.has(relation)) relations.push(relation)
    else if (relation.columns.some((column) => column.kind === 'data' && column.varies))
      relations.push(...(await namedParts(connection, relation)))
    else if (relation.files.some(({ fieldValues }) => fieldValues))
      relations.push(...lackingParts(relation, () => false))
    else relations.push(relation)
  }
  return { ...plan, relations }
}

async function namedParts(connection: DuckDBConnection, relation: Relation): Promise<Relation[]> {
  const known = new Map<string, FileFields>()
  for (const { localPath } of relation.files) known.set(localPath, await fieldsIn(connection, localPath))
  const fieldsOf = ({ localPath }: DataFile): FileFields => known.get(localPath)!
  const parts = lackingParts(relation, (file, column) => isLacked(column, fieldsOf(file)))
  return parts.flatMap((part) => {
    if (part.files.length === 0) return [part]
    const columnsIn = (file: DataFile) =>
      part.columns.map((column) => (column.kind === 'data' ? columnIn(column, fieldsOf(file)) : column))
    const groups = Map.groupBy(part.files, (file) => JSON.stringify([columnsIn(file), !fieldsOf(file).byId]))
    return Array.from(groups.values(), (files) => ({ ...part, columns: columnsIn(files[0]!), files }))
  })
}

const topField = ({ byId, top }: FileFields, fieldId: number, names: readonly string[] = []): FileField | undefined =>
  byId ? byId.get(fieldId) : fieldNamed(top, names)

const isLacked = ({ fieldId, ids }: DataColumn, fields: FileFields): boolean =>
  fieldId !== undefined && !topField(fields, fieldId, ids?.names)

/** What no column is called. The engine goes astray where it is given one name twice. */
const noName = (place: number): string => `\u0001${place}`

function columnIn(column: DataColumn, fields: FileFields): DataColumn {
  const { fieldId, ids, varies, ...byName } = column
  // All of a file's columns are found in one way.
  if (fieldId === undefined || !ids || (fields.byId && !varies)) return column
  const found = topField(fields, fieldId, ids.names)
  const byId = { ...byName, fieldId }
  if (!found) return fields.byId ? byId : { ...byName, field: noName(column.ordinal) }
  const where = fields.byId ? byId : { ...byName, field: found.name }
  if (ids.inner.length === 0) return where
  const find: Find = fields.byId
    ? ({ id }) => fields.byId!.get(id)
    : ({ names = [] }, inside) => fieldNamed(inside, names)
  return { ...where, inner: ids.inner, storedAs: stored(column.type, ids, found, find) }
}

type Find = (ids: FieldIds, inside: readonly FileField[]) => FileField | undefined

const isMissing = (type: Type): boolean => type.kind === 'unknown'

/** The type with the names that its fields have in a file; what is of no type is not there. */
function stored(type: Type, { inner }: FieldIds, field: FileField, find: Find): Type {
  const inside = insideOf(type, field)
  switch (type.kind) {
    case 'array': {
      const [element] = inside
      return element ? { ...type, element: stored(type.element, inner[0]!, element, find) } : UNKNOWN
    }
    case 'map': {
      const [key, value] = inside
      if (!key || !value) return UNKNOWN
      return {
        ...type,
        key: stored(type.key, inner[0]!, key, find),
        value: stored(type.value, inner[1]!, value, find),
      }
    }
    case 'row': {
      const fields = type.fields.map((one, i) => {
        const found = find(inner[i]!, inside)
        if (!found) return { name: noName(i), type: UNKNOWN }
        return { name: found.name, type: stored(one.type, inner[i]!, found, find) }
      })
      if (!fields.every((one) => isMissing(one.type))) return { ...type, fields }
      // Whether there is a value is told by any field of it, be it one that the table no longer has.
      const [witness] = inside
      return witness ? { ...type, fields: [...fields, { name: witness.name, type: VARCHAR }] } : UNKNOWN
    }
    default:
      return type
  }
}
