/** Partitions as Hive lays them out: a folder `key=value/` for each key, with what a name must not hold escaped. */
import type { Table } from '../../catalog/catalog.ts'
import { asFolder, partitionPath, unescapePathName } from '../../catalog/folder-names.ts'
import type { Files } from '../../objects/files.ts'

export interface PartitionFolder {
  readonly values: readonly string[]
  /** Ends in `/`. */
  readonly location: string
  /** How much of the table's folders lies before it, 0 to 1. */
  readonly fraction: number
}

/** Where a partition lies whose catalog entry does not say. */
export const defaultLocation = (table: Table, values: readonly string[]): string =>
  `${asFolder(table.descriptor.StorageDescriptor?.Location ?? '')}${partitionPath(table, values)}/`

/** One by one, in order of name; `undefined` for a folder that is none. What is inside them is not listed. */
export function* partitionFolders(table: Table, files: Files): Generator<PartitionFolder | undefined> {
  const keys = (table.descriptor.PartitionKeys ?? []).map((key) => key.Name.toLowerCase())

  function* descend(
    folder: string,
    values: readonly string[],
    from: number,
    share: number,
  ): Generator<PartitionFolder | undefined> {
    if (values.length === keys.length) {
      yield { values, location: folder, fraction: from }
      return
    }
    const names = [...files.folders(folder)]
    for (const [i, name] of names.entries()) {
      const equals = name.indexOf('=')
      if (equals > 0 && name.slice(0, equals).toLowerCase() === keys[values.length]) {
        const value = unescapePathName(name.slice(equals + 1))
        yield* descend(`${folder}${name}/`, [...values, value], from + (share * i) / names.length, share / names.length)
      } else yield undefined
    }
  }
  yield* descend(asFolder(table.descriptor.StorageDescriptor?.Location ?? ''), [], 0, 1)
}
