/** What explanations say, in worlds that nobody has thought out, against the second model: and against what is then changed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice } from '../../formats/seeded.fixture.ts'
import { openMemoryState } from '../../storage/state-memory.ts'
import { Reference } from './decision-reference.fixture.ts'
import {
  ASKING,
  type CatalogName,
  CONSUMER,
  covers,
  DATABASES,
  holds,
  keep,
  LEAVES,
  OWNER,
  principalOf,
  SCOPES,
  TABLES,
  TYPED,
  type World,
  WorldMaker,
  world,
} from './decision-worlds.fixture.ts'
import { explainedRights } from './explained-rights.ts'
import { type ExplainedPart, explainAccess, type MeantGrant } from './explanation.ts'
import type { Grant } from './grants.ts'
import { Permissions } from './permissions.ts'
import { resourceKey, type TableName } from './resource.ts'

const CASES = 8_000
const HOLDINGS = [0, 1, 2, 3]

const isShown = ({ visible, where = [] }: ExplainedPart, holding: number): boolean =>
  visible === 'sometimes' ? where.some((text) => holds(text, holding)) : visible === 'always'

const isSame = (one: Pick<Grant, 'principal' | 'resource'>, other: Pick<Grant, 'principal' | 'resource'>): boolean =>
  one.principal === other.principal && resourceKey(one.resource) === resourceKey(other.resource)

/** As a world would be without these grants. */
function without(made: World, gone: readonly MeantGrant[]): World {
  const left = (grants: readonly Grant[], account: string): Grant[] =>
    grants.filter((grant) => !gone.some((one) => one.account === account && isSame(one, grant)))
  const { lake, shop } = made.catalogs
  return {
    ...made,
    catalogs: {
      lake: { ...lake, grants: left(lake.grants, OWNER) },
      shop: { ...shop, grants: left(shop.grants, OWNER) },
    },
    passedOn: { ...made.passedOn, grants: left(made.passedOn.grants, CONSUMER) },
  }
}

function withGrant(made: World, name: CatalogName, { principal, resource, permissions }: MeantGrant): World {
  const catalog = made.catalogs[name]
  const grant: Grant = { principal, resource, permissions, grantable: [], updatedAt: '', updatedBy: '' }
  return { ...made, catalogs: { ...made.catalogs, [name]: { ...catalog, grants: [...catalog.grants, grant] } } }
}

/** What is said of one column is what the model says of its cells; so it is with what decides taken away, and what is missing given. */
function compare(
  part: ExplainedPart & { readonly column: string },
  made: World,
  [arn, name]: (typeof ASKING)[number],
  place: TableName,
) {
  const { column, grants, needs } = part
  const leaves = LEAVES.filter((leaf) => covers(column, leaf))
  const cells = (of: World): boolean[] => {
    const reference = new Reference(of, name, arn)
    return HOLDINGS.map((holding) => {
      const shown = new Set(leaves.map((leaf) => reference.cell(place, leaf, holding)))
      assert.equal(shown.size, 1, `${column} is told as one`)
      return shown.has(true)
    })
  }
  assert.deepEqual(
    HOLDINGS.map((holding) => isShown(part, holding)),
    cells(made),
    `${column}: ${part.because}`,
  )
  if (grants.length > 0) assert.deepEqual(cells(without(made, grants)), [false, false, false, false], 'revoked')
  if (needs) assert.deepEqual(cells(withGrant(made, name, needs)), [true, true, true, true], 'granted')
  return { revoked: grants.length > 0, granted: needs !== undefined }
}

test(`${CASES} explanations are true: what they name decides, and what they ask for shows`, async () => {
  const make = new WorldMaker(dice(23))
  const seen = { revoked: 0, granted: 0 }
  for (let cases = 0; cases < CASES; ) {
    const made = world(make)
    const state = openMemoryState()
    await state.transaction((tx) => keep(tx, made))
    const permissions = new Permissions(state)
    for (const asking of ASKING)
      for (const database of DATABASES)
        for (const table of TABLES) {
          const [principal, scope, name] = [principalOf(asking[0]), SCOPES[asking[1]], { database, table }]
          const rights = explainedRights(permissions, principal, { scope, name })
          const about = {
            principal: principal.arn,
            catalog: scope,
            table: name,
            columns: TYPED,
            policies: [],
            notes: [],
          }
          const { columns } = explainAccess({ ...about, ...rights }, (grant) => grant)
          for (const part of columns) {
            cases++
            try {
              const { revoked, granted } = compare(part, made, asking, name)
              seen.revoked += Number(revoked)
              seen.granted += Number(granted)
            } catch (cause) {
              throw new Error(JSON.stringify([asking, name, part, made]), { cause })
            }
          }
        }
    await state.close()
  }
  assert.ok(seen.revoked > CASES / 20 && seen.granted > CASES / 20, JSON.stringify(seen))
})
