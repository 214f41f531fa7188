/** The tables of one statement that describe themselves: each is read once, however often it is named. */
import type { VersionPointer } from '../../sql/resolver.ts'
import type { Table } from '../catalog/catalog.ts'
import { dottedName } from '../catalog/dotted-name.ts'
import type { Answers } from './answers.ts'
import { aboutTable, type QueryContext } from './context.ts'
import { readDeltaTable } from './delta/delta-log.ts'
import { isDeltaTable } from './delta/delta-table.ts'
import type { DescribedTable } from './described-table.ts'
import { readIcebergTable } from './iceberg/iceberg-reads.ts'
import { isIcebergTable } from './iceberg/iceberg-table.ts'
import { metadataQuery } from './iceberg/metadata-tables.ts'

export interface DescribedAnswers {
  /** As it is, or as it was at a version. */
  table(table: Table, version?: VersionPointer): DescribedTable
  /** The text of a query for what is known of a table under a name such as `snapshots`. */
  about(table: Table, name: string): string
}

export const describesItself = (table: Table): boolean => isDeltaTable(table) || isIcebergTable(table)

export function describedAnswers(answers: Answers, context: QueryContext): DescribedAnswers {
  /** As the catalog had them when they were first met. */
  const entries = new Map<string, Table>()
  const entryOf = (table: Table): Table => {
    const name = keyOf(table)
    const entry = entries.get(name) ?? table
    entries.set(name, entry)
    return entry
  }
  return {
    table: (table, version) =>
      answers.get(`described ${keyOf(table)} ${versionKey(version)}`, () =>
        isDeltaTable(table)
          ? readDeltaTable(table, aboutTable(context, table))
          : readIcebergTable(entryOf(table), version, aboutTable(context, table)),
      ),
    about: (table, name) =>
      answers.get(`described ${keyOf(table)}$${name}`, () =>
        metadataQuery(entryOf(table), name, aboutTable(context, table)),
      ),
  }
}

/** Tables of two catalogs may have one name. */
const keyOf = (table: Table): string =>
  `${dottedName(table)} ${table.createdAt} ${table.descriptor.StorageDescriptor?.Location}`

const versionKey = (version: VersionPointer | undefined): string =>
  version ? `${version.by} ${version.type.kind} ${String(version.value)}` : ''
