/** Equality deletes: which columns they compare, also inside structs and of columns that are no more, and how their own files have them. */
import type { FieldIds } from '../../../formats/field-ids.ts'
import { badData, unsupported } from '../../../formats/iceberg/iceberg-error.ts'
import type { ContentFile } from '../../../formats/iceberg/manifest.ts'
import { fieldsById, holdsNanos, type NestedField, type Schema } from '../../../formats/iceberg/schema.ts'
import { row, type Type } from '../../../sql/types.ts'
import type { ComparedColumn, DeletedValues, RelationColumn, ToldColumn } from '../relation.ts'
import { fieldIds, hasDefault, type MappedNames, mappedNames } from './field-identities.ts'
import { icebergLayout, trinoType } from './iceberg-columns.ts'
import type { SnapshotView } from './iceberg-files.ts'
import type { StoredDeletes } from './readable-files.ts'

/** A column and the fields that lead from it to one inside, in the words of one schema. */
type Chain = readonly [column: NestedField, ...inside: NestedField[]]

/** Of one view, whose files may be compared by columns that it does not show. */
export class ValueDeletes {
  readonly #view: SnapshotView
  readonly #names: MappedNames | undefined
  /** The newest last; the one that is shown is the newest of all. */
  readonly #schemas: readonly Schema[]
  readonly #lists = new Map<readonly ContentFile[], readonly DeletedValues[]>()
  readonly #known = new Map<string, Pick<DeletedValues, 'columns' | 'told'>>()
  #columns: RelationColumn[] | undefined

  constructor(view: SnapshotView) {
    this.#view = view
    this.#names = mappedNames(view.metadata)
    this.#schemas = [...view.metadata.schemas, view.schema]
  }

  /** Those of the table and what is compared besides; undefined where nothing is compared. */
  get columns(): readonly RelationColumn[] | undefined {
    return this.#columns
  }

  of(deletes: readonly ContentFile[], stored: StoredDeletes): readonly DeletedValues[] {
    const found = this.#lists.get(deletes) ?? this.#told(deletes, stored)
    this.#lists.set(deletes, found)
    return found
  }

  #told(deletes: readonly ContentFile[], stored: StoredDeletes): DeletedValues[] {
    const kind = ({ equalityIds = [], format, specId }: ContentFile) => `${format} ${specId} ${equalityIds.join()}`
    return Array.from(Map.groupBy(deletes, kind), ([name, group]) => {
      const compared = this.#known.get(name) ?? this.#compared(group[0]!)
      this.#known.set(name, compared)
      return { files: stored(group), specId: group[0]!.specId, ...compared }
    })
  }

  #compared(file: ContentFile): Pick<DeletedValues, 'columns' | 'told'> {
    const { path, equalityIds = [] } = file
    if (equalityIds.length === 0) throw badData(`Equality delete ${path} of table ${this.#view.name} compares no field`)
    const chains = equalityIds.map((id) => this.#chains(id, file))
    const byColumn = Map.groupBy(chains, ([[column]]) => column.id)
    const places = [...byColumn.keys()]
    return {
      told: Array.from(byColumn, ([fieldId, inIt]) => ({ fieldId, ...told(inIt.flat(), this.#names) })),
      columns: chains.map((known) => this.#column(known, places.indexOf(known[0][0].id))),
    }
  }

  #column(chains: readonly [Chain, ...Chain[]], toldBy: number): ComparedColumn {
    const [[column, ...inside]] = chains
    const paths = chains.map(([, ...below]) => below.map(({ name }) => name))
    const distinct = new Map(paths.map((path) => [path.join('.').toLowerCase(), path]))
    return {
      column: this.#place(column),
      path: inside.map(({ name }) => name.toLowerCase()),
      told: toldBy,
      toldPaths: [...distinct.values()],
    }
  }

  /** Of a column of the table, or of one that is read only to be compared. */
  #place(column: NestedField): number {
    this.#columns ??= [...icebergLayout(this.#view.schema, this.#view.metadata).columns]
    const known = this.#columns.findIndex((one) => one.kind === 'data' && one.fieldId === column.id)
    if (known >= 0) return known
    const ids = fieldIds(column, this.#names)
    this.#columns.push({
      kind: 'data',
      name: `\u0001${column.id}`,
      type: trinoType(column.type),
      field: column.name,
      ordinal: this.#columns.length,
      fieldId: column.id,
      ids,
      ...(holdsNanos(column.type) && { storedAs: trinoType(column.type) }),
      ...((this.#names || hasDefault(ids)) && { varies: true }),
    })
    return this.#columns.length - 1
  }

  /** What the field has been called, the newest first. */
  #chains(id: number, { path }: ContentFile): readonly [Chain, ...Chain[]] {
    const table = this.#view.name
    const found = this.#schemas.toReversed().map(({ fields }) => chainTo(id, fields))
    const [newest, ...older] = found.filter((chain) => chain !== undefined)
    if (!newest) {
      const inside = this.#schemas.findLast((schema) => fieldsById(schema).has(id))
      if (inside)
        throw unsupported(`Equality delete ${path} of table ${table} compares a field ${id} of a list or a map`)
      throw badData(`Equality delete ${path} of table ${table} compares a field ${id} that no schema has`)
    }
    const shown = this.#view.schema.fields.some((column) => column.id === newest[0].id)
    if (shown && !chainTo(id, this.#view.schema.fields))
      throw unsupported(
        `Equality deletes by a field that a column has no more are not supported: ${newest.map(({ name }) => name).join('.')} of table ${table}`,
      )
    return [newest, ...older]
  }
}

function chainTo(id: number, fields: readonly NestedField[]): Chain | undefined {
  for (const field of fields) {
    if (field.id === id) return [field]
    const inside = typeof field.type === 'object' && field.type.type === 'struct' && chainTo(id, field.type.fields)
    if (inside) return [field, ...inside]
  }
  return undefined
}

/** A column of a file of deletes, of which only what the chains lead to is read, under every name that it has had. */
function told(chains: readonly Chain[], names: MappedNames | undefined): Omit<ToldColumn, 'fieldId'> {
  const [field] = chains[0]!
  const below = chains.flatMap(([, next, ...rest]): Chain[] => (next ? [[next, ...rest]] : []))
  if (below.length === 0) return { type: trinoType(field.type), ids: fieldIds(field, names) }
  const fields = Array.from(Map.groupBy(below, ([{ name }]) => name.toLowerCase()).values(), (same) => ({
    name: same[0]![0].name,
    ...told(same, names),
  }))
  const ids: FieldIds = { ...ofItself(field, names), inner: fields.map((one) => one.ids) }
  return { type: row(fields.map(({ name, type }): { name: string; type: Type } => ({ name, type }))), ids }
}

const ofItself = ({ id }: NestedField, names: MappedNames | undefined): Omit<FieldIds, 'inner'> => ({
  id,
  ...(names && { names: names.get(id) ?? [] }),
})
