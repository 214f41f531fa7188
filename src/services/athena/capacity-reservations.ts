/**
 * Capacity reservations and the work groups that share them, kept as AWS keeps them. There is no capacity to set apart
 * here: queries of all work groups run on the same engine, whatever is reserved.
 */
import type * as Sdk from '@aws-sdk/client-athena'
import type { Lake } from '../../core/lake.ts'
import type { StateReader, StateTransaction } from '../../core/ports.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { invalidRequest } from './faults.ts'
import { page } from './paging.ts'
import { capacityReservationSpace, reservedWorkGroupSpace, type Scope } from './spaces.ts'
import { tagNew, untagGone } from './tags.ts'
import { requireUnreserved } from './work-group-contents.ts'
import { findWorkGroup } from './work-groups.ts'

interface Reservation {
  readonly targetDpus: number
  readonly createdAt: string
  /** When the capacity was last asked for; it is there at once. */
  readonly allocatedAt: string
  readonly cancelledAt?: string
  readonly assignments: readonly (readonly string[])[]
}

/** docs: athena ug, capacity-management, "Considerations and limitations". */
const MOST_RESERVATIONS = 100
const MOST_DPUS = 1000
const MOST_WORK_GROUPS = 20
/** "The reservation will be deleted 45 days after cancellation" (capacity-management-cancelling-a-capacity-reservation). */
const KEPT_MS = 45 * 86_400_000

const missing = (name: string) => invalidRequest(`CapacityReservation ${name} does not exist`)

function findReservation(state: StateReader, lake: Lake, call: Scope, name: string): Reservation | undefined {
  const found = state.get<Reservation>(capacityReservationSpace(call), name)?.doc
  return found && !isGone(lake, found) ? found : undefined
}

const isGone = (lake: Lake, { cancelledAt }: Reservation): boolean =>
  cancelledAt !== undefined && Date.parse(cancelledAt) + KEPT_MS <= lake.clock.now().getTime()

export const hasCapacityReservation = (lake: Lake, call: Scope, name: string): boolean =>
  findReservation(lake.state, lake, call, name) !== undefined

function described(name: string, reservation: Reservation): Sdk.CapacityReservation {
  const allocatedAt = new Date(reservation.allocatedAt)
  return {
    Name: name,
    Status: reservation.cancelledAt === undefined ? 'ACTIVE' : 'CANCELLED',
    TargetDpus: reservation.targetDpus,
    AllocatedDpus: reservation.cancelledAt === undefined ? reservation.targetDpus : 0,
    LastAllocation: { Status: 'SUCCEEDED', RequestTime: allocatedAt, RequestCompletionTime: allocatedAt },
    LastSuccessfulAllocationTime: allocatedAt,
    CreationTime: new Date(reservation.createdAt),
  }
}

export function capacityReservationHandlers(lake: Lake): Handlers<typeof Sdk> {
  const found = (state: StateReader, call: ServiceCall, name: string): Reservation => {
    const reservation = findReservation(state, lake, call, name)
    if (!reservation) throw missing(name)
    return reservation
  }
  const active = (state: StateReader, call: ServiceCall, name: string): Reservation => {
    const reservation = found(state, call, name)
    if (reservation.cancelledAt !== undefined) throw invalidRequest(`CapacityReservation ${name} is cancelled`)
    return reservation
  }
  const now = (): string => lake.clock.now().toISOString()
  return {
    async CreateCapacityReservation(input, call) {
      await lake.state.transaction((tx) => {
        if (findReservation(tx, lake, call, input.Name))
          throw invalidRequest(`CapacityReservation ${input.Name} already exists`)
        requireRoom(tx, call, input.Name, input.TargetDpus)
        const reservation: Reservation = {
          targetDpus: input.TargetDpus,
          createdAt: now(),
          allocatedAt: now(),
          assignments: [],
        }
        tx.put(capacityReservationSpace(call), input.Name, reservation)
        untagGone(tx, call, 'capacity-reservation', input.Name)
        tagNew(tx, call, 'capacity-reservation', input.Name, input.Tags ?? [])
      })
      return {}
    },
    GetCapacityReservation: (input, call) => ({
      CapacityReservation: described(input.Name, found(lake.state, call, input.Name)),
    }),
    ListCapacityReservations(input, call) {
      const { items, NextToken } = page(
        input,
        50,
        // There are never more than a hundred.
        ({ after, limit }) =>
          lake.state
            .list<Reservation>(capacityReservationSpace(call), { after, limit: 2 * MOST_RESERVATIONS })
            .filter(({ doc }) => !isGone(lake, doc))
            .slice(0, limit),
        (row) => row.key,
      )
      return { CapacityReservations: items.map((row) => described(row.key, row.doc)), NextToken }
    },
    async UpdateCapacityReservation(input, call) {
      await lake.state.transaction((tx) => {
        const reservation = active(tx, call, input.Name)
        requireRoom(tx, call, input.Name, input.TargetDpus)
        tx.put(capacityReservationSpace(call), input.Name, {
          ...reservation,
          targetDpus: input.TargetDpus,
          allocatedAt: now(),
        })
      })
      return {}
    },
    async CancelCapacityReservation(input, call) {
      await lake.state.transaction((tx) => {
        const reservation = active(tx, call, input.Name)
        free(tx, call, reservation)
        tx.put(capacityReservationSpace(call), input.Name, { ...reservation, cancelledAt: now(), assignments: [] })
      })
      return {}
    },
    async DeleteCapacityReservation(input, call) {
      await lake.state.transaction((tx) => {
        if (found(tx, call, input.Name).cancelledAt === undefined)
          throw invalidRequest(`CapacityReservation ${input.Name} must be cancelled before it can be deleted`)
        tx.delete(capacityReservationSpace(call), input.Name)
        untagGone(tx, call, 'capacity-reservation', input.Name)
      })
      return {}
    },
    async PutCapacityAssignmentConfiguration(input, call) {
      const name = input.CapacityReservationName
      const assignments = input.CapacityAssignments.map(({ WorkGroupNames }) => [...(WorkGroupNames ?? [])])
      for (const workGroup of assignments.flat()) findWorkGroup(lake, call, workGroup)
      await lake.state.transaction((tx) => {
        const reservation = active(tx, call, name)
        free(tx, call, reservation)
        assign(tx, call, name, assignments.flat())
        tx.put(capacityReservationSpace(call), name, { ...reservation, assignments })
      })
      return {}
    },
    GetCapacityAssignmentConfiguration(input, call) {
      const name = input.CapacityReservationName
      const { assignments } = found(lake.state, call, name)
      return {
        CapacityAssignmentConfiguration: {
          CapacityReservationName: name,
          CapacityAssignments: assignments.map((WorkGroupNames) => ({ WorkGroupNames: [...WorkGroupNames] })),
        },
      }
    },
  }
}

/** The name of the one that the work group is assigned to. */
export const reservationOf = (state: StateReader, scope: Scope, workGroup: string): string | undefined =>
  state.get<string>(reservedWorkGroupSpace(scope), workGroup)?.doc

export interface HeldReservation {
  readonly name: string
  readonly dpus: number
  readonly from: Date
  /** Until it was cancelled, or now. */
  readonly until: Date
}

/** What has been held and is still known of; only the size that was asked for last is kept. */
export const heldReservations = (lake: Lake, scope: Scope): readonly HeldReservation[] =>
  lake.state
    .list<Reservation>(capacityReservationSpace(scope), { limit: 10 * MOST_RESERVATIONS })
    .map(({ key: name, doc }) => ({
      name,
      dpus: doc.targetDpus,
      from: new Date(doc.createdAt),
      until: doc.cancelledAt === undefined ? lake.clock.now() : new Date(doc.cancelledAt),
    }))

function requireRoom(tx: StateTransaction, call: Scope, name: string, targetDpus: number): void {
  const others = tx
    .list<Reservation>(capacityReservationSpace(call), { limit: 10 * MOST_RESERVATIONS })
    .filter(({ key, doc }) => key !== name && doc.cancelledAt === undefined)
  if (others.length >= MOST_RESERVATIONS)
    throw invalidRequest(`An account can have at most ${MOST_RESERVATIONS} capacity reservations`)
  const dpus = others.reduce((sum, { doc }) => sum + doc.targetDpus, targetDpus)
  if (dpus > MOST_DPUS) throw invalidRequest(`An account can reserve at most ${MOST_DPUS} DPUs`)
}

/** "You cannot assign a workgroup to more than one reservation" (capacity-management-adding-workgroups-to-a-reservation). */
function assign(tx: StateTransaction, call: Scope, reservation: string, workGroups: readonly string[]): void {
  if (workGroups.length > MOST_WORK_GROUPS)
    throw invalidRequest(`A capacity reservation can have at most ${MOST_WORK_GROUPS} workgroups`)
  for (const workGroup of workGroups) {
    requireUnreserved(tx, call, workGroup)
    tx.put(reservedWorkGroupSpace(call), workGroup, reservation)
  }
}

function free(tx: StateTransaction, call: Scope, { assignments }: Reservation): void {
  for (const workGroup of assignments.flat()) tx.delete(reservedWorkGroupSpace(call), workGroup)
}
