import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { makesExpressions, mayOnExpression } from '../../core/permissions/held-tags.ts'
import { insufficient } from '../../core/permissions/insufficient.ts'
import type { Permission } from '../../core/permissions/permission.ts'
import type { TagCondition } from '../../core/permissions/resource.ts'
import { noteChange, permissionSpace } from '../../core/permissions/spaces.ts'
import { owned, requireConditions } from '../../core/permissions/tag-rights.ts'
import { eraseExpression } from '../../core/permissions/tags.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import { awsTag, conditionsOf } from './resource-shape.ts'
import { scopeOf } from './scope.ts'
import { requireOnTag } from './tags.ts'

interface StoredExpression {
  readonly description?: string
  readonly conditions: readonly TagCondition[]
}

export function tagExpressions(lake: Lake): Handlers<typeof Sdk> {
  const { state, permissions, clock } = lake
  const space = (scope: Scope): string => permissionSpace('tag-expressions', scope)
  const missing = (name: string): Fault => new Fault('not-found', 'expression', `LF-Tag expression ${name} not found.`)
  /** Throws denied. Whoever changes one may grant with all that is in it (lake-formation dg, TBAC-updating-expressions). */
  const requireOn = (scope: Scope, name: string, permission: Permission): void => {
    if (!mayOnExpression(permissions, scope, name, permission)) throw insufficient(permission, name)
  }
  const checked = (scope: Scope, expression: Sdk.LFTag[]): readonly TagCondition[] => {
    const conditions = conditionsOf(expression)
    for (const one of conditions) requireOnTag(lake, scope, 'GRANT_WITH_LF_TAG_EXPRESSION', one)
    return conditions
  }
  const told = (Name: string, { description, conditions }: StoredExpression, scope: Scope): Sdk.LFTagExpression => ({
    Name,
    Description: description,
    CatalogId: scope.account,
    Expression: conditions.map(awsTag),
  })
  return {
    async CreateLFTagExpression({ Name, Description, Expression, CatalogId }, call) {
      const scope = scopeOf(call, CatalogId)
      if (!makesExpressions(permissions, scope)) throw insufficient('CREATE_LF_TAG_EXPRESSION', 'Catalog')
      const conditions = checked(scope, Expression)
      await state.transaction((tx) => {
        if (tx.get(space(scope), Name))
          throw new Fault('already-exists', 'expression', `LF-Tag expression ${Name} already exists.`)
        requireConditions(tx, scope, conditions)
        tx.put(space(scope), Name, { conditions, ...(Description !== undefined && { description: Description }) })
        owned(tx, scope, { kind: 'tag-expression', name: Name }, clock.now().toISOString())
        noteChange(tx, scope)
      })
      return {}
    },

    async UpdateLFTagExpression({ Name, Description, Expression, CatalogId }, call) {
      const scope = scopeOf(call, CatalogId)
      requireOn(scope, Name, 'ALTER')
      const conditions = checked(scope, Expression)
      await state.transaction((tx) => {
        const known = tx.get<StoredExpression>(space(scope), Name)
        if (!known) throw missing(Name)
        requireConditions(tx, scope, conditions)
        const description = Description ?? known.doc.description
        tx.put(space(scope), Name, { conditions, ...(description !== undefined && { description }) })
        noteChange(tx, scope)
      })
      return {}
    },

    async DeleteLFTagExpression(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      requireOn(scope, input.Name, 'DROP')
      await state.transaction((tx) => {
        if (!tx.delete(space(scope), input.Name)) throw missing(input.Name)
        eraseExpression(tx, scope, input.Name)
      })
      return {}
    },

    GetLFTagExpression(input, call) {
      const scope = scopeOf(call, input.CatalogId)
      requireOn(scope, input.Name, 'DESCRIBE')
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
      // As of other lists, pages may be short: those that are not seen are left out of them.
      const seen = items.filter(({ key }) => mayOnExpression(permissions, scope, key, 'DESCRIBE'))
      return { LFTagExpressions: seen.map(({ key, doc }) => told(key, doc, scope)), NextToken }
    },
  }
}
