/** Worlds of grants, tags, filters, opt-ins and openness, made up by numbers that are the same in every run. */
import type { Dice } from '../../formats/seeded.fixture.ts'
import type { Principal } from '../call.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { StateTransaction } from '../ports.ts'
import { type DataFilter, putFilter } from './data-filters.ts'
import { type Grant, putGrant } from './grants.ts'
import { markOpen, setOpen } from './openness.ts'
import type { Permission } from './permission.ts'
import { type Resource, resourceKey, sortedNames, type TagCondition } from './resource.ts'
import { putSettings } from './settings.ts'
import { sharedScope } from './shared-scopes.ts'
import { BESIDE, noteChange, permissionSpace } from './spaces.ts'
import { type LfTags, putTags, type Tagged } from './tags.ts'

export const OWNER = '000000000000'
export const CONSUMER = '222222222222'
const COLUMNS = ['a', 'b', 'c']
/** A table's columns with their types: what a filter can name of them, and what there is of which something can be seen. */
export const TYPED = [
  { name: 'a', type: 'int' },
  { name: 'b', type: 'int' },
  { name: 'c', type: 'struct<x:int,y:struct<u:int,v:int>>' },
]
const NAMES = [...COLUMNS, '"c"."x"', '"c"."y"', '"c"."y"."u"', '"c"."y"."v"']
export const LEAVES = ['a', 'b', '"c"."x"', '"c"."y"."u"', '"c"."y"."v"']
/** Whether who names the one names the other, which is the same or inside of it. */
export const covers = (name: string, leaf: string): boolean =>
  leaf === name || leaf.startsWith(name.startsWith('"') ? `${name}.` : `"${name}".`)
export const TABLES = ['s', 't']
export const DATABASES = ['d', 'e']
export const ROWS = ['r = 1', 'q = 1']
const person = (account: string) => (name: string) => `arn:aws:iam::${account}:user/${name}`
export const PEOPLE = ['ann', 'bob', 'cai'].map(person(OWNER))
const ABROAD = ['dan', 'eve'].map(person(CONSUMER))
export const everyoneOf = (account: string): string => `${account}:IAMPrincipals`

const lake: Scope = { account: OWNER, region: 'us-east-1' }
/** The account's own catalog, and a data source below it. */
export const SCOPES = { lake, shop: { ...lake, account: `${OWNER}:shop` } } as const
export type CatalogName = keyof typeof SCOPES
/** Where the consumer keeps what it passes on of the owner's lake. */
const PASSED_ON = sharedScope(lake, CONSUMER)

/** Who is there to ask, and of which catalog. */
export const ASKING = [
  ...PEOPLE.map((arn) => [arn, 'lake'] as const),
  ...PEOPLE.map((arn) => [arn, 'shop'] as const),
  ...ABROAD.map((arn) => [arn, 'lake'] as const),
]

export const principalOf = (arn: string): Principal => ({
  kind: 'user',
  arn,
  account: arn.includes(CONSUMER) ? CONSUMER : OWNER,
  accessKeyId: '',
})

/** Whether a row meets it that holds of the conditions of `ROWS` those whose bits are set: every condition is one of the two, or both. */
export const holds = (text: string, holding: number): boolean =>
  ROWS.every((row, i) => !text.includes(row) || (holding & (1 << i)) !== 0)

export interface Catalog {
  readonly grants: readonly Grant[]
  readonly filters: readonly DataFilter[]
  readonly tags: readonly (readonly [Tagged, LfTags])[]
  readonly optIns: readonly (readonly [string, Resource])[]
  /** In the order in which it was said. */
  readonly openings: readonly (readonly [Openable, boolean])[]
}
export type Openable = Extract<Resource, { readonly kind: 'catalog' | 'database' | 'table' | 'tables' }>

export interface World {
  readonly catalogs: Readonly<Record<CatalogName, Catalog>>
  readonly passedOn: Pick<Catalog, 'grants' | 'filters' | 'optIns'>
  readonly expressions: Readonly<Record<string, readonly TagCondition[]>>
  readonly admins: readonly string[]
  readonly readers: readonly string[]
  /** Whether what is made anew is open to IAM_ALLOWED_PRINCIPALS. */
  readonly opensNew: boolean
}

const OF_TABLES: readonly Permission[] = ['ALL', 'SELECT', 'DESCRIBE', 'ALTER', 'INSERT', 'DELETE', 'DROP']
const OF_DATABASES: readonly Permission[] = ['ALL', 'DESCRIBE', 'CREATE_TABLE', 'ALTER']
const OF_TAGS: readonly Permission[] = ['DESCRIBE', 'ASSOCIATE', 'GRANT_WITH_LF_TAG_EXPRESSION']

export class WorldMaker {
  readonly pick: Dice

  constructor(pick: Dice) {
    this.pick = pick
  }

  one<T>(list: readonly T[]): T {
    return list[this.pick(list.length)]!
  }

  some<T>(list: readonly T[]): T[] {
    return list.filter(() => this.pick(2) === 0)
  }

  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.pick(most + 1) }, make)
  }

  readonly named = () => ({ database: this.one(DATABASES), table: this.one(TABLES) })

  values(): string[] {
    return this.one([['*'], ['x'], ['y'], ['x', 'y'], ['x'], ['y']])
  }

  conditions(): TagCondition[] {
    return this.some(['k', 'l']).map((key) => ({ key, values: this.values() }))
  }

  resource(): Resource {
    const kind = this.one(['tagged-tables', 'tagged-databases'] as const)
    switch (this.pick(9)) {
      case 0:
        return { kind: 'database', database: this.one(DATABASES) }
      case 1:
        return { kind: 'tables', database: this.one(DATABASES) }
      case 2:
        return { kind: 'columns', ...this.named(), include: sortedNames([this.one(COLUMNS), this.one(COLUMNS)]) }
      case 3:
        return { kind: 'columns', ...this.named(), except: [this.one(COLUMNS)] }
      case 4:
        return { kind: 'filter', ...this.named(), name: `f${this.pick(3)}` }
      case 5:
        return { kind, conditions: this.conditions() }
      case 6:
        return { kind, expression: this.one(['m', 'n', 'gone']) }
      case 7:
        return { kind: 'tag', key: this.one(['k', 'l']), values: this.values() }
      default:
        return { kind: 'table', ...this.named() }
    }
  }

  permissions(resource: Resource): Permission[] {
    if (resource.kind === 'columns' || resource.kind === 'filter') return ['SELECT']
    if (resource.kind === 'tag') return [this.one(OF_TAGS)]
    const list = resource.kind.includes('database') ? OF_DATABASES : OF_TABLES
    return [...new Set([this.one(list), this.one(list)])]
  }

  grant(to: readonly string[], resource = this.resource()): Grant {
    const permissions = this.permissions(resource)
    const grantable = 'except' in resource || this.pick(2) === 0 ? [] : permissions.slice(this.pick(2))
    return { principal: this.one(to), resource, permissions, grantable, updatedAt: '', updatedBy: '' }
  }

  filter(): DataFilter {
    const columns = this.pick(2) === 0 ? this.some(NAMES) : [this.one(NAMES), this.one(NAMES)]
    const choice = this.pick(2) === 0 ? { include: columns } : { except: columns }
    const rows = this.pick(4) === 0 ? {} : { rows: { text: this.one(ROWS), condition: { kind: 'null' } as never } }
    return {
      ...this.named(),
      name: `f${this.pick(3)}`,
      version: '',
      ...rows,
      ...(columns.length > 0 && { columns: choice }),
    }
  }

  tagged(): Tagged {
    const { database, table } = this.named()
    const level = this.pick(3)
    return level === 0
      ? { database }
      : level === 1
        ? { database, table }
        : { database, table, column: this.one(COLUMNS) }
  }

  optIn(who: readonly string[]): [string, Resource] {
    const of: Openable[] = [
      { kind: 'table', ...this.named() },
      { kind: 'tables', database: this.one(DATABASES) },
      { kind: 'database', database: this.one(DATABASES) },
      { kind: 'catalog' },
    ]
    return [this.one(who), this.one(of)]
  }

  lake(to: readonly string[], optedIn: readonly string[]): Catalog {
    const openings: [Openable, boolean][] = []
    for (const database of DATABASES) {
      openings.push([{ kind: 'database', database }, this.pick(3) === 0])
      for (const table of TABLES) openings.push([{ kind: 'table', database, table }, this.pick(4) === 0])
    }
    return { ...this.catalog(to, optedIn), openings }
  }

  source(to: readonly string[]): Catalog {
    const about = (): Openable =>
      this.one<Openable>([
        { kind: 'catalog' },
        { kind: 'database', database: this.one(DATABASES) },
        { kind: 'tables', database: this.one(DATABASES) },
        { kind: 'table', ...this.named() },
      ])
    const catalog = this.catalog(to, to)
    const superUser: Grant = { ...this.grant(to, { kind: 'catalog' }), permissions: ['SUPER_USER'], grantable: [] }
    const grants = this.pick(6) === 0 ? [...catalog.grants, superUser] : catalog.grants
    return { ...catalog, grants, openings: this.many(5, () => [about(), this.pick(2) === 0]) }
  }

  catalog(to: readonly string[], optedIn: readonly string[]): Omit<Catalog, 'openings'> {
    return {
      grants: this.many(9, () => this.grant(to)),
      filters: this.many(4, () => this.filter()),
      tags: this.many(6, () => [this.tagged(), { [this.one(['k', 'l'])]: this.one(['x', 'y']) }]),
      optIns: this.many(2, () => this.optIn(optedIn)),
    }
  }
}

export function world(make: WorldMaker): World {
  const own = [...PEOPLE, ...PEOPLE, everyoneOf(OWNER)]
  const consumers = [...ABROAD, ...ABROAD, everyoneOf(CONSUMER)]
  return {
    catalogs: {
      lake: make.lake([...own, CONSUMER, CONSUMER, ABROAD[0]!], [...PEOPLE, CONSUMER, ...ABROAD]),
      shop: make.source(own),
    },
    passedOn: {
      grants: make.many(7, () => make.grant(consumers)),
      filters: make.many(2, () => make.filter()).map((one) => ({ ...one, name: `own${one.name}` })),
      optIns: make.many(1, () => make.optIn(ABROAD)),
    },
    expressions: { m: make.conditions(), n: make.conditions() },
    admins: make.pick(6) === 0 ? [make.one([...PEOPLE, ...ABROAD])] : [],
    readers: make.pick(6) === 0 ? [make.one([...PEOPLE, ...ABROAD])] : [],
    opensNew: make.pick(2) === 0,
  }
}

/** What is kept twice is kept as it came last. */
export function keep(tx: StateTransaction, made: World): void {
  const settingsFor = (account: string) => {
    const named = (list: readonly string[]) =>
      list.filter((arn) => arn.includes(account)).map((name) => ({ DataLakePrincipalIdentifier: name }))
    const open = [{ Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' }, Permissions: ['ALL'] }]
    putSettings(
      tx,
      { ...lake, account },
      {
        DataLakeAdmins: named(made.admins),
        ReadOnlyAdmins: named(made.readers),
        CreateTableDefaultPermissions: made.opensNew ? open : [],
      },
    )
  }
  settingsFor(OWNER)
  settingsFor(CONSUMER)
  for (const [name, conditions] of Object.entries(made.expressions))
    tx.put(permissionSpace('tag-expressions', lake), name, { conditions })
  for (const name of ['lake', 'shop'] as const) {
    const [scope, catalog] = [SCOPES[name], made.catalogs[name]]
    keepGrants(tx, scope, catalog)
    for (const [of, own] of catalog.tags) putTags(tx, scope, of, own)
    for (const [resource, open] of catalog.openings)
      if (resource.kind === 'tables') markOpen(tx, scope, resource, open)
      else setOpen(tx, scope, resource, open)
    noteChange(tx, scope)
  }
  keepGrants(tx, PASSED_ON, made.passedOn)
  noteChange(tx, PASSED_ON)
}

function keepGrants(tx: StateTransaction, scope: Scope, { grants, filters, optIns }: World['passedOn']): void {
  for (const grant of grants) putGrant(tx, scope, grant)
  for (const filter of filters) putFilter(tx, scope, filter)
  for (const [principal, resource] of optIns)
    tx.put(permissionSpace('opt-ins', scope), `${principal}${BESIDE}${resourceKey(resource)}`, true)
}
