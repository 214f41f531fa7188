/** What a query leaves at its output location, named and filled as Athena does (observed; athena ug, querying). */
import type { Lake } from '../../core/lake.ts'
import type { StatementOutcome } from '../../core/queries/outcome.ts'
import { metadataFile, ROWS_COLUMN } from './result-columns.ts'
import { csvLine } from './result-csv.ts'

/** The object that GetQueryExecution names as the output location. `prefix` ends in `/`. */
export function resultUri(prefix: string, id: string, substatement: string, type: string): string {
  switch (substatement) {
    case 'CREATE_TABLE_AS_SELECT':
      return `${prefix}tables/${id}`
    case 'INSERT':
    case 'UNLOAD':
      return `${prefix}${id}`
    case 'EXPLAIN':
      return `${prefix}${id}.txt`
    case 'SHOW_FUNCTIONS':
      return `${prefix}${id}.csv`
    default:
      return type === 'DML' ? `${prefix}${id}.csv` : `${prefix}${id}.txt`
  }
}

/** Hive's utilities and Trino's plans are `application`, what only the catalog answered is `binary` (observed). */
const APPLICATION = 'application/octet-stream'
const BINARY = 'binary/octet-stream'
const PLAINLY_WRITTEN: ReadonlySet<string> = new Set(['DESCRIBE_TABLE', 'EXPLAIN', 'SHOW_CREATE_TABLE', 'MSCK_REPAIR'])

export async function writeResult(
  lake: Lake,
  uri: string,
  id: string,
  substatement: string,
  { result }: StatementOutcome,
): Promise<void> {
  const { files } = lake
  const metadata = async (
    columns: Parameters<typeof metadataFile>[0]['columns'],
    contentType: string,
    update?: string,
    updateCount?: number,
  ) => {
    await files.put(`${uri}.metadata`, metadataFile({ queryId: id, columns, update, updateCount }), contentType)
  }
  switch (result.kind) {
    case 'rows':
      await files.putStaged(uri, result.file, APPLICATION)
      return metadata(result.columns, APPLICATION)
    case 'table': {
      const lines = [result.columns.map((c) => c.name), ...result.rows].map(csvLine).join('')
      await files.put(uri, Buffer.from(lines), APPLICATION)
      return metadata(result.columns, APPLICATION)
    }
    case 'lines': {
      const contentType = PLAINLY_WRITTEN.has(substatement) ? APPLICATION : BINARY
      await files.put(uri, Buffer.from(result.lines.join('\n')), contentType)
      return metadata(result.columns, contentType)
    }
    case 'written':
      if (result.files.length > 0)
        await files.put(`${uri}-manifest.csv`, Buffer.from(`${result.files.join('\n')}\n`), APPLICATION)
      return metadata([ROWS_COLUMN], APPLICATION, result.update, result.rows)
    case 'done':
      await files.put(uri, new Uint8Array(0), BINARY)
  }
}
