/** For tests: files in a directory of their own and a connection that reads them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { DataFile, FileFormat, Relation, RelationColumn } from '../../../core/queries/relation.ts'
import type { Type } from '../../../sql/types.ts'
import { groupFunctions } from '../line-groups.ts'
import { sampleKeys } from '../texts/key-spellings.ts'
import { type ScanHints, scanText } from './scan.ts'

export interface Shelf {
  readonly directory: string
  readonly connection: DuckDBConnection
  /** A file whose name in the lake is `name`; on disk it has none of the name's endings. */
  file(name: string, bytes: string | Uint8Array, partition?: readonly (string | null)[]): DataFile
  /** The file that a query's COPY makes. */
  copy(name: string, query: string, partition?: readonly (string | null)[]): Promise<DataFile>
  read(relation: Relation, wanted?: readonly number[], hints?: ScanHints): Promise<readonly (readonly unknown[])[]>
  close(): void
}

export async function openShelf(): Promise<Shelf> {
  const directory = mkdtempSync(join(tmpdir(), 'lentic-scan-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  for (const groups of groupFunctions()) connection.registerScalarFunction(groups)
  let count = 0
  const described = (name: string, localPath: string, sizeBytes: number, partition: readonly (string | null)[]) => ({
    localPath,
    uri: `s3://lake/table/${name}`,
    sizeBytes,
    modifiedAt: new Date('2024-05-06T07:08:09.123Z'),
    partition,
    partitionName: partition.map((value, i) => `p${i}=${value}`).join('/'),
  })
  return {
    directory,
    connection,
    file(name, bytes, partition = []) {
      const localPath = join(directory, `blob-${++count}`)
      writeFileSync(localPath, bytes)
      return described(name, localPath, Buffer.byteLength(bytes), partition)
    },
    async copy(name, query, partition = []) {
      const localPath = join(directory, `blob-${++count}`)
      await connection.run(`COPY (${query}) TO '${localPath}' (FORMAT parquet)`)
      return described(name, localPath, 0, partition)
    },
    async read(relation, wanted = relation.columns.map((_, index) => index), hints = {}) {
      const result = await connection.runAndReadAll(
        scanText(relation, wanted, { sample: sampleKeys(relation), ...hints }),
      )
      return result.getRowsJson()
    },
    close() {
      connection.closeSync()
      instance.closeSync()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The formats as most tables have them. */
export const PARQUET: FileFormat = { kind: 'parquet' }
export const LAZY: FileFormat & { readonly kind: 'csv-lazy' } = {
  kind: 'csv-lazy',
  fieldDelimiter: ',',
  nullText: '\\N',
  collectionDelimiter: '|',
  mapKeyDelimiter: ':',
  headerLines: 0,
  footerLines: 0,
}
export const OPEN_CSV: FileFormat & { readonly kind: 'csv-open' } = {
  kind: 'csv-open',
  separator: ',',
  quote: '"',
  escape: '\\',
  headerLines: 0,
}
export const JSON_LINES: FileFormat & { readonly kind: 'json' } = {
  kind: 'json',
  serde: 'openx',
  strict: false,
  caseSensitive: false,
  dotsInKeys: false,
  mapping: {},
}

/** `dataColumns(['id', BIGINT], ['name', VARCHAR])`. */
export function dataColumns(...columns: readonly (readonly [string, Type])[]): RelationColumn[] {
  return columns.map(([name, type], ordinal) => ({ kind: 'data', name, type, field: name, ordinal }))
}

export const relationOf = (
  format: FileFormat,
  columns: readonly RelationColumn[],
  files: readonly DataFile[],
): Relation => ({ id: 'r', format, columns, files })
