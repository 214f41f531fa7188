/**
 * Delivery of trails: every few minutes what is new becomes gzipped JSON in the trail's bucket, in one transaction with how
 * far the trail is, so that no event is delivered twice or left out; every hour a digest says what was delivered.
 */
import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Fault } from '../faults.ts'
import type { FileAttributes, Files, NewFile } from '../objects/files.ts'
import type { Clock, StateStore, Versioned } from '../ports.ts'
import { pause } from '../recurrence.ts'
import { digestFile } from './digests.ts'
import type { EventRecord } from './event.ts'
import { eventTime } from './event.ts'
import type { EventPlace, Journal, PlacedEvent } from './journal.ts'
import { selects } from './selectors.ts'
import type { SigningKeys } from './signing-keys.ts'
import { requireOpen, trailFolder } from './trail-bucket.ts'
import { allTrails, type Delivery, type DigestedFile, deliveries, type Trail } from './trails.ts'

const compress = promisify(gzip)

/** "CloudTrail typically delivers logs within an average of about 5 minutes of an API call" (docs: awscloudtrail userguide). */
const EVERY_MS = 5 * 60_000
/** Every hour (docs: awscloudtrail userguide, cloudtrail-log-file-validation-intro). */
const DIGEST_MS = 60 * 60_000
const MOST_EVENTS_IN_FILE = 5000
const GLOBAL_SOURCES: ReadonlySet<string> = new Set(['iam.amazonaws.com', 'sts.amazonaws.com'])

export interface DeliveryRooms {
  readonly state: StateStore
  readonly clock: Clock
  readonly files: Files
  readonly journal: Journal
  readonly signing: SigningKeys
}

/** Hears of the events that a trail has delivered: those that also go to a log group. */
export type DeliveryListener = (trail: Trail, events: readonly EventRecord[]) => Promise<void>

/** Delivers until the signal aborts. */
export async function deliverEvery(
  rooms: DeliveryRooms,
  signal: AbortSignal,
  listener: DeliveryListener,
  report: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await pause(rooms.clock, EVERY_MS, signal)
    for (const trail of allTrails(rooms.state)) {
      if (signal.aborted || !trail.isLogging) continue
      await deliver(rooms, trail, { listener }).catch(report)
    }
  }
}

/** `last`: the trail is stopped or deleted, so what was delivered since the last digest is told in a final one. */
export async function deliver(
  rooms: DeliveryRooms,
  trail: Trail,
  options: { readonly last?: boolean; readonly listener?: DeliveryListener } = {},
): Promise<void> {
  const regions = trail.ofAllRegions
    ? rooms.journal.scopes().filter(({ account }) => account === trail.account)
    : [{ account: trail.account, region: trail.region }]
  const named = regions.some(({ region }) => region === trail.region) ? regions : [...regions, trail]
  for (const { region } of named) {
    await unlessOvertaken(() => deliverRegion(rooms, trail, region, options.listener))
    await unlessOvertaken(() => deliverDigest(rooms, trail, region, options.last ?? false))
  }
}

const ATTEMPTS = 3

/** Two may deliver the same trail at once, as when it is stopped: who comes second begins anew where the first has ended. */
async function unlessOvertaken(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const overtaken = error instanceof Fault && error.kind === 'conflict' && error.noun === 'document'
      if (!overtaken || attempt === ATTEMPTS) throw error
    }
  }
}

async function deliverRegion(
  rooms: DeliveryRooms,
  trail: Trail,
  region: string,
  listener: DeliveryListener | undefined,
): Promise<void> {
  const { state, clock, journal } = rooms
  const { account } = trail
  const startedMs = Date.parse(trail.startedAt ?? '') || clock.now().getTime()
  const stored = deliveries(state).find(trail, region)
  const before = withChain(trail, stored?.doc ?? { sinceMs: startedMs }, clock.now())
  let version = stored?.version ?? 0
  let last: EventPlace | undefined = before.place
  let found: EventRecord[] = []
  let delivery = before
  const hand = async (): Promise<void> => {
    if (last === delivery.place) return
    const next = { ...delivery, ...(last && { place: last }) }
    delivery = await write(rooms, trail, region, { doc: next, version }, found)
    version++
    if (found.length > 0 && listener) await listener(trail, found)
    found = []
  }
  const selection = before.place ? { beyond: before.place } : { fromMs: before.sinceMs }
  for await (const placed of journal.read({ account, region }, selection)) {
    if (!placed) continue
    last = placed.place
    if (isWanted(trail, placed)) found.push(placed.event)
    if (found.length === MOST_EVENTS_IN_FILE) await hand()
  }
  await hand()
}

/** A chain begins with the first delivery after digests are wanted. */
const withChain = (trail: Trail, delivery: Delivery, now: Date): Delivery =>
  trail.isValidated && !delivery.digest
    ? { ...delivery, digest: { startedAt: now.toISOString(), files: [] } }
    : delivery

const isWanted = (trail: Trail, { event }: PlacedEvent): boolean =>
  selects(trail.selectors ?? {}, event) && (trail.ofGlobalServices || !GLOBAL_SOURCES.has(event.eventSource))

async function write(
  rooms: DeliveryRooms,
  trail: Trail,
  region: string,
  { doc: delivery, version }: Pick<Versioned<Delivery>, 'doc' | 'version'>,
  events: readonly EventRecord[],
): Promise<Delivery> {
  const { clock, files, state } = rooms
  const now = clock.now()
  const stored = deliveries(state)
  const key = stored.keyOf(trail, region)
  if (events.length === 0) {
    await state.transaction((tx) => tx.put(stored.space, key, delivery, version))
    return delivery
  }
  const { file, digested } = await logFile(trail, region, events, now)
  const { error: _, digest, ...rest } = delivery
  const after: Delivery = {
    ...rest,
    deliveredAt: now.toISOString(),
    attemptedAt: now.toISOString(),
    ...(digest && { digest: { ...digest, files: [...digest.files, digested] } }),
  }
  try {
    requireOpen(state, trail)
    const arrivals = await files.arrive([file])
    await arrivals.appear((tx) => tx.put(stored.space, key, after, version))
    return after
  } catch (error) {
    await failed(rooms, trail, region, error)
    throw error
  }
}

/** What went wrong is told by GetTrailStatus; what was not delivered is delivered with the next. */
async function failed({ state, clock }: DeliveryRooms, trail: Trail, region: string, error: unknown): Promise<void> {
  if (!(error instanceof Fault) || error.noun === 'document') return
  const stored = deliveries(state)
  await state.transaction((tx) => {
    const key = stored.keyOf(trail, region)
    const known = tx.get<Delivery>(stored.space, key)?.doc ?? { sinceMs: Date.parse(trail.startedAt ?? '') }
    const message = error.noun === 'bucket' ? 'NoSuchBucket' : error.message
    tx.put(stored.space, key, { ...known, error: message, attemptedAt: clock.now().toISOString() })
  })
}

async function logFile(
  trail: Trail,
  region: string,
  events: readonly EventRecord[],
  now: Date,
): Promise<{ readonly file: NewFile; readonly digested: DigestedFile }> {
  const text = Buffer.from(JSON.stringify({ Records: events }))
  const minute = now.toISOString().replace(/[-:]/g, '').slice(0, 13)
  const name = `${trail.account}_CloudTrail_${region}_${minute}Z_${uniqueName()}.json.gz`
  const s3Object = `${folderOf(trail, region, 'CloudTrail', now)}${name}`
  const times = events.map((event) => event.eventTime).toSorted()
  return {
    file: { uri: `s3://${trail.bucket}/${s3Object}`, body: await compress(text), attributes: attributesOf(trail) },
    digested: {
      s3Bucket: trail.bucket,
      s3Object,
      hashValue: createHash('sha256').update(text).digest('hex'),
      hashAlgorithm: 'SHA-256',
      newestEventTime: times.at(-1)!,
      oldestEventTime: times[0]!,
    },
  }
}

/** "UniqueString: 16 characters" (docs: awscloudtrail userguide, cloudtrail-log-file-examples). */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const uniqueName = (): string => Array.from(randomBytes(16), (byte) => ALPHABET[byte % ALPHABET.length]).join('')

function folderOf(trail: Trail, region: string, kind: 'CloudTrail' | 'CloudTrail-Digest', at: Date): string {
  const day = at.toISOString().slice(0, 10).replaceAll('-', '/')
  return `${trailFolder(trail)}${kind}/${region}/${day}/`
}

/** Under a key, who reads it is asked about the trail (docs: awscloudtrail userguide, create-kms-key-policy-for-cloudtrail). */
const attributesOf = ({ arn, kmsKeyArn }: Trail): FileAttributes => ({
  contentType: 'application/json',
  contentEncoding: 'gzip',
  encryption:
    kmsKeyArn === undefined
      ? { algorithm: 'AES256' }
      : { algorithm: 'aws:kms', keyId: kmsKeyArn, context: { 'aws:cloudtrail:arn': arn } },
})

async function deliverDigest(rooms: DeliveryRooms, trail: Trail, region: string, last: boolean): Promise<void> {
  const { state, clock, files, signing } = rooms
  const stored = deliveries(state)
  const found = stored.find(trail, region)
  if (!found?.doc.digest) return
  const { digest, ...rest } = found.doc
  const now = clock.now()
  const startedMs = Date.parse(digest.startedAt)
  const due = now.getTime() - startedMs >= DIGEST_MS
  if (!due && !(last && digest.files.length > 0)) return
  // Digests are named by the second in which they end, and no two of a chain in the same.
  const end = new Date(Math.max(now.getTime(), startedMs + 1000))
  const { file, previous } = await digestFile(signing, trail, region, digest, {
    folder: folderOf(trail, region, 'CloudTrail-Digest', end),
    attributes: attributesOf(trail),
    endsAt: eventTime(end),
  })
  const at = end.toISOString()
  requireOpen(state, trail)
  const arrivals = await files.arrive([file])
  // A chain ends with its trail's logging, or with the wish for it.
  const goesOn = trail.isValidated && !last
  const next: Delivery = goesOn ? { ...rest, digest: { startedAt: at, files: [], previous, deliveredAt: at } } : rest
  await arrivals.appear((tx) => tx.put(stored.space, stored.keyOf(trail, region), next, found.version))
}
