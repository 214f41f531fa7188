/**
 * Which field of a file's record a column comes from: by the table's own schema when there is one (its name, then its
 * aliases, then its default), else by the column's name. Names of columns are folded, those of fields need not be.
 */
import { TypeMismatch } from '../corrupt-data.ts'
import type { ColumnField } from '../vectors.ts'
import type { AvroField, AvroRecord, AvroType } from './schema.ts'

export interface MatchedField {
  /** Of the file; absent where it has none. */
  readonly field: AvroField | undefined
  /** What the table's schema says its type is. */
  readonly reader: AvroType | undefined
  /** The value that stands for an absent field. */
  readonly fallback: { readonly json: unknown; readonly type: AvroType } | undefined
}

export function fieldMatches(
  writer: AvroRecord,
  reader: AvroType | undefined,
  columns: readonly ColumnField[],
): MatchedField[] {
  const record = recordOf(reader)
  return columns.map(({ name }) => {
    const asked = record && fieldNamed(record, [name])
    const field = fieldNamed(writer, asked ? [asked.name, ...asked.aliases] : [name])
    if (field || !asked) return { field, reader: asked?.type, fallback: undefined }
    if (!asked.fallback)
      throw new TypeMismatch(`Found ${writer.name}, expecting ${record.name}, missing required field ${asked.name}`)
    return { field: undefined, reader: asked.type, fallback: { ...asked.fallback, type: asked.type } }
  })
}

function recordOf(type: AvroType | undefined): AvroRecord | undefined {
  if (type?.kind === 'record') return type
  if (type?.kind !== 'union') return undefined
  return type.branches.find((branch) => branch.kind === 'record')
}

function fieldNamed({ fields }: AvroRecord, names: readonly string[]): AvroField | undefined {
  for (const name of names) {
    const folded = name.toLowerCase()
    const found =
      fields.find((field) => field.name === name) ?? fields.find((field) => field.name.toLowerCase() === folded)
    if (found) return found
  }
  return undefined
}
