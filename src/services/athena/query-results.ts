import type * as Sdk from '@aws-sdk/client-athena'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import type { Lake } from '../../core/lake.ts'
import { lakePrincipal } from '../../core/permissions/lake-principal.ts'
import { csvValues } from '../../core/queries/result-csv.ts'
import { CSV, LINES, LIST, type RecordForm, type RecordPage, readRecords } from '../../core/queries/result-records.ts'
import { WaitingLine } from '../../core/waiting-line.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { keptResult } from './kept-results.ts'
import { decodeToken, encodeToken } from './paging.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import { foundQuery, type QueryRun, type QueryRuns, resultLocation } from './query-executions.ts'
import type { QueryFailureDetail } from './query-run.ts'
import { columnInfo, plainVarchar } from './result-columns.ts'
import { manifestUri } from './result-files.ts'

const MOST_ROWS = 1000

/** Each page is in memory as bytes, as rows and as an answer, and a client may ask for a hundred of them in one breath. */
const reading = new WaitingLine(8)

/** What a page is read from, and how. */
interface Source {
  /** Undefined where there is nothing to read. */
  readonly uri: string | undefined
  readonly form: RecordForm
  readonly values: (record: string) => readonly (string | null)[]
  readonly columns: readonly Sdk.ColumnInfo[]
}

export const queryResultHandlers = (lake: Lake, runs: QueryRuns): Handlers<typeof Sdk> => ({
  /** Checks in the order that Athena makes them: the query, the page size, the state, the token (observed). */
  async GetQueryResults(input, call) {
    const run = foundQuery(runs, input.QueryExecutionId, call)
    refuseOthers(lake, run, call)
    const limit = input.MaxResults ?? MOST_ROWS
    if (limit > MOST_ROWS) throw invalidRequest(`MaxResults is more than maximum allowed length ${MOST_ROWS}`)
    if (run.state !== 'SUCCEEDED') return unfinished(run)
    const offset = input.NextToken === undefined ? 0 : pageOffset(input.NextToken, run.id)
    const { uri, form, values, columns } = input.QueryResultType === 'DATA_MANIFEST' ? manifest(run) : rows(run)
    const page =
      uri === undefined
        ? { records: [] }
        : await reading.inTurn(call.signal, () =>
            readPage(forwardedLake(lake, call, ATHENA_PRINCIPAL), run, { uri, offset, limit, form }),
          )
    if (!page) throw invalidRequest(`Malformed nextPageToken ${input.NextToken}`)
    return {
      UpdateCount: run.result!.updateCount,
      ResultSet: {
        Rows: page.records.map((record) => ({
          Data: values(record).map((value) => (value === null ? {} : { VarCharValue: value })),
        })),
        ResultSetMetadata: { ColumnInfo: [...columns] },
      },
      NextToken: page.nextOffset === undefined ? undefined : encodeToken(`${run.id}/${offset + page.nextOffset}`),
    }
  },
})

/** What one principal has been let see may be more than another sees. */
function refuseOthers({ permissions }: Lake, { spec }: QueryRun, call: ServiceCall): void {
  const isOwn = lakePrincipal(spec.principal) === lakePrincipal(call.principal)
  if (!isOwn && permissions.hidesAnywhere(call.principal, call))
    throw new AwsError(
      'AccessDeniedException',
      `You are not authorized to perform: athena:${call.operation} on the resource. After your AWS administrator or you have updated your permissions, please try again.`,
    )
}

/** A whole line is one value, whatever the columns say. */
const oneValue = (record: string): readonly string[] => [record]

function rows(run: QueryRun): Source {
  const { reading, columns } = run.result!
  const uri = resultLocation(run)
  switch (reading) {
    case 'csv':
      return { uri, form: CSV, values: csvValues, columns: columns.map(columnInfo) }
    case 'lines':
      return { uri, form: LINES, values: oneValue, columns: plainVarchar(columns) }
    case 'none':
      return { uri: undefined, form: LINES, values: oneValue, columns: columns.map(columnInfo) }
  }
}

/** "Only the query types CREATE TABLE AS SELECT, UNLOAD, and INSERT can generate a manifest file" (API reference, GetQueryResults). */
function manifest({ result, spec }: QueryRun): Source {
  if (result!.manifest === undefined)
    throw invalidRequest(`A query of type ${spec.substatementType} generates no manifest file`)
  return { uri: result!.manifest ? manifestUri(spec.resultUri) : undefined, form: LIST, values: oneValue, columns: [] }
}

interface Page {
  readonly uri: string
  readonly offset: number
  readonly limit: number
  readonly form: RecordForm
}

/** Undefined where no page begins at the offset: just past the end one does, and is empty. */
async function readPage(
  lake: Lake,
  run: QueryRun,
  { uri, offset, limit, form }: Page,
): Promise<RecordPage | undefined> {
  const kept = await keptResult(lake, run, uri)
  if (!kept) throw invalidRequest('Could not find results', 'RESULT_NOT_FOUND')
  const { sizeBytes } = kept
  if (sizeBytes === 0) return { records: [] }
  if (offset > sizeBytes + 1) return undefined
  if (offset > sizeBytes) return { records: [] }
  return readRecords(offset === sizeBytes ? empty() : kept.from(offset), limit, form)
}

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
