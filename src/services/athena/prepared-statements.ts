import type * as Sdk from '@aws-sdk/client-athena'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { StateTransaction } from '../../core/ports.ts'
import type { PreparedStatements } from '../../core/queries/statements/prepared.ts'
import { collection } from '../../core/resources/collection.ts'
import type { Handlers } from '../../protocol/service.ts'
import { page } from './paging.ts'
import { preparedStatementsOf, type Scope } from './spaces.ts'
import { findWorkGroup } from './work-groups.ts'

interface PreparedStatement {
  readonly text: string
  readonly description?: string
  readonly modifiedAt: string
}

const inWorkGroup = (lake: Lake, scope: Scope, workGroup: string) =>
  collection<PreparedStatement>(lake.state, preparedStatementsOf(scope, workGroup), {
    noun: 'prepared-statement',
    missing: (name) => `PreparedStatement ${name} was not found in workGroup ${workGroup}`,
    exists: (name) => `PreparedStatement ${name} already exists in workGroup ${workGroup}`,
  })

/** "The maximum number of prepared statements in a workgroup is 1000" (docs: athena ug, querying-with-prepared-statements-querying). */
const MOST = 1000

const requireRoom =
  (scope: Scope, workGroup: string) =>
  (tx: StateTransaction): void => {
    if (tx.count(preparedStatementsOf(scope, workGroup)) > MOST)
      throw new Fault('limit', 'prepared-statement', `A workgroup can have at most ${MOST} prepared statements`)
  }

/** What PREPARE, EXECUTE and DEALLOCATE see: the statements of the work group they run in. */
export function preparedStatements(lake: Lake, scope: Scope, workGroup: string): PreparedStatements {
  const stored = inWorkGroup(lake, scope, workGroup)
  return {
    find: (name) => stored.find(name)?.text,
    put: (name, text) =>
      stored.put(name, { text, modifiedAt: lake.clock.now().toISOString() }, requireRoom(scope, workGroup)),
    async delete(name) {
      if (!stored.find(name)) return false
      await stored.delete(name)
      return true
    },
  }
}

const described = (name: string, workGroup: string, statement: PreparedStatement): Sdk.PreparedStatement => ({
  StatementName: name,
  QueryStatement: statement.text,
  WorkGroupName: workGroup,
  Description: statement.description,
  LastModifiedTime: new Date(statement.modifiedAt),
})

export const preparedStatementHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async CreatePreparedStatement(input, call) {
    findWorkGroup(lake, call, input.WorkGroup)
    const modifiedAt = lake.clock.now().toISOString()
    await inWorkGroup(lake, call, input.WorkGroup).create(
      input.StatementName,
      { text: input.QueryStatement, description: input.Description, modifiedAt },
      requireRoom(call, input.WorkGroup),
    )
    return {}
  },
  GetPreparedStatement: (input, call) => ({
    PreparedStatement: described(
      input.StatementName,
      input.WorkGroup,
      inWorkGroup(lake, call, input.WorkGroup).get(input.StatementName),
    ),
  }),
  BatchGetPreparedStatement(input, call) {
    const stored = inWorkGroup(lake, call, input.WorkGroup)
    const all = input.PreparedStatementNames.map((name) => ({ name, statement: stored.find(name) }))
    return {
      PreparedStatements: all.flatMap(({ name, statement }) =>
        statement ? [described(name, input.WorkGroup, statement)] : [],
      ),
      UnprocessedPreparedStatementNames: all.flatMap(({ name, statement }) =>
        statement
          ? []
          : [
              {
                StatementName: name,
                ErrorCode: 'STATEMENT_NOT_FOUND',
                ErrorMessage: `PreparedStatement ${name} was not found in workGroup ${input.WorkGroup}`,
              },
            ],
      ),
    }
  },
  ListPreparedStatements(input, call) {
    findWorkGroup(lake, call, input.WorkGroup)
    const stored = inWorkGroup(lake, call, input.WorkGroup)
    const { items, NextToken } = page(
      input,
      50,
      (range) => stored.list(range),
      (row) => row.key,
    )
    return {
      PreparedStatements: items.map((row) => ({
        StatementName: row.key,
        LastModifiedTime: new Date(row.doc.modifiedAt),
      })),
      NextToken,
    }
  },
  async UpdatePreparedStatement(input, call) {
    await inWorkGroup(lake, call, input.WorkGroup).update(input.StatementName, (statement) => ({
      text: input.QueryStatement,
      description: input.Description ?? statement.description,
      modifiedAt: lake.clock.now().toISOString(),
    }))
    return {}
  },
  async DeletePreparedStatement(input, call) {
    findWorkGroup(lake, call, input.WorkGroup)
    await inWorkGroup(lake, call, input.WorkGroup).delete(input.StatementName)
    return {}
  },
})
