/** What permissions cost: a listing of a catalog in which everything is closed, and each of many principals sees a little. */
import { openCatalog } from '../../src/core/catalog/catalog-state.ts'
import { systemClock } from '../../src/core/clock.ts'
import { governedCatalog } from '../../src/core/permissions/governed-catalog.ts'
import { putGrant } from '../../src/core/permissions/grants.ts'
import { namedPrincipal } from '../../src/core/permissions/lake-principal.ts'
import { setOpen } from '../../src/core/permissions/openness.ts'
import { Permissions } from '../../src/core/permissions/permissions.ts'
import { openMemoryState } from '../../src/storage/state-memory.ts'
import { atMost, type Finding, median, milliseconds, timed } from '../measure.ts'

const [TABLES, PRINCIPALS, ROUNDS] = [10_000, 1000, 15]
const scope = { account: '000000000000', region: 'us-east-1' }
const arnOf = (i: number): string => `arn:aws:iam::${scope.account}:user/u${i % PRINCIPALS}`

export async function measurePermissions(): Promise<Finding[]> {
  const state = openMemoryState()
  const permissions = new Permissions(state)
  const catalog = governedCatalog(openCatalog(state, systemClock), permissions)
  await catalog.databases.create(scope, { Name: 'd' })
  const names = Array.from({ length: TABLES }, (_, i) => `t${i}`)
  for (const Name of names) await catalog.tables.create(scope, 'd', { Name }, '')
  await state.transaction((tx) => {
    for (const [i, table] of names.entries()) {
      const resource = { kind: 'table', database: 'd', table } as const
      setOpen(tx, scope, resource, false)
      const held = { permissions: ['SELECT'], grantable: [], updatedAt: '', updatedBy: '' } as const
      putGrant(tx, scope, { principal: arnOf(i), resource, ...held })
    }
  })
  const first = { ms: 0 }
  const samples: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const principal = namedPrincipal(arnOf(round))
    const { result, ms } = await timed(async () => catalog.tables.list({ ...scope, principal }, 'd', { limit: TABLES }))
    if (result.length !== TABLES / PRINCIPALS) throw new Error(`${result.length} tables are listed`)
    if (round === 0) first.ms = ms
    else samples.push(ms)
  }
  await state.close()
  const what = `listing of ${TABLES} tables, grants to ${PRINCIPALS} principals`
  const note = `${milliseconds(first.ms)} after a change of permissions`
  return [atMost({ section: 'access', what, note }, median(samples), 50, milliseconds)]
}
