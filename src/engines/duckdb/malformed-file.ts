/** What a plan's files say when they are read one by one, once the plan has failed and no file has been named. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { ReadFile, Relation } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'
import { failureOfFile, mayBlameFile } from './failures.ts'
import { filesRead } from './files-read.ts'
import { readLines } from './scans/text-lines.ts'
import { type CompressedFile, compressedFiles, type Integrity } from './texts/integrity.ts'

/** More than this is not read only to tell a name. */
const MOST_BYTES = 1 << 30

/** What to say instead of an error that names no file; the error itself where no file fails alone. */
export async function namedError(
  error: unknown,
  { connection, integrity }: { readonly connection: DuckDBConnection; readonly integrity: Integrity },
  relations: readonly Relation[],
  signal: AbortSignal,
): Promise<unknown> {
  if (!mayBlameFile(error, relations)) return error
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    const named = await malformed(parquetReads(relations), connection, signal)
    if (named) return named
    const compressed = compressedFiles(relations)
    await integrity.check(compressed, signal)
    // What is sound to us may be none to the engine: gzip that zeros follow.
    return (await malformed(textReads(compressed), connection, signal)) ?? error
  } catch (named) {
    return signal.aborted ? error : named
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}

interface Read {
  readonly relation: Relation
  readonly file: ReadFile
  readonly statement: string
}

const parquetReads = (relations: readonly Relation[]): Read[] =>
  relations
    .filter(({ format }) => format.kind === 'parquet')
    .flatMap((relation) =>
      filesRead(relation).map((file) => {
        // To hash a row takes all of its values. By an alias it would not do: a column may have its name.
        const rows = `read_parquet(${quote(file.localPath)}, hive_partitioning = false)`
        return { relation, file, statement: `SELECT max(hash(*COLUMNS(*))) FROM ${rows}` }
      }),
    )

const textReads = (files: readonly CompressedFile[]): Read[] =>
  files.map(({ relation, file }) => ({ relation, file, statement: `SELECT count(*) FROM ${readLines([file], true)}` }))

/** Undefined where none fails, or they are too large to be looked through. */
async function malformed(
  reads: readonly Read[],
  connection: DuckDBConnection,
  signal: AbortSignal,
): Promise<EngineError | undefined> {
  if (reads.reduce((sum, { file: { sizeBytes } }) => sum + sizeBytes, 0) > MOST_BYTES) return undefined
  for (const { relation, file, statement } of reads) {
    if (signal.aborted) return undefined
    const error = await errorOfReading(connection, statement)
    if (error === undefined) continue
    const { code, message } = failureOfFile(error, relation, file)
    return new EngineError(code, message)
  }
  return undefined
}

/** An engine that has given up altogether says of every file that it can not be read. */
const ENDED = /database has been invalidated/

async function errorOfReading(connection: DuckDBConnection, statement: string): Promise<unknown> {
  try {
    await connection.run(statement)
    return undefined
  } catch (error) {
    return ENDED.test(String(error)) ? undefined : error
  }
}
