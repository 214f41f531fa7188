/**
 * Columns of an ORC file found by the ids that Iceberg gives them: what a file has is told again under the names that the
 * table has for it, after which it is read as any other. https://iceberg.apache.org/spec/#orc
 */
import { UnsupportedData } from '../corrupt-data.ts'
import type { FieldIds } from '../field-ids.ts'
import type { ColumnField, ColumnType } from '../vectors.ts'
import type { OrcType } from './tail.ts'

const ID = 'iceberg.id'

/** Of each column its type in the file, undefined where the file lacks it. Without ids the names count that were mapped to them. */
export function columnsById(
  schema: OrcType,
  wanted: readonly (ColumnField & { readonly ids: FieldIds })[],
): (OrcType | undefined)[] {
  const find = hasIds(schema) ? childById : childByName
  return wanted.map(({ type, ids }) => {
    const child = find(schema, ids)
    return child && asWanted(child, type, ids, find)
  })
}

const hasIds = ({ attributes, children }: OrcType): boolean => attributes.has(ID) || children.some(hasIds)

type Find = (struct: OrcType, ids: FieldIds) => OrcType | undefined

const childById: Find = ({ children }, { id }) => children.find((child) => child.attributes.get(ID) === String(id))

const childByName: Find = ({ names, children }, { names: mapped = [] }) =>
  children[names.findIndex((name) => mapped.includes(name))]

function asWanted(type: OrcType, to: ColumnType, { inner }: FieldIds, find: Find): OrcType {
  if (type.kind === 'list' && to.kind === 'list')
    return { ...type, children: [asWanted(type.children[0]!, to.element, inner[0]!, find)] }
  if (type.kind === 'map' && to.kind === 'map') {
    const [key, value] = type.children
    return { ...type, children: [asWanted(key!, to.key, inner[0]!, find), asWanted(value!, to.value, inner[1]!, find)] }
  }
  if (type.kind !== 'struct' || to.kind !== 'struct') return type
  const there = to.fields.flatMap((field, i) => {
    const child = find(type, inner[i]!)
    if (child) return [{ name: field.name, child: asWanted(child, field.type, inner[i]!, find) }]
    if (inner[i]!.initial === undefined) return []
    throw new UnsupportedData(`the file lacks field ${field.name}, whose default can not be told inside a column`)
  })
  return { ...type, names: there.map(({ name }) => name), children: there.map(({ child }) => child) }
}
