import { Fault } from '../faults.ts'
import type { StateReader, StateStore } from '../ports.ts'
import { addTags, removeTags, tagsOf } from '../resources/tags.ts'
import type { Catalog, Scope } from './catalog.ts'
import { locateTable } from './links.ts'
import { databaseArn, foldName, space, tableArn } from './names.ts'

export function openCatalogTags(state: StateStore): Catalog['tags'] {
  return {
    get: (scope, arn) => tagsOf(state, requireResource(state, scope, arn)),

    async add(scope, arn, tags) {
      await state.transaction((tx) => addTags(tx, requireResource(tx, scope, arn), tags))
    },

    async remove(scope, arn, keys) {
      await state.transaction((tx) => removeTags(tx, requireResource(tx, scope, arn), keys))
    },
  }
}

/** The ARN as the catalog spells it. Throws not-found unless it names a database or table of this scope. */
function requireResource(state: StateReader, scope: Scope, arn: string): string {
  const prefix = `arn:aws:glue:${scope.region}:${scope.account}:`
  const [kind, database, table] = arn.startsWith(prefix) ? arn.slice(prefix.length).split('/') : []
  if (kind === 'database' && database && state.get(space('databases', scope), foldName(database)))
    return databaseArn(scope, foldName(database))
  if (kind === 'table' && database && table && locateTable(state, scope, database, table))
    return tableArn(scope, foldName(database), foldName(table))
  throw new Fault('not-found', 'resource', 'Entity not found')
}
