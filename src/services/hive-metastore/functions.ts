import type { FunctionDescriptor, UserFunction } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import { type Method, method, procedure } from '../../protocol/thrift/service.ts'
import { list, string, struct } from '../../protocol/thrift/types.ts'
import { type HiveFunction, hiveFunction } from './catalog-structs.ts'
import { ALREADY_EXISTS, INVALID_OBJECT, INVALID_OPERATION, META, NO_SUCH_OBJECT } from './faults.ts'
import { CATALOG_NAME, type Metastore, requireName, secondsOf } from './metastore.ts'
import { nameMatcher } from './name-pattern.ts'

const PORTION = 1000
/** In the order of their numbers, from 1: PrincipalType and ResourceType of the interface definition. */
const OWNER_TYPES = ['USER', 'ROLE', 'GROUP']
const RESOURCE_TYPES = ['JAR', 'FILE', 'ARCHIVE']
const JAVA = 1
const ADDRESS = { dbName: [1, string], funcName: [2, string] } as const

export function functions({ catalog, scope }: Metastore): Readonly<Record<string, Method>> {
  function all(database?: string): UserFunction[] {
    const found: UserFunction[] = []
    let after: string | undefined
    for (;;) {
      const page = catalog.functions.list(scope, database, { after, limit: PORTION })
      for (const one of page) found.push(one.function)
      if (page.length < PORTION) return found
      after = page.at(-1)!.cursor
    }
  }
  const get = (database: string, name: string): HiveFunction => {
    try {
      return hiveFunctionOf(catalog.functions.get(scope, database, name))
    } catch (error) {
      // Spark tells by these words that it may go on.
      if (error instanceof Fault && error.noun === 'function')
        throw new Fault(error.kind, 'function', `Function ${database}.${name} does not exist`)
      throw error
    }
  }

  return {
    create_function: procedure(
      { func: [1, hiveFunction, 'required'] },
      [ALREADY_EXISTS, INVALID_OBJECT, META, NO_SUCH_OBJECT],
      ({ func }) => catalog.functions.create(scope, requireName(func.dbName, 'database'), requireDescriptor(func)),
    ),
    drop_function: procedure(ADDRESS, [NO_SUCH_OBJECT, META], ({ dbName, funcName }) =>
      catalog.functions.delete(scope, requireName(dbName, 'database'), requireName(funcName, 'function')),
    ),
    alter_function: procedure(
      { ...ADDRESS, newFunc: [3, hiveFunction, 'required'] },
      [INVALID_OPERATION, META],
      ({ dbName, funcName, newFunc }) =>
        catalog.functions.update(
          scope,
          requireName(dbName, 'database'),
          requireName(funcName, 'function'),
          requireDescriptor(newFunc),
        ),
    ),
    get_functions: method(
      { dbName: [1, string], pattern: [2, string] },
      list(string),
      [META],
      ({ dbName, pattern }) => {
        const home = requireName(dbName, 'database')
        if (!catalog.databases.find(scope, home)) return []
        const names = all(home).map(({ descriptor }) => descriptor.FunctionName)
        return names.filter(nameMatcher(pattern))
      },
    ),
    get_function: method(ADDRESS, hiveFunction, [META, NO_SUCH_OBJECT], ({ dbName, funcName }) =>
      get(requireName(dbName, 'database'), requireName(funcName, 'function')),
    ),
    get_all_functions: method({}, struct({ functions: [1, list(hiveFunction)] }), [META], () => ({
      functions: all().map(hiveFunctionOf),
    })),
  }
}

function hiveFunctionOf({ database, descriptor, createdAt }: UserFunction): HiveFunction {
  return {
    functionName: descriptor.FunctionName,
    dbName: database,
    className: descriptor.ClassName,
    ownerName: descriptor.OwnerName,
    ownerType: numberOf(OWNER_TYPES, descriptor.OwnerType),
    createTime: secondsOf(createdAt),
    functionType: JAVA,
    resourceUris: (descriptor.ResourceUris ?? []).map(({ ResourceType, Uri }) => ({
      resourceType: numberOf(RESOURCE_TYPES, ResourceType),
      uri: Uri,
    })),
    catName: CATALOG_NAME,
  }
}

const requireDescriptor = (given: HiveFunction): FunctionDescriptor => ({
  ...functionDescriptorOf(given),
  FunctionName: requireName(given.functionName, 'function'),
})

export function functionDescriptorOf(given: HiveFunction): FunctionDescriptor {
  return {
    FunctionName: given.functionName ?? '',
    ClassName: given.className,
    OwnerName: given.ownerName,
    OwnerType: OWNER_TYPES[(given.ownerType ?? 1) - 1],
    ResourceUris: (given.resourceUris ?? []).map(({ resourceType = 1, uri }) => ({
      ResourceType: RESOURCE_TYPES[resourceType - 1],
      Uri: uri,
    })),
  }
}

const numberOf = (names: readonly string[], name = ''): number => Math.max(names.indexOf(name), 0) + 1
