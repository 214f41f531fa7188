import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { decodeToken, encodeToken } from './paging.ts'
import { foundQuery, type QueryRun, type QueryRuns } from './query-executions.ts'
import type { QueryFailureDetail } from './query-run.ts'
import { columnInfo, plainVarchar } from './result-columns.ts'
import { readCsvPage } from './result-csv.ts'

const MOST_ROWS = 1000

export const queryResultHandlers = (lake: Lake, runs: QueryRuns): Handlers<typeof Sdk> => ({
  /** Checks in the order that Athena makes them: the query, the page size, the state, the token (observed). */
  async GetQueryResults(input, call) {
    const run = foundQuery(runs, input.QueryExecutionId, call)
    const limit = input.MaxResults ?? MOST_ROWS
    if (limit > MOST_ROWS) throw invalidRequest(`MaxResults is more than maximum allowed length ${MOST_ROWS}`)
    if (run.state !== 'SUCCEEDED') return unfinished(run)
    const { result, spec } = run
    const offset = input.NextToken === undefined ? 0 : pageOffset(input.NextToken, run.id)
    if (result!.reading === 'none')
      return {
        UpdateCount: result!.updateCount,
        ResultSet: { Rows: [], ResultSetMetadata: { ColumnInfo: result!.columns.map(columnInfo) } },
      }
    const location = result!.reusedFrom ?? spec.resultUri
    const file = lake.files.stat(location)
    if (!file) throw invalidRequest('Could not find results', 'RESULT_NOT_FOUND')
    if (offset > file.sizeBytes) throw invalidRequest(`Malformed nextPageToken ${input.NextToken}`)
    const body =
      offset >= file.sizeBytes ? empty() : lake.files.read(location, { start: offset, end: file.sizeBytes - 1 })
    const page = result!.reading === 'csv' ? await readCsvPage(body, limit) : await readLines(body, limit, offset)
    return {
      UpdateCount: result!.updateCount,
      ResultSet: {
        Rows: page.rows.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
        ResultSetMetadata: {
          ColumnInfo: result!.reading === 'csv' ? result!.columns.map(columnInfo) : plainVarchar(result!.columns),
        },
      },
      NextToken: page.nextOffset === undefined ? undefined : encodeToken(`${run.id}/${offset + page.nextOffset}`),
    }
  },
})

/** A DDL task that failed answers with nothing; anything else that has no result says why. */
function unfinished(run: QueryRun): Sdk.GetQueryResultsOutput {
  const detail = run.failure?.detail as QueryFailureDetail | undefined
  if (run.state === 'FAILED' && detail?.leavesText) return { ResultSet: { Rows: [] } }
  if (run.state === 'CANCELLED') throw invalidRequest('Could not find results', 'RESULT_NOT_FOUND')
  const text =
    run.state === 'FAILED'
      ? `Query did not finish successfully. Final query state: ${run.state}`
      : `Query has not yet finished. Current state: ${run.state}`
  throw invalidRequest(text, 'INVALID_QUERY_EXECUTION_STATE')
}

function pageOffset(token: string, id: string): number {
  const malformed = () => invalidRequest(`Malformed nextPageToken ${token}`)
  let text: string
  try {
    text = decodeToken(token)
  } catch {
    throw malformed()
  }
  const [owner, offset] = text.split('/')
  if (owner !== id || !/^\d+$/.test(offset ?? '')) throw malformed()
  return Number(offset)
}

async function* empty(): AsyncGenerator<Uint8Array> {}

/** A whole line is one value, whatever the columns say; an empty file is no line. */
async function readLines(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  offset: number,
): Promise<{ rows: string[][]; nextOffset?: number }> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (bytes.length === 0 && offset === 0) return { rows: [] }
  const lines = bytes.toString('utf8').split('\n')
  const rows = lines.slice(0, limit)
  const nextOffset = lines.length > limit ? Buffer.byteLength(rows.join('\n')) + 1 : undefined
  return { rows: rows.map((line) => [line]), nextOffset }
}
