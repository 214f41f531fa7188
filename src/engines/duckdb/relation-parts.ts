/** A relation whose files lie in several ways, as relations of one id whose files lie in one way each. */
import type { Relation } from '../../core/queries/relation.ts'

export function partsOf(relation: Relation): readonly Relation[] {
  const { layouts, ...whole } = relation
  if (!layouts || whole.files.length === 0) return [relation]
  return Array.from(
    Map.groupBy(whole.files, (file) => file.layout),
    ([place, files]) => {
      if (place === undefined) return { ...whole, files }
      const { format, readAs } = layouts[place]!
      const columns = whole.columns.map((column) => {
        const type = column.kind === 'data' ? readAs[column.name] : undefined
        return type ? { ...column, type, becomes: column.type } : column
      })
      return { ...whole, format, columns, files }
    },
  )
}
