import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { requireAdministrator } from '../../core/permissions/grantors.ts'
import type { TagCondition } from '../../core/permissions/resource.ts'
import { noteChange, permissionSpace } from '../../core/permissions/spaces.ts'
import { requireConditions } from '../../core/permissions/tag-rights.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { awsTag, conditionsOf } from './resource-shape.ts'
import { scopeOf } from './scope.ts'

interface StoredExpression {
  readonly description?: string
  readonly conditions: readonly TagCondition[]
}

export function tagExpressions({ state, permissions }: Lake): Handlers<typeof Sdk> {
  const space = (scope: Scope): string => permissionSpace('tag-expressions', scope)
  const missing = (name: string): Fault => new Fault('not-found', 'expression', `LF-Tag expression ${name} not found.`)
  const put = async (
    { Name, Description, Expression }: { Name: string; Description?: string; Expression: Sdk.LFTag[] },
    scope: Scope,
    isNew: boolean,
  ) => {
    requireAdministrator(permissions, scope)
    const conditions = conditionsOf(Expression)
    await state.transaction((tx) => {
      const known = tx.get<StoredExpression>(space(scope), Name)
      if (isNew && known) throw new Fault('already-exists', 'expression', `LF-Tag expression ${Name} already exists.`)
      if (!isNew && !known) throw missing(Name)
      requireConditions(tx, scope, conditions)
      const description = Description ?? known?.doc.description
      tx.put(space(scope), Name, { conditions, ...(description !== undefined && { description }) })
      noteChange(tx, scope)
    })
    return {}
  }
  const told = (Name: string, { description, conditions }: StoredExpression, scope: Scope): Sdk.LFTagExpression => ({
    Name,
    Description: description,
    CatalogId: scope.account,
    Expression: conditions.map(awsTag),
  })
  return {
    CreateLFTagExpression: (input, call) => put(input, scopeOf(call, input.CatalogId), true),
    UpdateLFTagExpression: (input, call) => put(input, scopeOf(call, input.CatalogId), false),

    async DeleteLFTagExpression(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      requireAdministrator(permissions, scope)
      await state.transaction((tx) => {
        if (!tx.delete(space(scope), input.Name)) throw missing(input.Name)
        noteChange(tx, scope)
      })
      return {}
    },

    GetLFTagExpression(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const found = state.get<StoredExpression>(space(scope), input.Name)
      if (!found) throw missing(input.Name)
      return told(input.Name, found.doc, scope)
    },

    ListLFTagExpressions(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      const { items, NextToken } = pageOf(
        input,
        (page) => state.list<StoredExpression>(space(scope), page),
        ({ key }) => key,
      )
      return { LFTagExpressions: items.map(({ key, doc }) => told(key, doc, scope)), NextToken }
    },
  }
}
