/** What a plan's files say when they are read one by one, once the plan has failed and no file has been named. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { ReadFile, Relation } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'
import { failureOfFile, mayBlameFile } from './failures.ts'
import { filesRead } from './files-read.ts'
import { compressedFiles, type Integrity } from './texts/integrity.ts'

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
    const named = await malformedParquet(connection, relations, signal)
    if (named) return named
    await integrity.check(compressedFiles(relations), signal)
    return error
  } catch (named) {
    return signal.aborted ? error : named
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}

/** Undefined where none fails, or they are too large to be looked through. */
async function malformedParquet(
  connection: DuckDBConnection,
  relations: readonly Relation[],
  signal: AbortSignal,
): Promise<EngineError | undefined> {
  const files = relations.flatMap((relation) =>
    relation.format.kind === 'parquet' ? filesRead(relation).map((file) => ({ relation, file })) : [],
  )
  if (files.reduce((sum, { file: { sizeBytes } }) => sum + sizeBytes, 0) > MOST_BYTES) return undefined
  for (const { relation, file } of files) {
    if (signal.aborted) return undefined
    const error = await errorOfReading(connection, file)
    if (error === undefined) continue
    const { code, message } = failureOfFile(error, relation, file)
    return new EngineError(code, message)
  }
  return undefined
}

/** An engine that has given up altogether says of every file that it can not be read. */
const ENDED = /database has been invalidated/

async function errorOfReading(connection: DuckDBConnection, { localPath }: ReadFile): Promise<unknown> {
  try {
    // To hash a row takes all of its values. By an alias it would not do: a column may have its name.
    await connection.run(
      `SELECT max(hash(*COLUMNS(*))) FROM read_parquet(${quote(localPath)}, hive_partitioning = false)`,
    )
    return undefined
  } catch (error) {
    return ENDED.test(String(error)) ? undefined : error
  }
}
