/**
 * Decisions against a second model, which knows of no compiled rights: it looks at every grant, every time, and asks of each
 * single cell whether somebody has let it be seen.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryState } from '../../storage/state-memory.ts'
import type { Scope } from '../catalog/catalog.ts'
import type { StateTransaction } from '../ports.ts'
import { type DataFilter, putFilter } from './data-filters.ts'
import { type Grant, putGrant } from './grants.ts'
import { setOpen } from './openness.ts'
import type { Permission } from './permission.ts'
import { Permissions } from './permissions.ts'
import { type Resource, resourceKey, type TagCondition } from './resource.ts'
import { putSettings } from './settings.ts'
import { BESIDE, noteChange, permissionSpace } from './spaces.ts'
import { type LfTags, putTags, type Tagged } from './tags.ts'
import { visibilityOf } from './visibility.ts'

const ACCOUNT = '000000000000'
const COLUMNS = ['a', 'b', 'c']
/** A filter may leave out every column there is, and have one that comes later. */
const ALL_COLUMNS = [...COLUMNS, 'later']
const TABLES = ['s', 't']
const DATABASES = ['d', 'e']
const PEOPLE = ['ann', 'bob', 'cai'].map((name) => `arn:aws:iam::${ACCOUNT}:user/${name}`)
const EVERYONE = `${ACCOUNT}:IAMPrincipals`
const ROWS = ['r = 1', 'q = 1']
const CASES = 50_000

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

interface World {
  readonly grants: readonly Grant[]
  readonly filters: readonly DataFilter[]
  readonly closed: ReadonlySet<string>
  readonly tags: readonly (readonly [Tagged, LfTags])[]
  readonly optIns: readonly (readonly [string, Resource])[]
  readonly admins: readonly string[]
  readonly readers: readonly string[]
}

function world(pick: (below: number) => number): World {
  const one = <T>(list: readonly T[]): T => list[pick(list.length)]!
  const some = <T>(list: readonly T[]): T[] => list.filter(() => pick(2) === 0)
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: pick(most + 1) }, make)
  const named = () => ({ database: one(DATABASES), table: one(TABLES) })
  const row = (text: string) => ({ text, condition: { kind: 'null' } as never })
  const filters = many(4, (): DataFilter => {
    const columns = some(COLUMNS)
    const choice = pick(2) === 0 ? { include: columns } : { except: columns }
    const rows = pick(4) === 0 ? {} : { rows: row(one(ROWS)) }
    return { ...named(), name: `f${pick(3)}`, version: '', ...rows, ...(columns.length > 0 && { columns: choice }) }
  })
  const conditions = (): TagCondition[] => some(['k', 'l']).map((key) => ({ key, values: some(['x', 'y']) }))
  const resource = (): Resource => {
    switch (pick(7)) {
      case 0:
        return { kind: 'database', database: one(DATABASES) }
      case 1:
        return { kind: 'tables', database: one(DATABASES) }
      case 2:
        return { kind: 'columns', ...named(), include: [one(COLUMNS)] }
      case 3:
        return { kind: 'columns', ...named(), except: [one(COLUMNS)] }
      case 4:
        return { kind: 'filter', ...named(), name: `f${pick(3)}` }
      case 5:
        return { kind: pick(2) === 0 ? 'tagged-tables' : 'tagged-databases', conditions: conditions() }
      default:
        return { kind: 'table', ...named() }
    }
  }
  const grants = many(7, (): Grant => {
    const of = resource()
    const permissions: Permission[] =
      of.kind === 'columns' || of.kind === 'filter'
        ? ['SELECT']
        : [one(['ALL', 'SELECT', 'DESCRIBE', 'ALTER', 'INSERT', 'DROP'])]
    const usable = of.kind.includes('database') && permissions.some((p) => p === 'SELECT' || p === 'INSERT')
    return {
      principal: pick(5) === 0 ? EVERYONE : one(PEOPLE),
      resource: of,
      permissions: usable ? ['DESCRIBE'] : permissions,
      grantable: [],
      updatedAt: '',
      updatedBy: '',
    }
  })
  const closed = new Set<string>()
  for (const database of DATABASES) {
    if (pick(3) > 0) closed.add(resourceKey({ kind: 'database', database }))
    for (const table of TABLES) if (pick(4) > 0) closed.add(resourceKey({ kind: 'table', database, table }))
  }
  const tagged = (): Tagged => {
    const { database, table } = named()
    return pick(3) === 0
      ? { database }
      : pick(2) === 0
        ? { database, table }
        : { database, table, column: one(COLUMNS) }
  }
  const tags = many(5, () => [tagged(), { [one(['k', 'l'])]: one(['x', 'y']) }] as const)
  const optIns = many(2, () => {
    const of: Resource = pick(2) === 0 ? { kind: 'table', ...named() } : { kind: 'database', database: one(DATABASES) }
    return [one(PEOPLE), of] as const
  })
  const [admins, readers] = [pick(6) === 0 ? [one(PEOPLE)] : [], pick(6) === 0 ? [one(PEOPLE)] : []]
  return { grants, filters, closed, tags, optIns, admins, readers }
}

const scope: Scope = { account: ACCOUNT, region: 'us-east-1' }

function keep(tx: StateTransaction, { grants, filters, closed, tags, optIns, admins, readers }: World): void {
  for (const grant of grants) putGrant(tx, scope, grant)
  for (const filter of filters) putFilter(tx, scope, filter)
  for (const database of DATABASES) {
    const ofDatabase = { kind: 'database', database } as const
    setOpen(tx, scope, ofDatabase, !closed.has(resourceKey(ofDatabase)))
    for (const table of TABLES) {
      const ofTable = { kind: 'table', database, table } as const
      setOpen(tx, scope, ofTable, !closed.has(resourceKey(ofTable)))
    }
  }
  for (const [of, own] of tags) putTags(tx, scope, of, own)
  for (const [principal, resource] of optIns)
    tx.put(permissionSpace('opt-ins', scope), `${principal}${BESIDE}${resourceKey(resource)}`, true)
  const named = (list: readonly string[]) => list.map((name) => ({ DataLakePrincipalIdentifier: name }))
  putSettings(tx, scope, { DataLakeAdmins: named(admins), ReadOnlyAdmins: named(readers) })
  noteChange(tx, scope)
}

/** What is kept twice is kept as it came last. */
const last = <T>(list: readonly T[], keyOf: (one: T) => string): T[] => [
  ...new Map(list.map((one) => [keyOf(one), one])).values(),
]

const ALL: readonly Permission[] = ['SELECT', 'INSERT', 'DELETE', 'ALTER', 'DROP', 'DESCRIBE']

class Reference {
  readonly #world: World
  readonly #person: string

  constructor(made: World, person: string) {
    this.#world = {
      ...made,
      grants: last(made.grants, ({ principal, resource }) => `${principal} ${resourceKey(resource)}`),
      filters: last(made.filters, ({ database, table, name }) => [database, table, name].join()),
      tags: last(made.tags, ([of]) => JSON.stringify([of.database, of.table, of.column])),
    }
    this.#person = person
  }

  isFree(database: string, table: string): boolean {
    const opted = this.#world.optIns.some(
      ([person, of]) =>
        person === this.#person &&
        'database' in of &&
        of.database === database &&
        (of.kind === 'database' || ('table' in of && of.table === table)),
    )
    return !opted && !this.#world.closed.has(resourceKey({ kind: 'table', database, table }))
  }

  get grants(): readonly Grant[] {
    return this.#world.grants.filter(({ principal }) => principal === this.#person || principal === EVERYONE)
  }

  tag(key: string, database: string, table?: string, column?: string): string | undefined {
    const levels = [{ database, table, column }, { database, table }, { database }]
    for (const level of levels)
      for (const [of, own] of this.#world.tags)
        if (
          of.database === level.database &&
          of.table === level.table &&
          of.column === level.column &&
          own[key] !== undefined
        )
          return own[key]
    return undefined
  }

  meets(conditions: readonly TagCondition[], database: string, table: string, column?: string): boolean {
    return (
      conditions.length > 0 &&
      conditions.every(({ key, values }) => values.some((value) => value === this.tag(key, database, table, column)))
    )
  }

  permissions(database: string, table: string): string[] {
    if (this.isFree(database, table)) return [...ALL].sort()
    const found = new Set<Permission>()
    const { admins, readers } = this.#world
    if (admins.includes(this.#person) || readers.includes(this.#person)) found.add('DESCRIBE')
    for (const { resource, permissions } of this.grants) {
      const given = permissions.includes('ALL') ? ALL : permissions
      if (this.#isAbout(resource, database, table)) for (const one of given) found.add(one)
      if (
        permissions.some((one) => one === 'SELECT' || one === 'ALL') &&
        ALL_COLUMNS.some((c) => this.#opens(resource, database, table, c))
      )
        found.add('SELECT')
    }
    if (found.size > 0) found.add('DESCRIBE')
    return [...found].sort()
  }

  #isAbout(resource: Resource, database: string, table: string): boolean {
    if (resource.kind === 'table') return resource.database === database && resource.table === table
    if (resource.kind === 'tables') return resource.database === database
    return (
      resource.kind === 'tagged-tables' && 'conditions' in resource && this.meets(resource.conditions, database, table)
    )
  }

  /** Whether the resource has the column in some row. */
  #opens(resource: Resource, database: string, table: string, column: string): boolean {
    return [0, 1, 2, 3].some((holding) => this.#shows(resource, database, table, column, holding))
  }

  /** `holding`: which row filters hold of the row, by bits. */
  #shows(resource: Resource, database: string, table: string, column: string, holding: number): boolean {
    if (resource.kind === 'tagged-tables')
      return 'conditions' in resource && this.meets(resource.conditions, database, table, column)
    if (this.#isAbout(resource, database, table)) return true
    if (!('table' in resource) || resource.database !== database || resource.table !== table) return false
    if (resource.kind === 'columns') return isIn(resource, column)
    if (resource.kind !== 'filter') return false
    const filter = this.#world.filters.find(
      (one) => one.database === database && one.table === table && one.name === resource.name,
    )
    if (!filter || (filter.columns && !isIn(filter.columns, column))) return false
    return filter.rows === undefined || (holding & (1 << ROWS.indexOf(filter.rows.text))) !== 0
  }

  cell(database: string, table: string, column: string, holding: number): boolean {
    if (this.isFree(database, table)) return true
    return this.grants.some(
      ({ resource, permissions }) =>
        permissions.some((one) => one === 'SELECT' || one === 'ALL') &&
        this.#shows(resource, database, table, column, holding),
    )
  }

  /** A filter may have rows without any of the table's columns. */
  row(database: string, table: string, holding: number): boolean {
    return ALL_COLUMNS.some((column) => this.cell(database, table, column, holding))
  }
}

const isIn = (
  choice: { readonly include: readonly string[] } | { readonly except: readonly string[] },
  column: string,
): boolean => ('include' in choice ? choice.include.includes(column) : !choice.except.includes(column))

test(`${CASES} decisions are those of a model that looks at every grant and cell`, async () => {
  const pick = numbers(7)
  let cases = 0
  while (cases < CASES) {
    const made = world(pick)
    const state = openMemoryState()
    await state.transaction((tx) => keep(tx, made))
    const permissions = new Permissions(state)
    for (const person of PEOPLE) {
      const reference = new Reference(made, person)
      const principal = { kind: 'user', arn: person, account: ACCOUNT, accessKeyId: '' } as const
      for (const database of DATABASES)
        for (const table of TABLES) {
          cases++
          const decision = permissions.table(principal, scope, { database, table })
          const told = JSON.stringify({ made, person, database, table }, (_, value) =>
            value instanceof Set ? [...value] : value,
          )
          assert.deepEqual([...decision.permissions.keys()].sort(), reference.permissions(database, table), told)
          const visibility = visibilityOf(decision, COLUMNS)
          for (let holding = 0; holding < 4; holding++) {
            const holds = (conditions: readonly { readonly text: string }[] | undefined): boolean =>
              conditions === undefined || conditions.some(({ text }) => (holding & (1 << ROWS.indexOf(text))) !== 0)
            const row = holds(visibility.rows)
            assert.equal(row, reference.row(database, table, holding), `row ${holding}: ${told}`)
            for (const column of COLUMNS) {
              const shown = row && visibility.columns.has(column) && holds(visibility.columns.get(column))
              assert.equal(
                shown,
                reference.cell(database, table, column, holding),
                `cell ${column} ${holding}: ${told}`,
              )
            }
          }
        }
    }
    await state.close()
  }
})

test('a listing of ten thousand tables is decided in one look at each', async () => {
  const state = openMemoryState()
  const tables = Array.from({ length: 10_000 }, (_, i) => `t${i}`)
  await state.transaction((tx) => {
    for (const [i, table] of tables.entries()) {
      const resource = { kind: 'table', database: 'd', table } as const
      setOpen(tx, scope, resource, false)
      const principal = `arn:aws:iam::${ACCOUNT}:user/u${i % 1000}`
      putGrant(tx, scope, { principal, resource, permissions: ['SELECT'], grantable: [], updatedAt: '', updatedBy: '' })
    }
  })
  const permissions = new Permissions(state)
  const principal = { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/u7`, account: ACCOUNT, accessKeyId: '' } as const
  const decide = permissions.tables(principal, scope)
  const seen = tables.filter((table) => decide({ database: 'd', table }).permissions.has('SELECT'))
  assert.deepEqual(
    seen,
    tables.filter((_, i) => i % 1000 === 7),
  )
})
