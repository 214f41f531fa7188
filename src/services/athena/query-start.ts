/** StartQueryExecution: everything that is checked before there is a query. */
import { createHash, randomUUID } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-athena'
import { CATALOG_ENCRYPTION, glueNote } from '../../core/catalog/catalog-encryption.ts'
import { Fault } from '../../core/faults.ts'
import { forwardedLake } from '../../core/forwarding/forwarded-lake.ts'
import { FORWARDED } from '../../core/forwarding/forwarding.ts'
import type { Lake } from '../../core/lake.ts'
import { checkStatement, statementClass } from '../../core/queries/statements/execute.ts'
import { prepared } from '../../core/queries/statements/prepared.ts'
import { sdkNote } from '../../core/sdk-note.ts'
import type { ServiceCall } from '../../protocol/service.ts'
import type { Expr, Statement } from '../../sql/ast.ts'
import { SqlError } from '../../sql/position.ts'
import { parseExpression, statementText } from '../../sql/statement.ts'
import { reservationOf } from './capacity-reservations.ts'
import { invalidRequest } from './faults.ts'
import { knownStatement } from './known-statements.ts'
import { preparedStatements } from './prepared-statements.ts'
import { ATHENA_PRINCIPAL } from './principal.ts'
import { nameContext, type QuerySpec } from './query-run.ts'
import { requestToken } from './request-token.ts'
import { resultPlace } from './result-configuration.ts'
import { resultUri } from './result-files.ts'
import { engineVersion } from './work-group-configuration.ts'
import { findWorkGroup, PRIMARY } from './work-groups.ts'

export interface StartedQuery {
  readonly id: string
  readonly spec: QuerySpec
  readonly statement: Statement
  readonly parameters: readonly Expr[]
}

/** The place of the result is checked before the text is (observed). */
export function startedQuery(lake: Lake, input: Sdk.StartQueryExecutionInput, call: ServiceCall): StartedQuery {
  const token = requestToken(input.ClientRequestToken)
  const id = randomUUID()
  const workGroup = input.WorkGroup ?? PRIMARY
  const group = findWorkGroup(lake, call, workGroup)
  if (group.state === 'DISABLED') throw invalidRequest(`WorkGroup ${workGroup} is disabled.`)
  const forCaller = forwardedLake(lake, call, ATHENA_PRINCIPAL)
  const place = resultPlace(forCaller.files, input.ResultConfiguration ?? {}, group.configuration)
  const names = {
    account: call.account,
    region: call.region,
    principal: call.principal,
    catalog: contextName(input.QueryExecutionContext?.Catalog),
    database: contextName(input.QueryExecutionContext?.Database),
  }
  return atOnce(call, () => {
    const query = statementText(input.QueryString!)
    const statement = knownStatement(query)
    const parameters = (input.ExecutionParameters ?? []).map(parameterValue)
    const execution =
      statement.kind === 'execute' ? prepared(statement, preparedStatements(lake, call, workGroup)) : undefined
    const target = execution?.statement ?? statement
    const context = nameContext(forCaller, names)
    checkStatement(target, context)
    const { type, substatement } = statementClass(target, context)
    const spec: QuerySpec = {
      ...names,
      ...place,
      query,
      preparedText: execution?.text,
      parameters: input.ExecutionParameters,
      statementType: type,
      substatementType: substatement,
      workGroup,
      resultUri: resultUri(place.outputFolder, id, substatement, type),
      engineVersion: engineVersion(group.configuration.EngineVersion),
      capacityReservation: reservationOf(lake.state, names, workGroup),
      ...(group.configuration.PublishCloudWatchMetricsEnabled && { isMeasured: true as const }),
      bytesScannedCutoff: group.configuration.BytesScannedCutoffPerQuery,
      reuseMinutes: reuseMinutes(input),
      rights: lake.permissions.rightsKey(call.principal, call),
      requestToken: token,
    }
    return { id, spec, statement, parameters }
  })
}

/** An expression; a bare word, which no parameter could resolve, is that text (observed: awswrangler sends names unquoted). */
function parameterValue(text: string): Expr {
  const value = parseExpression(text)
  return value.kind === 'name' && !value.name.quoted ? { kind: 'string', value: text.trim(), at: value.at } : value
}

/** Folded; awswrangler sends a database in backquotes. */
const contextName = (name: string | undefined): string | undefined => name?.toLowerCase().replace(/^`(.*)`$/, '$1')

/** What is wrong with the text is told at once, and so is a table that DESCRIBE does not find. */
function atOnce<T>(call: ServiceCall, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof SqlError) throw invalidRequest(error.message, 'MALFORMED_QUERY')
    if (error instanceof Fault && error.noun === 'entity')
      throw invalidRequest(
        `${error.message} ${sdkNote('AmazonDataCatalog', 'EntityNotFoundException', call.requestId)}`,
      )
    if (error instanceof Fault && error.noun === FORWARDED)
      throw invalidRequest(`${error.message} ${sdkNote('AmazonDataCatalog', 'AccessDeniedException', call.requestId)}`)
    if (error instanceof Fault && error.noun === CATALOG_ENCRYPTION)
      throw invalidRequest(`${error.message} ${glueNote()}`)
    throw error
  }
}

/** "The default is 60 minutes" (docs: athena ug, reusing-query-results). */
function reuseMinutes({ ResultReuseConfiguration }: Sdk.StartQueryExecutionInput): number | undefined {
  const asked = ResultReuseConfiguration?.ResultReuseByAgeConfiguration
  return asked?.Enabled ? (asked.MaxAgeInMinutes ?? 60) : undefined
}

/**
 * What a retry with the same token must repeat exactly: its work group and parameters are not looked at, and where a
 * work group insists on its place, none that is asked for (observed).
 */
export const fingerprint = (input: Sdk.StartQueryExecutionInput, spec: QuerySpec): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        input.QueryString,
        input.QueryExecutionContext,
        spec.outputFolder,
        spec.encryption,
        spec.expectedBucketOwner,
        spec.acl,
      ]),
    )
    .digest('base64')
