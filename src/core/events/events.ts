/** The room of events: the journal, who wants what of it, and the delivery of trails. */
import { daily } from '../daily.ts'
import type { Files } from '../objects/files.ts'
import type { Clock, StateStore } from '../ports.ts'
import type { Sealing } from '../secrets/sealing.ts'
import { deliverEvery } from './delivery.ts'
import { type Journal, openJournal } from './journal.ts'
import { type SigningKeys, signingKeys } from './signing-keys.ts'
import { type EventWatch, eventWatch } from './watch.ts'

export interface Events {
  readonly journal: Journal
  readonly watch: EventWatch
  readonly signing: SigningKeys
  /** Delivers what trails want until `close`; hears of what fails. */
  start(): void
  close(): Promise<void>
}

export function openEvents(parts: {
  readonly state: StateStore
  readonly clock: Clock
  readonly files: Files
  readonly seal: Sealing
  readonly tell: (error: unknown) => void
}): Events {
  const { state, clock, files, seal, tell } = parts
  const journal = openJournal(state, clock, tell)
  const signing = signingKeys(state, clock, seal)
  const closing = new AbortController()
  let work: Promise<unknown> = Promise.resolve()
  return {
    journal,
    watch: eventWatch(state),
    signing,
    start() {
      const { signal } = closing
      work = Promise.all([
        deliverEvery({ state, clock, files, journal, signing }, signal, async () => {}, tell),
        daily(clock, signal, () => journal.forget(), tell),
      ]).catch(tell)
    },
    async close() {
      closing.abort()
      await work
      await journal.close()
    },
  }
}
