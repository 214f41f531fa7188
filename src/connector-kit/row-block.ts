/** Rows of an author, made into a block's columns until it is large enough. */
import { type ArrowField, columnTypeOf } from '../formats/arrow/types.ts'
import { type Builder, builderOf } from '../formats/vector-builders.ts'
import type { ColumnType, Vector } from '../formats/vectors.ts'
import { DefinitionError, type Row } from './definition.ts'
import { addValue } from './stored-values.ts'

export class RowBlock {
  readonly #columns: readonly { readonly name: string; readonly type: ColumnType; readonly builder: Builder }[]
  rows = 0

  constructor(fields: readonly ArrowField[]) {
    this.#columns = fields.map((field) => {
      const type = columnTypeOf(field)
      return { name: field.name, type, builder: builderOf(type) }
    })
  }

  /** Throws DefinitionError for a value that is not of its column. */
  add(row: Row): void {
    for (const { name, type, builder } of this.#columns) {
      try {
        addValue(builder, type, row[name])
      } catch (error) {
        throw error instanceof DefinitionError ? new DefinitionError(`Column ${name}: ${error.message}`) : error
      }
    }
    this.rows++
  }

  get sizeBytes(): number {
    return this.#columns.reduce((sum, { builder }) => sum + builder.sizeBytes, 0)
  }

  /** Begins anew. */
  take(): { readonly columns: readonly Vector[]; readonly rows: number } {
    const { rows } = this
    this.rows = 0
    return { rows, columns: this.#columns.map(({ builder }) => builder.finish()) }
  }
}
