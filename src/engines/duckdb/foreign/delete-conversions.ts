/** Files that say which rows of others are deleted, in formats that DuckDB does not read. */
import { columnType } from '../../../core/queries/column-type.ts'
import type { DataFile, DeletedValues, DeleteFile, Relation } from '../../../core/queries/relation.ts'
import { FILE_PATH_ID, POSITION_ID } from '../../../formats/iceberg/delete-files.ts'
import { toldName } from './column-types.ts'
import { type ConversionRun, ConversionWork } from './conversion-work.ts'
import type { WantedColumn } from './converter.ts'

const POSITION_COLUMNS: readonly WantedColumn[] = [
  { name: 'file_path', as: 'file_path', type: { kind: 'string' }, ordinal: 0, ids: { id: FILE_PATH_ID, inner: [] } },
  { name: 'pos', as: 'pos', type: { kind: 'long' }, ordinal: 1, ids: { id: POSITION_ID, inner: [] } },
]

export function convertibleDeletes({ files }: Relation, run: ConversionRun): ConversionWork[] {
  const found = new Map<string, { readonly file: DeleteFile; readonly columns: readonly WantedColumn[] }>()
  for (const { deleted, deletedValues = [] } of files) {
    if (deleted?.kind === 'positions')
      for (const file of deleted.files) if (file.format) found.set(file.localPath, { file, columns: POSITION_COLUMNS })
    for (const values of deletedValues)
      for (const file of values.files)
        if (file.format) found.set(file.localPath, { file, columns: valueColumns(values) })
  }
  return Array.from(found.values(), ({ file, columns }) => {
    const request = { format: file.format!, columns, constraints: new Map(), mostRows: undefined, numbered: true }
    return new ConversionWork([file], request, run)
  })
}

const valueColumns = ({ told }: DeletedValues): WantedColumn[] =>
  told.map(({ fieldId, type, ids }) => {
    const name = toldName(fieldId)
    return { name, as: name, type: columnType(type), ordinal: fieldId, ids }
  })

/** `outputs`: what each of the files has become, by local path. */
export function withConvertedDeletes(relation: Relation, outputs: ReadonlyMap<string, string>): Relation {
  const readable = ({ format, ...file }: DeleteFile): DeleteFile => ({
    ...file,
    localPath: outputs.get(file.localPath) ?? file.localPath,
  })
  const values = (deletes: DeletedValues): DeletedValues => {
    const told = deletes.files.some(({ format }) => format)
      ? deletes.told.map((column) => ({ ...column, field: toldName(column.fieldId) }))
      : deletes.told
    return { ...deletes, files: deletes.files.map(readable), told }
  }
  const files = relation.files.map((file): DataFile => {
    const { deleted, deletedValues } = file
    return {
      ...file,
      ...(deleted?.kind === 'positions' && { deleted: { ...deleted, files: deleted.files.map(readable) } }),
      ...(deletedValues && { deletedValues: deletedValues.map(values) }),
    }
  })
  return { ...relation, files }
}
