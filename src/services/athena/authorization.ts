/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html */
import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import { passedRoles } from '../../protocol/passed-roles.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'
import { workGroupOfNamedQuery } from './named-queries.ts'
import type { QueryRuns } from './query-executions.ts'
import { PRIMARY } from './work-groups.ts'

const arn = ({ account, region }: ServiceCall, kind: string, name: string): string =>
  `arn:aws:athena:${region}:${account}:${kind}/${name}`

const workGroup = (name: string | undefined, call: ServiceCall): string => arn(call, 'workgroup', name ?? PRIMARY)
/** Where nothing is known by an id, it is in no work group that is named. */
const NOWHERE = '*'

const inWorkGroup = ({ WorkGroup }: { readonly WorkGroup?: string }, call: ServiceCall) => workGroup(WorkGroup, call)
const ofDataCatalog = ({ Name }: { readonly Name: string }, call: ServiceCall) => arn(call, 'datacatalog', Name)
const inDataCatalog = ({ CatalogName }: { readonly CatalogName: string }, call: ServiceCall) =>
  arn(call, 'datacatalog', CatalogName)
const ofReservation = ({ Name }: { readonly Name: string }, call: ServiceCall) =>
  arn(call, 'capacity-reservation', Name)
const ofTagged = ({ ResourceARN }: { readonly ResourceARN: string }) => ResourceARN
const ofSession = ({ SessionId }: { readonly SessionId: string }, call: ServiceCall) =>
  arn(call, 'workgroup', `${NOWHERE}/session/${SessionId}`)
const everything = () => '*'

export function athenaAuthorization(lake: Lake, runs: QueryRuns): Authorization {
  const ofQuery = ({ QueryExecutionId = '' }: { readonly QueryExecutionId?: string }, call: ServiceCall) => {
    const spec = runs.find(QueryExecutionId)?.spec
    return workGroup(spec && spec.account === call.account ? spec.workGroup : NOWHERE, call)
  }
  const ofNamedQuery = ({ NamedQueryId = '' }: { readonly NamedQueryId?: string }, call: ServiceCall) =>
    workGroup(workGroupOfNamedQuery(lake.state, call, NamedQueryId) ?? NOWHERE, call)
  const ofEach = <T>(ids: readonly T[], one: (id: T) => string): string[] => [...new Set(ids.map(one))]
  const rules: Rules<typeof Sdk> = {
    StartQueryExecution: inWorkGroup,
    GetQueryExecution: ofQuery,
    GetQueryResults: ofQuery,
    GetQueryRuntimeStatistics: ofQuery,
    StopQueryExecution: ofQuery,
    BatchGetQueryExecution: ({ QueryExecutionIds }, call) =>
      ofEach(QueryExecutionIds, (QueryExecutionId) => ofQuery({ QueryExecutionId }, call)),
    ListQueryExecutions: inWorkGroup,
    CreateNamedQuery: inWorkGroup,
    GetNamedQuery: ofNamedQuery,
    DeleteNamedQuery: ofNamedQuery,
    UpdateNamedQuery: ofNamedQuery,
    BatchGetNamedQuery: ({ NamedQueryIds }, call) =>
      ofEach(NamedQueryIds, (NamedQueryId) => ofNamedQuery({ NamedQueryId }, call)),
    ListNamedQueries: inWorkGroup,
    CreatePreparedStatement: inWorkGroup,
    GetPreparedStatement: inWorkGroup,
    UpdatePreparedStatement: inWorkGroup,
    DeletePreparedStatement: inWorkGroup,
    BatchGetPreparedStatement: inWorkGroup,
    ListPreparedStatements: inWorkGroup,
    CreateWorkGroup: ({ Name, Configuration }, call) => [
      workGroup(Name, call),
      ...passedRoles(call, 'athena', Configuration?.ExecutionRole),
    ],
    GetWorkGroup: inWorkGroup,
    UpdateWorkGroup: ({ WorkGroup, ConfigurationUpdates }, call) => [
      workGroup(WorkGroup, call),
      ...passedRoles(call, 'athena', ConfigurationUpdates?.ExecutionRole),
    ],
    DeleteWorkGroup: inWorkGroup,
    ListWorkGroups: everything,
    CreateDataCatalog: ofDataCatalog,
    GetDataCatalog: ofDataCatalog,
    UpdateDataCatalog: ofDataCatalog,
    DeleteDataCatalog: ofDataCatalog,
    ListDataCatalogs: everything,
    GetDatabase: inDataCatalog,
    ListDatabases: inDataCatalog,
    GetTableMetadata: inDataCatalog,
    ListTableMetadata: inDataCatalog,
    CreateCapacityReservation: ofReservation,
    GetCapacityReservation: ofReservation,
    UpdateCapacityReservation: ofReservation,
    CancelCapacityReservation: ofReservation,
    DeleteCapacityReservation: ofReservation,
    ListCapacityReservations: everything,
    GetCapacityAssignmentConfiguration: ({ CapacityReservationName }, call) =>
      ofReservation({ Name: CapacityReservationName }, call),
    PutCapacityAssignmentConfiguration: ({ CapacityReservationName, CapacityAssignments }, call) => [
      ofReservation({ Name: CapacityReservationName }, call),
      ...CapacityAssignments.flatMap(({ WorkGroupNames = [] }) => WorkGroupNames.map((name) => workGroup(name, call))),
    ],
    ListTagsForResource: ofTagged,
    TagResource: ofTagged,
    UntagResource: ofTagged,
    ListEngineVersions: everything,
    ListApplicationDPUSizes: everything,
    ListExecutors: everything,
    GetSession: ofSession,
    GetSessionStatus: ofSession,
    GetSessionEndpoint: ofSession,
    TerminateSession: ofSession,
    ListSessions: inWorkGroup,
    ListNotebookMetadata: inWorkGroup,
    ListNotebookSessions: (_, call) => workGroup(NOWHERE, call),
    GetNotebookMetadata: (_, call) => workGroup(NOWHERE, call),
    UpdateNotebook: (_, call) => workGroup(NOWHERE, call),
    UpdateNotebookMetadata: (_, call) => workGroup(NOWHERE, call),
    DeleteNotebook: (_, call) => workGroup(NOWHERE, call),
    ExportNotebook: (_, call) => workGroup(NOWHERE, call),
    GetCalculationExecution: (_, call) => workGroup(NOWHERE, call),
    GetCalculationExecutionCode: (_, call) => workGroup(NOWHERE, call),
    GetCalculationExecutionStatus: (_, call) => workGroup(NOWHERE, call),
    ListCalculationExecutions: (_, call) => workGroup(NOWHERE, call),
    StopCalculationExecution: (_, call) => workGroup(NOWHERE, call),
    GetSystemTableConfiguration: everything,
    UpdateSystemTableConfiguration: everything,
    ListSystemTableStatuses: everything,
  }
  return { prefix: 'athena', rules }
}
