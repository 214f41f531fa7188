/** Grants, compiled for decisions: all that one principal has, and all that holds for everyone. */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader } from '../ports.ts'
import { paged } from '../resources/paging.ts'
import { type DataFilter, filterKey } from './data-filters.ts'
import { type Grant, grantsTo } from './grants.ts'
import { type Openness, opennessOf } from './openness.ts'
import { type TagChoice, type TagCondition, tablePrefix } from './resource.ts'
import { type DataLakeSettings, names, settingsOf } from './settings.ts'
import { isShared } from './shared-scopes.ts'
import { BESIDE, permissionSpace, topScope } from './spaces.ts'
import { type AssignedTags, assignedTags, type LfTags, tagScope } from './tags.ts'

export interface PrincipalRights {
  readonly administers: boolean
  /** Sees everything that there is, and why. */
  readonly describesAll?: 'administrator' | 'read-only-administrator'
  readonly catalog: readonly Grant[]
  /** Of the catalog, those that give all that is in it. */
  readonly superUser: readonly Grant[]
  readonly databases: ReadonlyMap<string, readonly Grant[]>
  /** Of all tables of a database, by its name. */
  readonly tables: ReadonlyMap<string, readonly Grant[]>
  /** Of one table, its columns and filters, by its prefix. */
  readonly named: ReadonlyMap<string, readonly Grant[]>
  /** Databases in which the principal has something of a table: one such grant for each. */
  readonly inside: ReadonlyMap<string, Grant>
  readonly taggedDatabases: readonly TaggedGrant[]
  readonly taggedTables: readonly TaggedGrant[]
  readonly locations: readonly Grant[]
  /** Of tags and their expressions. */
  readonly tags: readonly Grant[]
  /** Keys of resources. */
  readonly optIns: ReadonlySet<string>
}

export interface TaggedGrant {
  readonly grant: Grant
  readonly conditions: readonly TagCondition[]
}

export interface CatalogRules {
  readonly settings: DataLakeSettings
  readonly openness: Openness
  readonly tags: AssignedTags
  /** Conditions that have a name. */
  readonly expressions: ReadonlyMap<string, readonly TagCondition[]>
  /** By the keys of filters as resources. */
  readonly filters: ReadonlyMap<string, DataFilter>
}

export function rulesOf(state: StateReader, scope: Scope): CatalogRules {
  const all = <T>(kind: Parameters<typeof permissionSpace>[0], of = scope) =>
    paged(
      (page) => state.list<T>(permissionSpace(kind, of), page),
      ({ key }) => key,
    )
  const filters = new Map<string, DataFilter>()
  for (const { doc } of all<DataFilter>('filters')) filters.set(filterKey(doc, doc.name), doc)
  const expressions = new Map<string, readonly TagCondition[]>()
  for (const { key, doc } of all<{ conditions: readonly TagCondition[] }>('tag-expressions', tagScope(scope)))
    expressions.set(key, doc.conditions)
  return {
    settings: settingsOf(state, scope),
    openness: opennessOf(state, scope),
    tags: assignedTags(Array.from(all<LfTags>('tagged'), ({ key, doc }) => [key, doc] as const)),
    expressions,
    filters,
  }
}

/** `principals`: the principal itself, and the groups that it is in. */
export function rightsOf(
  state: StateReader,
  scope: Scope,
  principals: readonly string[],
  rules: CatalogRules,
): PrincipalRights {
  const named = (list: Parameters<typeof names>[0]): boolean => names(list).some((one) => principals.includes(one))
  const administers = named(rules.settings.DataLakeAdmins)
  const describesAll = administers
    ? 'administrator'
    : named(rules.settings.ReadOnlyAdmins)
      ? 'read-only-administrator'
      : undefined
  const sorted = new SortedGrants(rules)
  for (const principal of principals) for (const grant of grantsTo(state, scope, principal)) sorted.add(grant)
  if (isBelow(scope))
    for (const principal of principals)
      for (const grant of grantsTo(state, topScope(scope), principal)) if (isByTags(grant)) sorted.add(grant)
  return { administers, ...(describesAll && { describesAll }), ...sorted, optIns: optInsOf(state, scope, principals) }
}

/** What the account grants by tags reaches into the catalogs below its own (lake-formation dg, tag-based-access-control). */
const isBelow = (scope: Scope): boolean => scope.account !== topScope(scope).account && !isShared(scope)

const isByTags = ({ resource }: Grant): boolean =>
  resource.kind === 'tag' ||
  resource.kind === 'tag-expression' ||
  resource.kind === 'tagged-databases' ||
  resource.kind === 'tagged-tables'

function optInsOf(state: StateReader, scope: Scope, principals: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const principal of principals) {
    const prefix = `${principal}${BESIDE}`
    for (const key of paged(
      (page) => state.keys(permissionSpace('opt-ins', scope), { ...page, prefix }),
      (one) => one,
    ))
      found.add(key.slice(prefix.length))
  }
  return found
}

class SortedGrants {
  readonly catalog: Grant[] = []
  readonly superUser: Grant[] = []
  readonly databases = new Map<string, Grant[]>()
  readonly tables = new Map<string, Grant[]>()
  readonly named = new Map<string, Grant[]>()
  readonly inside = new Map<string, Grant>()
  readonly taggedDatabases: TaggedGrant[] = []
  readonly taggedTables: TaggedGrant[] = []
  readonly locations: Grant[] = []
  readonly tags: Grant[] = []
  readonly #rules: CatalogRules

  constructor(rules: CatalogRules) {
    this.#rules = rules
  }

  add(grant: Grant): void {
    const { resource } = grant
    switch (resource.kind) {
      case 'catalog':
        this.catalog.push(grant)
        if (grant.permissions.includes('SUPER_USER')) this.superUser.push(grant)
        return
      case 'database':
        listed(this.databases, resource.database, grant)
        return
      case 'tables':
        listed(this.tables, resource.database, grant)
        this.inside.set(resource.database, grant)
        return
      case 'table':
      case 'columns':
      case 'filter':
        listed(this.named, tablePrefix(resource), grant)
        this.inside.set(resource.database, grant)
        return
      case 'location':
        this.locations.push(grant)
        return
      case 'tag':
      case 'tag-expression':
        this.tags.push(grant)
        return
      case 'tagged-databases':
        this.taggedDatabases.push({ grant, conditions: this.#conditions(resource) })
        return
      case 'tagged-tables':
        this.taggedTables.push({ grant, conditions: this.#conditions(resource) })
        return
    }
  }

  /** An expression that is gone matches nothing. */
  #conditions(choice: TagChoice): readonly TagCondition[] {
    return 'conditions' in choice ? choice.conditions : (this.#rules.expressions.get(choice.expression) ?? [])
  }
}

function listed(map: Map<string, Grant[]>, key: string, grant: Grant): void {
  const found = map.get(key)
  if (found) found.push(grant)
  else map.set(key, [grant])
}
