/** What a plan's files say when they are read one by one, once the plan has failed and no file has been named. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { EngineError } from '../../core/queries/engine-plan.ts'
import type { ReadFile, Relation } from '../../core/queries/relation.ts'
import { quote } from '../../sql/duckdb/types.ts'
import { failureIn, mayBlameFile } from './failures.ts'
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
    if (named) {
      const { code, message } = failureIn(named.relation, 'HIVE_BAD_DATA', `Malformed Parquet file: ${named.file.uri}`)
      return new EngineError(code, message)
    }
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
): Promise<{ readonly relation: Relation; readonly file: ReadFile } | undefined> {
  const files = relations.flatMap((relation) =>
    relation.format.kind === 'parquet' ? filesRead(relation).map((file) => ({ relation, file })) : [],
  )
  if (files.reduce((sum, { file: { sizeBytes } }) => sum + sizeBytes, 0) > MOST_BYTES) return undefined
  for (const named of files) {
    if (signal.aborted) return undefined
    if (!(await isSound(connection, named.file))) return named
  }
  return undefined
}

async function isSound(connection: DuckDBConnection, { localPath }: ReadFile): Promise<boolean> {
  try {
    // To hash a row takes all of its values.
    await connection.run(`SELECT max(hash(t)) FROM read_parquet(${quote(localPath)}, hive_partitioning = false) AS t`)
    return true
  } catch {
    return false
  }
}
