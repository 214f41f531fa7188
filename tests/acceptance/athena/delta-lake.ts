/** Delta tables for the Athena tests: those beside `tests/golden/delta/make.py`, and ones written here action by action. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { AthenaLake } from './lake.ts'

/** Puts every file of a folder under `prefix` into the bucket `data`. */
export async function putFolder(a: AthenaLake, folder: string, prefix: string): Promise<void> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (statSync(path).isFile()) await a.put(`${prefix}/${relative(folder, path)}`, readFileSync(path))
  }
}

/** The Parquet file that DuckDB makes of a query. */
export async function parquet(query: string, options = ''): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'lentic-parquet-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const path = join(directory, 'file.parquet')
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`)
  connection.closeSync()
  instance.closeSync()
  const bytes = readFileSync(path)
  rmSync(directory, { recursive: true })
  return bytes
}

export interface Field {
  readonly name: string
  readonly type: unknown
  readonly metadata?: object
}

export interface DeltaAdd {
  readonly path: string
  readonly query: string
  /** For DuckDB's COPY, after a comma. */
  readonly options?: string
  readonly partitionValues?: Readonly<Record<string, string | null>>
  readonly stats?: object
  readonly deletionVector?: object
}

export interface DeltaVersion {
  readonly schema?: readonly Field[]
  readonly partitionColumns?: readonly string[]
  readonly configuration?: Readonly<Record<string, string>>
  readonly protocol?: object
  readonly add?: readonly DeltaAdd[]
  readonly remove?: readonly object[]
}

/** Writes a commit of a table below `prefix`, with the files that it adds. */
export async function commit(a: AthenaLake, prefix: string, version: number, of: DeltaVersion): Promise<void> {
  const actions: object[] = []
  if (of.protocol ?? of.schema) actions.push({ protocol: of.protocol ?? { minReaderVersion: 1, minWriterVersion: 2 } })
  if (of.schema)
    actions.push({
      metaData: {
        id: 'b9d4f2a0-0000-4000-8000-000000000000',
        format: { provider: 'parquet', options: {} },
        schemaString: JSON.stringify({
          type: 'struct',
          fields: of.schema.map((field) => ({ nullable: true, metadata: {}, ...field })),
        }),
        partitionColumns: of.partitionColumns ?? [],
        configuration: of.configuration ?? {},
      },
    })
  for (const { path, query, options, partitionValues = {}, stats, deletionVector } of of.add ?? []) {
    const bytes = await parquet(query, options)
    await a.put(`${prefix}/${path}`, bytes)
    const told = { ...(stats && { stats: JSON.stringify(stats) }), ...(deletionVector && { deletionVector }) }
    actions.push({
      add: {
        path: encodeURI(path),
        partitionValues,
        size: bytes.length,
        modificationTime: 0,
        dataChange: true,
        ...told,
      },
    })
  }
  for (const remove of of.remove ?? []) actions.push({ remove: { dataChange: true, ...remove } })
  const text = actions.map((action) => `${JSON.stringify(action)}\n`).join('')
  await a.put(`${prefix}/_delta_log/${String(version).padStart(20, '0')}.json`, text)
}

export const createDelta = (a: AthenaLake, name: string, prefix = name) =>
  a.succeed(`CREATE EXTERNAL TABLE ${name} LOCATION 's3://data/${prefix}/' TBLPROPERTIES ('table_type' = 'DELTA')`)
