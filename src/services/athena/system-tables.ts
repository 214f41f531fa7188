/** System tables show an account's queries as tables. They can not be enabled here, so they are not. */
import type * as Sdk from '@aws-sdk/client-athena'
import { Fault } from '../../core/faults.ts'
import type { Handlers } from '../../protocol/service.ts'
import { requireFirstPage } from './paging.ts'

const notConfigured = () => new Fault('not-found', 'resource', 'System tables are not configured for this account')

export const systemTableHandlers: Handlers<typeof Sdk> = {
  ListSystemTableStatuses(input) {
    requireFirstPage(input)
    return { Items: [{ TableName: 'QUERY_EXECUTIONS', Enabled: false }] }
  },
  GetSystemTableConfiguration() {
    throw notConfigured()
  },
  UpdateSystemTableConfiguration() {
    throw notConfigured()
  },
}
