/** Queries of Logs Insights as they are kept, with what they found. */
import type { Scope } from '../../core/catalog/catalog.ts'
import type { InsightsAnswer } from '../../core/logs/insights.ts'
import type { StateReader } from '../../core/ports.ts'

export interface KeptQuery {
  readonly id: string
  readonly text: string
  readonly groups: readonly string[]
  readonly createdMs: number
  readonly status: 'Complete' | 'Failed'
  readonly answer?: InsightsAnswer
  readonly statistics: {
    readonly recordsMatched: number
    readonly recordsScanned: number
    readonly bytesScanned: number
  }
}

export const queriesSpace = ({ account, region }: Scope): string => `logs/queries/${account}/${region}`

/** The groups that a query has read; none where it is not known. */
export const groupsOfQuery = (state: StateReader, scope: Scope, id: string): readonly string[] =>
  state.get<KeptQuery>(queriesSpace(scope), id)?.doc.groups ?? []
