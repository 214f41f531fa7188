/** Capacity reservations, as the guide describes them; the clock is turned, not waited for. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  CancelCapacityReservationCommand,
  CreateCapacityReservationCommand,
  CreateWorkGroupCommand,
  DeleteCapacityReservationCommand,
  DeleteWorkGroupCommand,
  GetCapacityAssignmentConfigurationCommand,
  GetCapacityReservationCommand,
  ListCapacityReservationsCommand,
  ListTagsForResourceCommand,
  PutCapacityAssignmentConfigurationCommand,
  UpdateCapacityReservationCommand,
} from '@aws-sdk/client-athena'
import { systemClock } from '../../../src/core/clock.ts'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
let aheadMs = 0
before(async () => {
  a = await athenaLake({ clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) } })
  for (const Name of ['reports', 'loads']) await a.athena.send(new CreateWorkGroupCommand({ Name }))
})
after(() => a.close())

/** For the server, and for the client that signs by it. */
const turn = (ms: number): void => {
  aheadMs = ms
  a.athena.config.systemClockOffset = ms
}
const create = (Name: string, TargetDpus = 24) =>
  a.athena.send(new CreateCapacityReservationCommand({ Name, TargetDpus, Tags: [{ Key: 'team', Value: 'x' }] }))
const get = async (Name: string) =>
  (await a.athena.send(new GetCapacityReservationCommand({ Name }))).CapacityReservation!
const cancel = (Name: string) => a.athena.send(new CancelCapacityReservationCommand({ Name }))
const assign = (CapacityReservationName: string, ...groups: string[][]) =>
  a.athena.send(
    new PutCapacityAssignmentConfigurationCommand({
      CapacityReservationName,
      CapacityAssignments: groups.map((WorkGroupNames) => ({ WorkGroupNames })),
    }),
  )
const assigned = async (CapacityReservationName: string) =>
  (
    await a.athena.send(new GetCapacityAssignmentConfigurationCommand({ CapacityReservationName }))
  ).CapacityAssignmentConfiguration!.CapacityAssignments!.map((one) => one.WorkGroupNames)
const refused = (promise: Promise<unknown>, message: RegExp) =>
  assert.rejects(promise, (error: Error) => {
    assert.equal(error.name, 'InvalidRequestException')
    assert.match(error.message, message)
    return true
  })

test('a reservation is made, changed, cancelled and deleted', async () => {
  await create('one')
  const made = await get('one')
  assert.deepEqual([made.Status, made.TargetDpus, made.AllocatedDpus], ['ACTIVE', 24, 24])
  assert.equal(made.LastAllocation!.Status, 'SUCCEEDED')
  await refused(create('one'), /already exists/)
  await a.athena.send(new UpdateCapacityReservationCommand({ Name: 'one', TargetDpus: 48 }))
  const changed = await get('one')
  assert.deepEqual([changed.TargetDpus, changed.AllocatedDpus], [48, 48])
  assert.deepEqual(changed.CreationTime, made.CreationTime)
  await refused(a.athena.send(new DeleteCapacityReservationCommand({ Name: 'one' })), /must be cancelled/)
  await cancel('one')
  const cancelled = await get('one')
  assert.deepEqual([cancelled.Status, cancelled.AllocatedDpus], ['CANCELLED', 0])
  await refused(cancel('one'), /is cancelled/)
  await refused(a.athena.send(new UpdateCapacityReservationCommand({ Name: 'one', TargetDpus: 24 })), /is cancelled/)
  const arn = 'arn:aws:athena:us-east-1:000000000000:capacity-reservation/one'
  const { Tags } = await a.athena.send(new ListTagsForResourceCommand({ ResourceARN: arn }))
  assert.deepEqual(Tags, [{ Key: 'team', Value: 'x' }])
  await a.athena.send(new DeleteCapacityReservationCommand({ Name: 'one' }))
  await refused(get('one'), /does not exist/)
  await assert.rejects(a.athena.send(new ListTagsForResourceCommand({ ResourceARN: arn })), {
    name: 'ResourceNotFoundException',
  })
  await refused(create('small', 3), /targetDpus/)
})

test('work groups share a reservation, and have one each', async () => {
  await create('nightly')
  await create('daily')
  assert.deepEqual(await assigned('nightly'), [])
  await assign('nightly', ['reports'], ['loads'])
  assert.deepEqual(await assigned('nightly'), [['reports'], ['loads']])
  await refused(assign('daily', ['reports']), /assigned to the capacity reservation nightly/)
  await refused(assign('daily', ['nobody']), /not found/)
  await refused(a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'loads' })), /reservation nightly/)
  await assign('nightly', ['reports'])
  await assign('daily', ['loads'])
  assert.deepEqual([await assigned('nightly'), await assigned('daily')], [[['reports']], [['loads']]])
  await cancel('daily')
  assert.deepEqual(await assigned('daily'), [])
  await a.athena.send(new DeleteWorkGroupCommand({ WorkGroup: 'loads' }))
})

test('reservations, page by page', async () => {
  for (let i = 0; i < 4; i++) await create(`page${i}`)
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await a.athena.send(new ListCapacityReservationsCommand({ MaxResults: 2, NextToken }))
    names.push(...page.CapacityReservations!.map((one) => one.Name!))
    NextToken = page.NextToken
  } while (NextToken)
  assert.deepEqual(names, ['daily', 'nightly', 'page0', 'page1', 'page2', 'page3'])
})

test('there is an end to what can be reserved', async () => {
  await refused(create('huge', 1000), /at most 1000 DPUs/)
})

test('a cancelled reservation is gone after 45 days, and its name is free', async () => {
  await create('old')
  await cancel('old')
  turn(44 * 86_400_000)
  assert.equal((await get('old')).Status, 'CANCELLED')
  await refused(create('old'), /already exists/)
  turn(45 * 86_400_000 + 1000)
  await refused(get('old'), /does not exist/)
  await create('old')
  assert.equal((await get('old')).Status, 'ACTIVE')
})

test('no bug was logged', () => assert.deepEqual(a.lake.log, []))
