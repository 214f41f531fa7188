/**
 * Files of formats that DuckDB does not write: it writes Parquet, which keeps partitions, limits and the order of rows its
 * business, and each file is then written again in the format that was asked for.
 */
import { randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { EngineError } from '../../../core/queries/engine-plan.ts'
import { UnsupportedData } from '../../../formats/corrupt-data.ts'
import type { FileEncoder, WriteBytes } from '../../../formats/file-encoder.ts'
import { builderOf } from '../../../formats/vector-builders.ts'
import type { ColumnField } from '../../../formats/vectors.ts'
import { quote } from '../../../sql/duckdb/types.ts'
import { quotedName } from '../../../sql/quotation.ts'
import { addRows } from './chunk-rows.ts'
import type { Rewriting } from './rewriting.ts'

export type EncoderOf = (fields: readonly ColumnField[], write: WriteBytes) => FileEncoder

export const encoding =
  (encoderOf: EncoderOf): Rewriting =>
  ({ connection, path, fields }) =>
    encodedFile(connection, path, fields, encoderOf)

/** The new file lies beside the old one, which is gone. */
async function encodedFile(
  connection: DuckDBConnection,
  path: string,
  fields: readonly ColumnField[],
  encoderOf: EncoderOf,
): Promise<string> {
  const target = join(dirname(path), randomUUID())
  const file = await open(target, 'wx')
  try {
    const encoder = encoderOf(fields, (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file.fd, bytes, at)
    })
    await encodeRows(connection, path, fields, encoder)
    encoder.end()
  } catch (error) {
    throw error instanceof UnsupportedData ? new EngineError('NOT_SUPPORTED', error.message) : error
  } finally {
    await file.close()
  }
  await rm(path)
  return target
}

const TEXTS: ReadonlySet<string> = new Set(['string', 'char', 'varchar'])

async function encodeRows(
  connection: DuckDBConnection,
  path: string,
  fields: readonly ColumnField[],
  encoder: FileEncoder,
): Promise<void> {
  // Texts come as their bytes, which is what files keep of them.
  const items = fields.map(({ name, type }) => {
    return TEXTS.has(type.kind) ? `encode(${quotedName(name)})` : quotedName(name)
  })
  const result = await connection.stream(
    `SELECT ${items.join(', ')} FROM read_parquet(${quote(path)}, hive_partitioning = false)`,
  )
  const builders = fields.map((field) => builderOf(field.type))
  let rows = 0
  const flush = () => {
    const columns = builders.map((builder) => builder.finish())
    if (rows > 0) encoder.batch(columns, rows)
    rows = 0
  }
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (let at = 0; at < chunk.rowCount; ) {
      const end = Math.min(chunk.rowCount, at + encoder.batchRows - rows)
      addRows(chunk, at, end, fields, builders)
      rows += end - at
      at = end
      if (rows === encoder.batchRows) flush()
    }
  }
  flush()
}
