/** Trails: who wants which events delivered where, and how far that is. */
import type { Scope } from '../catalog/catalog.ts'
import type { StateReader, StateStore, Versioned } from '../ports.ts'
import { type Collection, collection } from '../resources/collection.ts'
import type { EventPlace } from './journal.ts'
import type { EventSelectors } from './selectors.ts'

export interface Trail {
  readonly name: string
  readonly arn: string
  readonly account: string
  /** Where it was made, and is changed. */
  readonly region: string
  readonly bucket: string
  readonly prefix?: string
  readonly snsTopicArn?: string
  readonly logGroupName?: string
  readonly logRoleArn?: string
  readonly kmsKeyArn?: string
  readonly ofGlobalServices: boolean
  readonly ofAllRegions: boolean
  readonly isValidated: boolean
  /** Absent where it has what trails have by default. */
  readonly selectors?: EventSelectors
  readonly isLogging: boolean
  readonly startedAt?: string
  readonly stoppedAt?: string
}

/** How far a trail has delivered the events of one region. */
export interface Delivery {
  /** The last event that was looked at. */
  readonly place?: EventPlace
  /** Where there is no place yet: events from then on. */
  readonly sinceMs: number
  readonly deliveredAt?: string
  readonly error?: string
  readonly attemptedAt?: string
  /** Absent where no digests are wanted. */
  readonly digest?: DigestChain
}

export interface DigestChain {
  /** When the digest that comes next begins. */
  readonly startedAt: string
  readonly files: readonly DigestedFile[]
  readonly previous?: {
    readonly bucket: string
    readonly key: string
    readonly hash: string
    readonly signature: string
  }
  readonly deliveredAt?: string
  readonly error?: string
}

/** As a digest names a log file. */
export interface DigestedFile {
  readonly s3Bucket: string
  readonly s3Object: string
  readonly hashValue: string
  readonly hashAlgorithm: 'SHA-256'
  readonly newestEventTime: string
  readonly oldestEventTime: string
}

const TRAILS = 'cloudtrail/trails'
const DELIVERIES = 'cloudtrail/deliveries'
const MOST_TRAILS = 10_000

export const trailKey = ({ account, region }: Scope, name: string): string => `${account}/${region}/${name}`

export const trailArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:cloudtrail:${region}:${account}:trail/${name}`

export const trails = (state: StateStore): Collection<Trail> =>
  collection<Trail>(state, TRAILS, {
    noun: 'trail',
    missing: (key) => {
      const [account = '', region = '', name = ''] = key.split('/')
      return `Unknown trail: ${trailArn({ account, region }, name)} for the user: ${account}`
    },
    exists: (key) => {
      const [account, , name] = key.split('/')
      return `Trail ${name} already exists for customer: ${account}`
    },
  })

export const allTrails = (state: StateReader, account?: string): readonly Trail[] =>
  state
    .list<Trail>(TRAILS, { ...(account !== undefined && { prefix: `${account}/` }), limit: MOST_TRAILS })
    .map(({ doc }) => doc)

export const deliveries = (state: StateStore) => ({
  keyOf: (trail: Trail, region: string): string => `${trailKey(trail, trail.name)}/${region}`,
  find: (trail: Trail, region: string): Versioned<Delivery> | undefined =>
    state.get<Delivery>(DELIVERIES, `${trailKey(trail, trail.name)}/${region}`),
  of: (trail: Trail): readonly Delivery[] =>
    state.list<Delivery>(DELIVERIES, { prefix: `${trailKey(trail, trail.name)}/`, limit: 1000 }).map(({ doc }) => doc),
  space: DELIVERIES,
})
