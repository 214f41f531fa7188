import type { UserDefinedFunction } from '@aws-sdk/client-glue'
import type { Catalog, FunctionDescriptor, Scope, UserFunction } from '../../core/catalog/catalog.ts'
import { matchingNames } from '../../core/catalog/name-pattern.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { cursorOf, tokenOf } from './paging.ts'
import { reachedScope } from './scope.ts'

export function userDefinedFunctions({ catalog }: Lake): Handlers<typeof import('@aws-sdk/client-glue')> {
  return {
    async CreateUserDefinedFunction(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      await catalog.functions.create(scope, input.DatabaseName, named(input.FunctionInput))
      return {}
    },

    GetUserDefinedFunction(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const found = catalog.functions.get(scope, input.DatabaseName, input.FunctionName)
      return { UserDefinedFunction: glueFunction(found, scope) }
    },

    GetUserDefinedFunctions(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const { found, next } = findFunctions(catalog, scope, input, input.MaxResults ?? 100)
      return { UserDefinedFunctions: found.map((one) => glueFunction(one, scope)), NextToken: tokenOf(next) }
    },

    async UpdateUserDefinedFunction(input, call) {
      const scope = reachedScope(call, input.CatalogId)
      const descriptor = named(input.FunctionInput, input.FunctionName)
      await catalog.functions.update(scope, input.DatabaseName, input.FunctionName, descriptor)
      return {}
    },

    async DeleteUserDefinedFunction(input, call) {
      await catalog.functions.delete(reachedScope(call, input.CatalogId), input.DatabaseName, input.FunctionName)
      return {}
    },
  }
}

function glueFunction({ database, descriptor, createdAt }: UserFunction, scope: Scope): UserDefinedFunction {
  return {
    ...(descriptor as UserDefinedFunction),
    DatabaseName: database,
    CreateTime: new Date(createdAt),
    CatalogId: scope.account,
  }
}

const PORTION = 500

function findFunctions(
  catalog: Catalog,
  scope: Scope,
  input: { DatabaseName?: string; Pattern: string; FunctionType?: string; NextToken?: string },
  limit: number,
): { found: UserFunction[]; next: string | undefined } {
  const found: UserFunction[] = []
  let last: string | undefined
  for (let after = cursorOf(input.NextToken); ; ) {
    const page = catalog.functions.list(scope, input.DatabaseName, { after, limit: PORTION })
    const wanted = new Set(
      matchingNames(
        input.Pattern,
        page.map((one) => one.function.descriptor.FunctionName),
      ),
    )
    for (const { function: one, cursor } of page) {
      const { FunctionName, FunctionType = 'REGULAR_FUNCTION' } = one.descriptor
      if (!wanted.has(FunctionName) || (input.FunctionType && input.FunctionType !== FunctionType)) continue
      if (found.length === limit) return { found, next: last }
      found.push(one)
      last = cursor
    }
    if (page.length < PORTION) return { found, next: undefined }
    after = page.at(-1)!.cursor
  }
}

function named<T extends { FunctionName?: string }>(input: T, name?: string): T & FunctionDescriptor {
  const FunctionName = input.FunctionName ?? name
  if (FunctionName === undefined) throw new AwsError('InvalidInputException', 'FunctionName is required.')
  return { ...input, FunctionName } as T & FunctionDescriptor
}
