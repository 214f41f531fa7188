/** StartQueryExecution: everything that is checked before there is a query. */
import { createHash, randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import { checkStatement } from '../../core/queries/statements/execute.ts'
import { prepared } from '../../core/queries/statements/prepared.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import type { Expr, Statement } from '../../sql/ast.ts'
import { SqlError } from '../../sql/position.ts'
import { classify, parseExpression, parseStatement } from '../../sql/statement.ts'
import { invalidRequest } from './faults.ts'
import { preparedStatements } from './prepared-statements.ts'
import { type QueryLimits, type QuerySpec, queryContext } from './query-run.ts'
import { resultUri } from './result-files.ts'
import { findWorkGroup, PRIMARY } from './work-groups.ts'

export interface StartedQuery {
  readonly id: string
  readonly spec: QuerySpec
  readonly statement: Statement
  readonly parameters: readonly Expr[]
}

export function startedQuery(
  lake: Lake,
  input: Sdk.StartQueryExecutionInput,
  call: ServiceCall,
  limits: QueryLimits,
): StartedQuery {
  const id = randomUUID()
  const workGroup = input.WorkGroup ?? PRIMARY
  const group = findWorkGroup(lake, call, workGroup)
  if (group.state === 'DISABLED') throw invalidRequest(`WorkGroup ${workGroup} is disabled.`)
  const { statement, parameters } = parsed(input)
  const target =
    statement.kind === 'execute'
      ? known(() => prepared(statement, preparedStatements(lake, call, workGroup))).statement
      : statement
  const { type, substatement } = classify(target)
  const outputFolder = outputLocation(lake, input, group.configuration)
  const spec: QuerySpec = {
    account: call.account,
    region: call.region,
    principal: call.principal,
    query: input.QueryString!,
    parameters: input.ExecutionParameters,
    statementType: type,
    substatementType: substatement,
    workGroup,
    catalog: contextName(input.QueryExecutionContext?.Catalog),
    database: contextName(input.QueryExecutionContext?.Database),
    resultUri: resultUri(outputFolder, id, substatement, type),
    outputFolder,
    bytesScannedCutoff: group.configuration.BytesScannedCutoffPerQuery,
  }
  known(() => checkStatement(target, queryContext(lake, id, spec, limits, call.signal)))
  return { id, spec, statement, parameters }
}

function parsed(input: Sdk.StartQueryExecutionInput): { statement: Statement; parameters: readonly Expr[] } {
  return known(() => ({
    statement: parseStatement(input.QueryString!),
    parameters: (input.ExecutionParameters ?? []).map(parseExpression),
  }))
}

/** Folded; awswrangler sends a database in backquotes. */
const contextName = (name: string | undefined): string | undefined => name?.toLowerCase().replace(/^`(.*)`$/, '$1')

/** What is wrong with the text is told at once. */
function known<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof SqlError) throw invalidRequest(error.message, 'MALFORMED_QUERY')
    throw error
  }
}

/** The work group's own place if it insists or nothing else is said. Always a folder. */
function outputLocation(
  lake: Lake,
  input: Sdk.StartQueryExecutionInput,
  configuration: Sdk.WorkGroupConfiguration,
): string {
  const groupLocation = configuration.ResultConfiguration?.OutputLocation
  const asked = input.ResultConfiguration?.OutputLocation
  const location = configuration.EnforceWorkGroupConfiguration ? (groupLocation ?? asked) : (asked ?? groupLocation)
  if (!location)
    throw invalidRequest(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    )
  const bucket = /^s3:\/\/([^/]+)/.exec(location)?.[1]
  if (bucket === undefined) throw invalidRequest(`outputLocation is not a valid S3 path.`)
  if (!lake.files.hasBucket(bucket)) throw invalidRequest(`Unable to verify/create output bucket ${bucket}`)
  return location.replace(/\/*$/, '/')
}

/** What a retry with the same token must repeat exactly. */
export const fingerprint = (input: Sdk.StartQueryExecutionInput): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        input.QueryString,
        input.QueryExecutionContext,
        input.ResultConfiguration,
        input.WorkGroup,
        input.ExecutionParameters,
      ]),
    )
    .digest('base64')
