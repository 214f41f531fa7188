/**
 * A second model of what is decided, written from Lake Formation's guide alone. It knows of no compiled rights: it looks at
 * every grant, every time, and asks of each single cell whether somebody has let it be seen.
 */
import {
  type Catalog,
  type CatalogName,
  CONSUMER,
  covers,
  everyoneOf,
  LEAVES,
  type Openable,
  OWNER,
  ROWS,
  type World,
} from './decision-worlds.fixture.ts'
import type { Grant } from './grants.ts'
import type { Permission } from './permission.ts'
import { type ColumnChoice, type Resource, resourceKey, type TagCondition } from './resource.ts'

/** A filter or a tag may leave out every column there is, and have one that comes later, or a field. */
const ALL_COLUMNS = [...LEAVES, 'later', '"c"."later"', '"c"."y"."later"']
const HOLDINGS = [0, 1, 2, 3]
const OF_TABLES: readonly Permission[] = ['SELECT', 'INSERT', 'DELETE', 'ALTER', 'DROP', 'DESCRIBE']
const OF_DATABASES: readonly Permission[] = ['CREATE_TABLE', 'ALTER', 'DROP', 'DESCRIBE']

interface Place {
  readonly database: string
  readonly table: string
}

/** What is kept twice is kept as it came last. */
const last = <T>(list: readonly T[], keyOf: (one: T) => string): T[] => [
  ...new Map(list.map((one) => [keyOf(one), one])).values(),
]
const isIn = (choice: ColumnChoice, leaf: string): boolean => {
  const isNamed = (names: readonly string[]): boolean => names.some((name) => covers(name, leaf))
  return 'include' in choice ? isNamed(choice.include) : !isNamed(choice.except)
}
/** "Inherited values" are those of columns: a field has what its column has. */
const columnOf = (leaf: string | undefined): string | undefined => /^"([^"]+)"\./.exec(leaf ?? '')?.[1] ?? leaf
/** "Every supported Lake Formation operation on the databases and tables within the granted catalog" (lf-permissions-reference). */
const isSuperUser = ({ permissions }: Grant): boolean => permissions.includes('SUPER_USER')
const reads = (grant: Grant): boolean =>
  grant.permissions.includes('SELECT') || grant.permissions.includes('ALL') || isSuperUser(grant)
/** "Whoever has any other permission can see it": perm-describe in lf-permissions-reference. */
const closed = (found: Set<Permission>): Set<Permission> => (found.size > 0 ? found.add('DESCRIBE') : found)

export class Reference {
  readonly #world: World
  readonly #catalog: Catalog
  readonly #name: CatalogName
  readonly #person: string
  readonly #account: string
  readonly #tags: Catalog['tags']
  readonly #filters: Catalog['filters']
  readonly own: readonly Grant[]
  readonly #share: readonly Grant[]
  readonly #passedOn: readonly Grant[]

  constructor(world: World, name: CatalogName, person: string) {
    this.#world = world
    this.#name = name
    this.#catalog = world.catalogs[name]
    this.#person = person
    this.#account = person.includes(CONSUMER) ? CONSUMER : OWNER
    this.#tags = last(this.#catalog.tags, ([of]) => JSON.stringify([of.database, of.table, of.column]))
    const filters = [...this.#catalog.filters, ...(name === 'lake' ? world.passedOn.filters : [])]
    this.own = this.#grantedOwn()
    this.#share = this.#grantsTo(this.#catalog.grants, [CONSUMER])
    this.#passedOn = this.#grantsTo(world.passedOn.grants)
    this.#filters = last(filters, (one) => [one.database, one.table, one.name].join())
  }

  get #isAbroad(): boolean {
    return this.#account !== OWNER
  }

  /** To the person and to the group of everyone in their account: "a union of all the policies" (metadata-permissions). */
  #grantsTo(grants: readonly Grant[], names = [this.#person, everyoneOf(this.#account)]): readonly Grant[] {
    return last(grants, ({ principal, resource }) => `${principal} ${resourceKey(resource)}`).filter(({ principal }) =>
      names.includes(principal),
    )
  }

  /** What is granted by tags is granted in all catalogs of the account (tag-based-access-control). */
  #grantedOwn(): readonly Grant[] {
    const above = this.#name === 'shop' ? this.#world.catalogs.lake.grants : []
    const byTags = above.filter(({ resource }) => resource.kind.startsWith('tag'))
    return [...this.#grantsTo(this.#catalog.grants), ...this.#grantsTo(byTags)]
  }

  get administers(): boolean {
    return this.#world.admins.includes(this.#person)
  }

  get #describesAll(): boolean {
    return this.administers || this.#world.readers.includes(this.#person)
  }

  /** IAM_ALLOWED_PRINCIPALS has all of it, and nobody wants Lake Formation to decide (hybrid-access-workflow). */
  #isFree(of: Openable): boolean {
    return isOpen(this.#name, this.#catalog.openings, this.#world.opensNew, of) && !this.#hasOptedIn(of)
  }

  #hasOptedIn(of: Openable): boolean {
    const people = [this.#person, everyoneOf(this.#account), ...(this.#isAbroad ? [CONSUMER] : [])]
    const all = [...this.#catalog.optIns, ...(this.#isAbroad ? this.#world.passedOn.optIns : [])]
    const wider: readonly Openable[] =
      of.kind === 'table'
        ? [of, { kind: 'tables', database: of.database }, { kind: 'database', database: of.database }]
        : [of]
    const keys = [...wider, { kind: 'catalog' } as const].map(resourceKey)
    return all.some(([person, on]) => people.includes(person) && keys.includes(resourceKey(on)))
  }

  /** "Inherited values can be overridden" (tag-based-access-control). */
  #tag(key: string, database: string, table?: string, leaf?: string): string | undefined {
    const column = columnOf(leaf)
    for (const level of [{ database, table, column }, { database, table }, { database }])
      for (const [of, own] of this.#tags)
        if (
          of.database === database &&
          of.table === level.table &&
          of.column === level.column &&
          own[key] !== undefined
        )
          return own[key]
    return undefined
  }

  #meets(resource: Resource, database: string, table?: string, column?: string): boolean {
    const conditions: readonly TagCondition[] =
      'conditions' in resource
        ? resource.conditions
        : ('expression' in resource && this.#world.expressions[resource.expression]) || []
    const holds = ({ key, values }: TagCondition): boolean => {
      const value = this.#tag(key, database, table, column)
      return value !== undefined && (values.includes('*') || values.includes(value))
    }
    return conditions.length > 0 && conditions.every(holds)
  }

  /** Whether what is granted has the cell; `holding`: which row filters hold of its row, by bits. */
  #has(resource: Resource, { database, table }: Place, column: string, holding: number): boolean {
    if (resource.kind === 'tagged-tables') return this.#meets(resource, database, table, column)
    if (resource.kind === 'tables') return resource.database === database
    if (resource.kind === 'catalog') return true
    if (!('table' in resource) || resource.database !== database || resource.table !== table) return false
    if (resource.kind === 'table') return true
    if (resource.kind === 'columns') return isIn(resource, column)
    const filter = this.#filters.find(
      (one) => one.database === database && one.table === table && one.name === resource.name,
    )
    if (!filter || (filter.columns && !isIn(filter.columns, column))) return false
    return filter.rows === undefined || (holding & (1 << ROWS.indexOf(filter.rows.text))) !== 0
  }

  #columnsOf(resource: Resource, place: Place): readonly string[] {
    return ALL_COLUMNS.filter((column) => HOLDINGS.some((holding) => this.#has(resource, place, column, holding)))
  }

  /** "Access to only a subset of table columns": no more than Select and Describe (lf-tag-considerations). */
  #givenOn(grants: readonly Grant[], place: Place, describesAll: boolean): Set<Permission> {
    const found = new Set<Permission>(describesAll ? ['DESCRIBE'] : [])
    for (const grant of grants) {
      const { resource } = grant
      const reached = this.#columnsOf(resource, place).length
      if (reached === 0) continue
      const isPart = resource.kind === 'columns' || resource.kind === 'filter' || reached < ALL_COLUMNS.length
      const all = grant.permissions.includes('ALL') || isSuperUser(grant) ? OF_TABLES : grant.permissions
      for (const one of isPart ? [] : all) found.add(one)
      if (isPart) found.add(reads(grant) ? 'SELECT' : 'DESCRIBE')
    }
    return closed(found)
  }

  permissions(place: Place): string[] {
    const isFree = this.#isFree({ kind: 'table', ...place })
    // IAM decides: of this account's people all are let in here, of others none.
    if (isFree) return this.#isAbroad ? [] : [...OF_TABLES].sort()
    const own = this.#givenOn(this.own, place, !this.#isAbroad && this.#describesAll)
    if (!this.#isAbroad) return [...own].sort()
    const passed = this.#givenOn(this.#passedOn, place, this.#describesAll)
    const shared = this.#givenOn(this.#share, place, false).intersection(passed)
    const found = own.union(shared)
    if (!HOLDINGS.some((holding) => this.row(place, holding))) found.delete('SELECT')
    return [...found].sort()
  }

  /** "The intersection of the account's predicate and any predicate that was granted to the principal" (data-filtering-notes). */
  cell(place: Place, column: string, holding: number): boolean {
    if (this.#isFree({ kind: 'table', ...place })) return !this.#isAbroad
    const shows = (grants: readonly Grant[]): boolean =>
      grants.some((grant) => reads(grant) && this.#has(grant.resource, place, column, holding))
    return shows(this.own) || (this.#isAbroad && shows(this.#share) && shows(this.#passedOn))
  }

  row(place: Place, holding: number): boolean {
    return ALL_COLUMNS.some((column) => this.cell(place, column, holding))
  }

  database(database: string): string[] {
    if (this.#isAbroad) {
      const shared = this.#givenOnDatabase(this.#share, database, false)
      const passed = this.#givenOnDatabase(this.#passedOn, database, this.#describesAll)
      return [...this.#givenOnDatabase(this.own, database, false).union(shared.intersection(passed))].sort()
    }
    if (this.#isFree({ kind: 'database', database })) return [...OF_DATABASES].sort()
    return [...this.#givenOnDatabase(this.own, database, this.#describesAll)].sort()
  }

  /**
   * Whoever has something of a table in it sees it. "For cross-account resources, you must explicitly grant DESCRIBE"
   * (granting-catalog-permissions).
   */
  #givenOnDatabase(grants: readonly Grant[], database: string, describesAll: boolean): Set<Permission> {
    const found = new Set<Permission>(describesAll ? ['DESCRIBE'] : [])
    for (const { resource, permissions } of grants) {
      const isIt = resource.kind === 'database' && resource.database === database
      const isTagged = resource.kind === 'tagged-databases' && this.#meets(resource, database)
      if (isIt || isTagged) for (const one of permissions.includes('ALL') ? OF_DATABASES : permissions) found.add(one)
      if (resource.kind === 'catalog') for (const one of OF_DATABASES) found.add(one)
      const isInside = resource.kind !== 'database' && 'database' in resource && resource.database === database
      if (isInside && !this.#isAbroad) found.add('DESCRIBE')
    }
    return closed(found)
  }

  /** Whether the person may give this to others (lf-tag-considerations, data-filtering-notes, TBAC-adding-tag-creator). */
  mayGrant(resource: Resource, permissions: readonly Permission[]): boolean {
    if (this.administers) return true
    const holdsExpression = ({ key, values }: TagCondition): boolean => {
      const held = this.own.flatMap(({ resource: of, permissions: given }) =>
        of.kind === 'tag' && of.key === key && given.includes('GRANT_WITH_LF_TAG_EXPRESSION') ? of.values : [],
      )
      return held.length > 0 && (held.includes('*') || values.every((value) => held.includes(value)))
    }
    if ('conditions' in resource && resource.conditions.length > 0 && resource.conditions.every(holdsExpression))
      return true
    const isIn = resource.kind === 'database' || 'database' in resource
    if (isIn && this.own.some(isSuperUser)) return true
    return permissions.every((permission) =>
      this.own.some(({ resource: of, grantable }) => {
        const has = grantable.includes(permission) || grantable.includes('ALL')
        return has && this.#covers(of, resource)
      }),
    )
  }

  #covers(of: Resource, resource: Resource): boolean {
    if (of.kind === 'tag' && resource.kind === 'tag')
      return (
        of.key === resource.key && (of.values.includes('*') || resource.values.every((one) => of.values.includes(one)))
      )
    if (resourceKey(of) === resourceKey(resource)) return resource.kind !== 'filter'
    if (resource.kind === 'database') return of.kind === 'tagged-databases' && this.#meets(of, resource.database)
    if (!('table' in resource)) return false
    if (of.kind === 'filter') return false
    const wanted = ALL_COLUMNS.filter(
      (leaf) => resource.kind !== 'columns' || !('include' in resource) || isIn(resource, leaf),
    )
    const reached = this.#columnsOf(of, resource)
    return wanted.every((column) => reached.includes(column))
  }
}

/** In the lake a resource is open or not; of a data source the nearest word counts, and one about more than it before others. */
function isOpen(name: CatalogName, said: Catalog['openings'], opensNew: boolean, of: Openable): boolean {
  const words = new Map<string, boolean>()
  const key = (one: Openable): string => resourceKey(one)
  const nearest = (one: Openable): boolean => {
    const own = words.get(key(one))
    if (own !== undefined) return own
    if (name === 'lake') return true
    const wide = one.kind === 'table' ? words.get(key({ kind: 'tables', database: one.database })) : undefined
    return wide ?? words.get(key({ kind: 'catalog' })) ?? opensNew
  }
  for (const [about, open] of said) {
    if (about.kind !== 'tables' && nearest(about) === open) continue
    if (about.kind === 'tables')
      for (const one of words.keys())
        if (one.startsWith(`${key({ kind: 'table', database: about.database, table: '' }).slice(0, -1)}`))
          words.delete(one)
    if (about.kind === 'catalog' && !open) for (const [one, is] of words) if (is) words.delete(one)
    words.set(key(about), open)
  }
  return nearest(of)
}
