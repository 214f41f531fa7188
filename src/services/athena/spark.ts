/**
 * Notebooks, sessions and calculations live in work groups that run Apache Spark. Here every work group runs SQL, so
 * there are none: lists are empty, and nothing is found by its id. What would start one is not served.
 */
import type * as Sdk from '@aws-sdk/client-athena'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { requireFirstPage } from './paging.ts'
import { findWorkGroup } from './work-groups.ts'

const noSession = (id: string | undefined) => new Fault('not-found', 'resource', `Session ${id} does not exist`)
const noCalculation = (id: string | undefined) =>
  new Fault('not-found', 'resource', `CalculationExecution ${id} does not exist`)
/** Their operations know no ResourceNotFoundException. */
const noNotebook = (id: string | undefined) => invalidRequest(`Notebook ${id} does not exist`)

function fail(error: Error): never {
  throw error
}

export const sparkHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  ListSessions(input, call) {
    requireFirstPage(input)
    findWorkGroup(lake, call, input.WorkGroup)
    return { Sessions: [] }
  },
  GetSession: ({ SessionId }) => fail(noSession(SessionId)),
  GetSessionStatus: ({ SessionId }) => fail(noSession(SessionId)),
  GetSessionEndpoint: ({ SessionId }) => fail(noSession(SessionId)),
  TerminateSession: ({ SessionId }) => fail(noSession(SessionId)),
  ListExecutors: ({ SessionId }) => fail(noSession(SessionId)),
  ListCalculationExecutions: ({ SessionId }) => fail(noSession(SessionId)),
  GetCalculationExecution: ({ CalculationExecutionId }) => fail(noCalculation(CalculationExecutionId)),
  GetCalculationExecutionCode: ({ CalculationExecutionId }) => fail(noCalculation(CalculationExecutionId)),
  GetCalculationExecutionStatus: ({ CalculationExecutionId }) => fail(noCalculation(CalculationExecutionId)),
  StopCalculationExecution: ({ CalculationExecutionId }) => fail(noCalculation(CalculationExecutionId)),
  ListNotebookMetadata(input, call) {
    requireFirstPage(input)
    findWorkGroup(lake, call, input.WorkGroup)
    return { NotebookMetadataList: [] }
  },
  GetNotebookMetadata: ({ NotebookId }) => fail(noNotebook(NotebookId)),
  ListNotebookSessions: ({ NotebookId }) =>
    fail(new Fault('not-found', 'resource', `Notebook ${NotebookId} does not exist`)),
  ExportNotebook: ({ NotebookId }) => fail(noNotebook(NotebookId)),
  UpdateNotebook: ({ NotebookId }) => fail(noNotebook(NotebookId)),
  UpdateNotebookMetadata: ({ NotebookId }) => fail(noNotebook(NotebookId)),
  DeleteNotebook: ({ NotebookId }) => fail(noNotebook(NotebookId)),
  /** No application runtime, so no size that one supports. */
  ListApplicationDPUSizes(input) {
    requireFirstPage(input)
    return { ApplicationDPUSizes: [] }
  },
})
