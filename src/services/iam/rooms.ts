import type { IdentityRooms } from '../../core/access/identity-rooms.ts'
import type { Events } from '../../core/events/events.ts'
import type { AccessKeys } from '../../core/identities/access-keys.ts'
import type { Clock, StateStore } from '../../core/ports.ts'

export interface IamRooms extends IdentityRooms {
  readonly clock: Clock
  readonly state: StateStore
  readonly accessKeys: AccessKeys
  readonly events: Pick<Events, 'journal'>
}
