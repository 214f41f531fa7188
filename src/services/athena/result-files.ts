/** What a query leaves at its output location, named and filled as Athena does (observed; athena ug, querying). */
import type { FileAttributes, NewFile } from '../../core/objects/files.ts'
import type { StatementOutcome } from '../../core/queries/outcome.ts'
import { csvLine } from '../../core/queries/result-csv.ts'
import type { Statement } from '../../sql/ast.ts'
import { isLiteralQuery } from './literal-query.ts'
import { metadataFile, type ResultMetadata, ROWS_COLUMN } from './result-columns.ts'

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

/** Beside the result of what wrote rows: the objects written, a line each. */
export const manifestUri = (resultUri: string): string => `${resultUri}-manifest.csv`

/** What Hive's tasks and the query engine wrote is `application`, what Athena answered by itself is `binary` (observed). */
const APPLICATION = 'application/octet-stream'
const BINARY = 'binary/octet-stream'
const HIVE_TASKS: ReadonlySet<string> = new Set(['DESCRIBE_TABLE', 'EXPLAIN', 'SHOW_CREATE_TABLE', 'MSCK_REPAIR'])
/** Those leave metadata that hold nothing but the query's id. */
const COLUMN_CHANGES: ReadonlySet<string> = new Set(['ALTER_TABLE_ADD_COLUMN', 'ALTER_TABLE_REPLACE_COLUMN'])

/** Their results say nothing of an update count. Of Iceberg tables Athena itself tells what Hive tells of others (observed). */
export const isHiveTask = (substatement: string, { byHive = true }: { readonly byHive?: boolean } = {}): boolean =>
  byHive && HIVE_TASKS.has(substatement)

/** An INSERT that wrote no file lists none; an UNLOAD or CTAS leaves an empty list, which its drivers read (observed). */
export const leavesManifest = (substatement: string, files: readonly string[]): boolean =>
  files.length > 0 || substatement !== 'INSERT'

export interface FinishedQuery {
  readonly id: string
  readonly resultUri: string
  readonly substatementType: string
  readonly startedAt: Date
  readonly statement: Statement
  readonly protection: Omit<FileAttributes, 'contentType'>
}

export function resultFiles(query: FinishedQuery, { result }: StatementOutcome): readonly NewFile[] {
  const { id, resultUri: uri, substatementType, protection } = query
  const file = (at: string, body: NewFile['body'], contentType = APPLICATION): NewFile => ({
    uri: at,
    body,
    attributes: { contentType, ...protection },
  })
  const metadataOf = (metadata: ResultMetadata, contentType = APPLICATION): NewFile =>
    file(`${uri}.metadata`, metadataFile(metadata), contentType)
  const engineId = engineQueryId(query)
  switch (result.kind) {
    case 'rows': {
      const { columns } = result
      const literal = isLiteralQuery(query.statement)
      const contentType = literal ? BINARY : APPLICATION
      const metadata = literal ? { queryId: id, update: '', updateCount: 0, columns } : { queryId: engineId, columns }
      return [file(uri, result.file, contentType), metadataOf(metadata, contentType)]
    }
    case 'table': {
      const text = [result.columns.map((c) => c.name), ...result.rows].map(csvLine).join('')
      const metadata = { queryId: engineId, columns: result.columns }
      return [file(uri, Buffer.from(text)), metadataOf(metadata)]
    }
    case 'lines': {
      const contentType = isHiveTask(substatementType, result) ? APPLICATION : BINARY
      const metadata = { queryId: substatementType === 'EXPLAIN' ? engineId : id, columns: result.columns }
      const body = Buffer.from(result.lines.join('\n'))
      return [file(uri, body, contentType), metadataOf(metadata, contentType)]
    }
    case 'written': {
      const list = result.files.map((written) => `${written}\n`).join('')
      const { update, rows: updateCount } = result
      return [
        ...(leavesManifest(substatementType, result.files) ? [file(manifestUri(uri), Buffer.from(list))] : []),
        metadataOf({ queryId: engineId, columns: [ROWS_COLUMN], update, updateCount }),
      ]
    }
    case 'done': {
      const changed = COLUMN_CHANGES.has(substatementType)
      return [
        file(uri, new Uint8Array(0), changed ? APPLICATION : BINARY),
        ...(changed ? [metadataOf({ queryId: id, columns: [] })] : []),
      ]
    }
  }
}

/** What the query engine calls the query, in Trino's form `20240131_235959_00001_abcde`: its start, and a part of its id. */
function engineQueryId({ id, startedAt }: FinishedQuery): string {
  const [date, time] = startedAt.toISOString().replace(/[-:]/g, '').split(/[T.]/)
  const digits = id.replaceAll('-', '')
  const number = String(Number.parseInt(digits.slice(0, 4), 16)).padStart(5, '0')
  return `${date}_${time}_${number}_${digits.slice(4, 9)}`
}
