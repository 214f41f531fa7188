/** Connectors asked as a plan asks them, and what they answer as plain values. */
import type { Connector, ConnectorHost, SourceScan, SourceTable, Split } from '../core/federation/connector.ts'
import { columnType } from '../core/queries/column-type.ts'
import { plainValues } from '../formats/vectors.fixture.ts'

export const never = new AbortController().signal

/** For connectors that need nothing of the lake. */
export const emptyLake: ConnectorHost = { readObject: () => Promise.reject(new Error('nothing is read')) }

/** Of all columns, unless told otherwise. */
export const scanOf = (table: SourceTable, more: Partial<SourceScan> = {}): SourceScan => ({
  table,
  columns: table.columns,
  domains: {},
  queryId: 'query-1',
  ...more,
})

export async function splitsOf(connector: Connector, scan: SourceScan): Promise<Split[]> {
  const splits: Split[] = []
  for await (const split of connector.splits(scan, never)) splits.push(split)
  return splits
}

/** Rows of all splits, which travel as they do between processes. */
export async function rowsOf(connector: Connector, scan: SourceScan): Promise<unknown[][]> {
  const rows: unknown[][] = []
  for (const split of await splitsOf(connector, scan))
    for await (const batch of connector.read(scan, structuredClone(split), never)) {
      const columns = batch.columns.map((vector, i) => plainValues(vector, columnType(scan.columns[i]!.type)))
      for (let row = 0; row < batch.rows; row++) rows.push(columns.map((values) => values[row]))
    }
  return rows
}
