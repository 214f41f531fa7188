import { EngineError, type Sink } from '../../../core/queries/engine-plan.ts'
import type { SinkInput, SinkOutcome } from './sink.ts'

/** The server holds them in memory. */
const MOST_LETTERS = 256 << 20

/** Each value as Athena's text or null. Throws EXCEEDED_MEMORY_LIMIT where there is more of it than an answer may hold. */
export async function readRows(sink: Sink & { kind: 'rows' }, { connection, query }: SinkInput): Promise<SinkOutcome> {
  const result = await connection.stream(`SELECT * FROM (${query}) LIMIT ${Math.floor(sink.limit)}`)
  const values: (string | null)[][] = []
  let letters = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    for (const row of chunk.getRows() as (string | null)[][]) {
      for (const value of row) letters += value?.length ?? 0
      if (letters > MOST_LETTERS)
        throw new EngineError('EXCEEDED_MEMORY_LIMIT', `More than ${MOST_LETTERS} characters are asked for at once`)
      values.push(row)
    }
  return { rows: values.length, files: [], values }
}
