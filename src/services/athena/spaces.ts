/** Where Athena's documents are kept. Resources of two accounts or regions do not meet. */
export interface Scope {
  readonly account: string
  readonly region: string
}

const space = (kind: string, { account, region }: Scope): string => `athena/${kind}/${account}/${region}`

export const workGroupSpace = (scope: Scope): string => space('work-groups', scope)
/** Named queries by id, and the ids of those of one work group. */
export const namedQuerySpace = (scope: Scope): string => space('named-queries', scope)
export const namedQueriesOf = (scope: Scope, workGroup: string): string =>
  `${space('named-queries-of', scope)}/${workGroup}`
export const preparedStatementsOf = (scope: Scope, workGroup: string): string =>
  `${space('prepared-statements', scope)}/${workGroup}`
/** Ids of query executions, by when they were submitted. */
export const historyOf = (scope: Scope, workGroup: string): string => `${space('history', scope)}/${workGroup}`
export const capacityReservationSpace = (scope: Scope): string => space('capacity-reservations', scope)
/** Names of reservations, by the work groups that are assigned to them. */
export const reservedWorkGroupSpace = (scope: Scope): string => space('reserved-work-groups', scope)
/** What request tokens have started. */
export const tokenSpace = (scope: Scope): string => space('tokens', scope)
/** Results that Athena keeps itself, by when their queries were submitted: of all accounts. */
export const managedResultSpace = 'athena/managed-results'
/** The latest executions of each text. */
export const reuseSpace = (scope: Scope): string => space('reuse', scope)
