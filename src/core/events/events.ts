/** The room of events: the journal, who wants what of it, and the delivery of trails. */
import { daily } from '../daily.ts'
import type { Measurements } from '../measurements/measurements.ts'
import type { Files } from '../objects/files.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { Sealing } from '../secrets/sealing.ts'
import { type DeliveryListener, deliverEvery } from './delivery.ts'
import { type Journal, openJournal } from './journal.ts'
import { type SigningKeys, signingKeys } from './signing-keys.ts'
import { forgetStores, wantedDays } from './stores.ts'
import { type EventWatch, eventWatch } from './watch.ts'

export interface Events {
  readonly journal: Journal
  readonly watch: EventWatch
  readonly signing: SigningKeys
  /** Hears of what trails deliver. */
  readonly delivered: DeliveryListener
  /** Delivers what trails want until `close`; hears of what fails. */
  start(): void
  close(): Promise<void>
}

export function openEvents(parts: {
  readonly state: StateStore
  readonly clock: Clock
  readonly files: Files
  readonly seal: Sealing
  readonly measurements: Measurements
  readonly tell: (error: unknown) => void
}): Events {
  const { state, clock, files, seal, measurements, tell } = parts
  const journal = openJournal(state, clock, tell)
  const signing = signingKeys(state, clock, seal)
  const delivered: DeliveryListener = async (trail, events) => {
    if (trail.logGroupName === undefined) return
    const { loggedEvents } = await import('./logged-events.ts')
    await loggedEvents({ state, clock, measurements })(trail, events)
  }
  const forget = async (): Promise<void> => {
    await forgetStores(state, clock.now())
    await journal.forget((account) => wantedDays(state, account))
  }
  const closing = new AbortController()
  let work: Promise<unknown> = Promise.resolve()
  return {
    journal,
    watch: eventWatch(state),
    signing,
    delivered,
    start() {
      const { signal } = closing
      work = Promise.all([
        deliverEvery({ state, clock, files, journal, signing }, signal, delivered, tell),
        daily(clock, signal, forget, tell),
      ]).catch(tell)
    },
    async close() {
      closing.abort()
      await work
      await journal.close()
    },
  }
}
