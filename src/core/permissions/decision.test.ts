/** Decisions against a second model, in worlds that nobody has thought out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../../formats/seeded.fixture.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { Reference } from './decision-reference.fixture.ts'
import {
  ASKING,
  type CatalogName,
  DATABASES,
  holds,
  keep,
  LEAVES,
  OWNER,
  PEOPLE,
  principalOf,
  SCOPES,
  TABLES,
  TYPED,
  type World,
  WorldMaker,
  world,
} from './decision-worlds.fixture.ts'
import { requireGrantor } from './grantors.ts'
import { putGrant } from './grants.ts'
import { setOpen } from './openness.ts'
import { Permissions } from './permissions.ts'
import { type Visibility, type VisiblePart, visibilityOf } from './visibility.ts'

const CASES = 60_000

/** What does not agree is told with the world that it can be made again from. */
function about<T>(made: World, asked: readonly unknown[], work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new Error(JSON.stringify([...asked, made]), { cause })
  }
}

function compare(permissions: Permissions, made: World, [arn, name]: readonly [string, CatalogName]): number {
  const [reference, principal, scope] = [new Reference(made, name, arn), principalOf(arn), SCOPES[name]]
  for (const database of DATABASES) {
    const decided = permissions.database(principal, scope, database)
    assert.deepEqual([...decided.permissions.keys()].sort(), reference.database(database), database)
    for (const table of TABLES) {
      const place = { database, table }
      const where = `${database}.${table}`
      const decision = permissions.table(principal, scope, place)
      assert.deepEqual([...decision.permissions.keys()].sort(), reference.permissions(place), where)
      const visibility = visibilityOf(decision, TYPED)
      for (let holding = 0; holding < 4; holding++) {
        const meets: Meets = (conditions) =>
          conditions === undefined || conditions.some(({ text }) => holds(text, holding))
        const row = meets(visibility.rows)
        assert.equal(row, reference.row(place, holding), `row ${holding}: ${where}`)
        for (const leaf of LEAVES) {
          const shown = row && isShown(visibility, leaf, meets)
          assert.equal(shown, reference.cell(place, leaf, holding), `cell ${leaf} ${holding}: ${where}`)
        }
      }
    }
  }
  return DATABASES.length * (TABLES.length + 1)
}

type Meets = (conditions: readonly { readonly text: string }[] | undefined) => boolean

/** By what is said of the column and of each field on the way. */
function isShown({ columns }: Visibility, leaf: string, meets: Meets): boolean {
  let [parts, shown]: [ReadonlyMap<string, VisiblePart> | undefined, boolean] = [columns, true]
  for (const name of leaf.replaceAll('"', '').split('.')) {
    if (!parts) return shown
    const part = parts.get(name)
    if (!part) return false
    ;[parts, shown] = [part.fields, shown && meets(part.where)]
  }
  return shown
}

test(`${CASES} decisions are those of a model that looks at every grant and cell`, async () => {
  const make = new WorldMaker(dice(7))
  for (let cases = 0; cases < CASES; ) {
    const made = world(make)
    const state = openMemoryState()
    await state.transaction((tx) => keep(tx, made))
    const permissions = new Permissions(state)
    for (const asking of ASKING) cases += about(made, asking, () => compare(permissions, made, asking))
    await state.close()
  }
})

test('who may pass on what is what the model says', async () => {
  const make = new WorldMaker(dice(11))
  for (let cases = 0; cases < 20_000; ) {
    const made = world(make)
    const state = openMemoryState()
    await state.transaction((tx) => keep(tx, made))
    const permissions = new Permissions(state)
    for (const arn of PEOPLE)
      for (const name of ['lake', 'shop'] as const)
        for (let i = 0; i < 8; i++) {
          cases++
          const { resource, permissions: wanted } = make.grant([arn])
          const scope = { ...SCOPES[name], principal: principalOf(arn) }
          const may = isAllowed(() =>
            requireGrantor(permissions, scope, { resource, permissions: wanted, grantable: [] }),
          )
          const expected = new Reference(made, name, arn).mayGrant(resource, wanted)
          about(made, [arn, name, resource, wanted], () => assert.equal(may, expected))
        }
    await state.close()
  }
})

function isAllowed(asking: () => void): boolean {
  try {
    asking()
    return true
  } catch {
    return false
  }
}

test('a listing of ten thousand tables is decided in one look at each', async () => {
  const state = openMemoryState()
  const scope = SCOPES.lake
  const tables = Array.from({ length: 10_000 }, (_, i) => `t${i}`)
  await state.transaction((tx) => {
    for (const [i, table] of tables.entries()) {
      const resource = { kind: 'table', database: 'd', table } as const
      setOpen(tx, scope, resource, false)
      const principal = `arn:aws:iam::${OWNER}:user/u${i % 1000}`
      putGrant(tx, scope, { principal, resource, permissions: ['SELECT'], grantable: [], updatedAt: '', updatedBy: '' })
    }
  })
  const permissions = new Permissions(state)
  const decide = permissions.tables(principalOf(`arn:aws:iam::${OWNER}:user/u7`), scope)
  const seen = tables.filter((table) => decide({ database: 'd', table }).permissions.has('SELECT'))
  assert.deepEqual(
    seen,
    tables.filter((_, i) => i % 1000 === 7),
  )
})
