import type { Sink } from '../../../core/queries/engine-plan.ts'
import type { SinkInput, SinkOutcome } from './sink.ts'

/** Each value as Athena's text or null. */
export async function readRows(sink: Sink & { kind: 'rows' }, input: SinkInput): Promise<SinkOutcome> {
  const result = await input.connection.runAndReadAll(`SELECT * FROM (${input.query}) LIMIT ${Math.floor(sink.limit)}`)
  const values = result.getRows() as (string | null)[][]
  return { rows: values.length, files: [], values }
}
