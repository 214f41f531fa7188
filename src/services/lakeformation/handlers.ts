import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Sessions } from '../../core/access/sessions.ts'
import type { Lake } from '../../core/lake.ts'
import type { QueryPlans } from '../../core/queries/query-plans.ts'
import type { Handlers } from '../../protocol/service.ts'
import { assignedTags } from './assigned-tags.ts'
import { credentials } from './credentials.ts'
import { dataFilters } from './data-filters.ts'
import { grants } from './grants.ts'
import { locations } from './locations.ts'
import { optIns } from './opt-ins.ts'
import { queryPlanning } from './query-planning.ts'
import { settings } from './settings.ts'
import { tagExpressions } from './tag-expressions.ts'
import { tagSearch } from './tag-search.ts'
import { tags } from './tags.ts'
import { transactions } from './transactions.ts'

export const lakeFormationHandlers = (lake: Lake, sessions: Sessions, plans: QueryPlans): Handlers<typeof Sdk> => ({
  ...settings(lake),
  ...grants(lake),
  ...dataFilters(lake),
  ...tags(lake),
  ...assignedTags(lake),
  ...tagExpressions(lake),
  ...tagSearch(lake),
  ...locations(lake),
  ...optIns(lake),
  ...credentials(lake, sessions),
  ...queryPlanning(lake, plans),
  ...transactions(lake),
})
