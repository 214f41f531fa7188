import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { deliver } from '../../core/events/delivery.ts'
import { decideDelivery, trailFolderArn } from '../../core/events/trail-bucket.ts'
import {
  allTrails,
  type Delivery,
  deliveries,
  type Trail,
  trailArn,
  trailKey,
  trails,
} from '../../core/events/trails.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import { logRooms } from '../../core/logs/log-groups.ts'
import { addTags, eraseTags, tagRecord } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { usableKeyArn } from './key-arn.ts'
import { pageOf } from './pages.ts'
import { checkTrailName, findTrail, homeTrail, shadowTrails } from './trail-names.ts'

/** "Trails per Region: 5" (docs: awscloudtrail userguide, WhatIsCloudTrail-Limits). */
const MOST_TRAILS = 5
const PREFIX_MOST = 200

type Wanted = Omit<Sdk.CreateTrailCommandInput, 'Name' | 'S3BucketName' | 'TagsList'> & { S3BucketName?: string }

export const trailHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async CreateTrail(input, call) {
    const { Name: name, TagsList } = input
    checkTrailName(name)
    const kept = allTrails(lake.state, call.account).filter(({ region }) => region === call.region)
    if (kept.length >= MOST_TRAILS && !kept.some((trail) => trail.name === name))
      throw new Fault('limit', 'trail', `User: ${call.account} already has ${kept.length} trails in ${call.region}.`)
    const { account, region } = call
    const bare: Trail = {
      name,
      arn: trailArn(call, name),
      account,
      region,
      bucket: input.S3BucketName,
      ofGlobalServices: true,
      ofAllRegions: false,
      isValidated: false,
      isLogging: false,
    }
    const trail = await changed(lake, call, bare, input)
    await trails(lake.state).create(trailKey(call, name), trail, (tx) => addTags(tx, trail.arn, tagRecord(TagsList)))
    lake.events.watch.refresh()
    return describedTrail(trail)
  },
  async UpdateTrail({ Name, ...input }, call) {
    const found = homeTrail(lake, call, Name)
    const wanted = await changed(lake, call, found, input)
    const trail = await trails(lake.state).update(trailKey(found, found.name), (last) => ({
      ...wanted,
      isLogging: last.isLogging,
    }))
    lake.events.watch.refresh()
    return describedTrail(trail)
  },
  async DeleteTrail({ Name }, call) {
    const trail = homeTrail(lake, call, Name)
    if (trail.isLogging) await finish(lake, trail)
    const stored = deliveries(lake.state)
    await trails(lake.state).delete(trailKey(trail, trail.name), (tx) => {
      eraseTags(tx, trail.arn)
      tx.deleteAll(stored.space, `${trailKey(trail, trail.name)}/`)
    })
    lake.events.watch.refresh()
    return {}
  },
  DescribeTrails({ trailNameList: names = [], includeShadowTrails = true }, call) {
    const own = allTrails(lake.state, call.account).filter(({ region }) => region === call.region)
    const here = includeShadowTrails ? [...own, ...shadowTrails(lake.state, call)] : own
    const isNamed = ({ name, arn }: Trail): boolean => names.includes(name) || names.includes(arn)
    const elsewhere = names
      .filter((name) => name.startsWith('arn:') && !here.some(({ arn }) => arn === name))
      .flatMap((arn) => allTrails(lake.state, call.account).filter((trail) => trail.arn === arn))
    const found = names.length > 0 ? [...here.filter(isNamed), ...elsewhere] : here
    return { trailList: found.map(toldTrail) }
  },
  GetTrail: ({ Name }, call) => ({ Trail: toldTrail(findTrail(lake, call, Name)) }),
  ListTrails({ NextToken: token }, call) {
    const { items, next: NextToken } = pageOf(allTrails(lake.state, call.account), { most: 1000, token })
    const Trails = items.map(({ arn, name, region }) => ({ TrailARN: arn, Name: name, HomeRegion: region }))
    return { Trails, NextToken }
  },
  async StartLogging({ Name }, call) {
    const found = homeTrail(lake, call, Name)
    if (found.isLogging) return {}
    const now = lake.clock.now()
    const stored = deliveries(lake.state)
    await trails(lake.state).put(
      trailKey(found, found.name),
      { ...found, isLogging: true, startedAt: now.toISOString() },
      (tx) => {
        // What happened meanwhile is not delivered.
        for (const { key, doc } of tx.list<Delivery>(stored.space, {
          prefix: `${trailKey(found, found.name)}/`,
          limit: 1000,
        })) {
          const { place: _, digest: __, ...rest } = doc
          tx.put(stored.space, key, { ...rest, sinceMs: now.getTime() })
        }
      },
    )
    lake.events.watch.refresh()
    return {}
  },
  async StopLogging({ Name }, call) {
    const found = homeTrail(lake, call, Name)
    if (!found.isLogging) return {}
    await finish(lake, found)
    await trails(lake.state).update(trailKey(found, found.name), (trail) => ({
      ...trail,
      isLogging: false,
      stoppedAt: lake.clock.now().toISOString(),
    }))
    lake.events.watch.refresh()
    return {}
  },
  GetTrailStatus: ({ Name }, call) => statusOf(lake, findTrail(lake, call, Name)),
})

/** Delivers what is left, and a final digest; a bucket that is gone keeps nobody from stopping. */
async function finish({ state, clock, files, events }: Lake, trail: Trail): Promise<void> {
  const rooms = { state, clock, files, journal: events.journal, signing: events.signing }
  try {
    await deliver(rooms, trail, { last: true, listener: events.delivered })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
}

async function changed(lake: Lake, call: ServiceCall, trail: Trail, input: Wanted): Promise<Trail> {
  refuseUnserved(input)
  const bucket = input.S3BucketName ?? trail.bucket
  if (lake.files.bucketOwner(bucket) === undefined)
    throw new Fault('not-found', 'bucket', `S3 bucket ${bucket} does not exist!`)
  const { S3KeyPrefix: prefix = trail.prefix } = input
  if (prefix !== undefined && prefix.length > PREFIX_MOST)
    throw new AwsError('InvalidS3PrefixException', `S3 key prefix must be at most ${PREFIX_MOST} characters long.`)
  const ofAllRegions = input.IsMultiRegionTrail ?? trail.ofAllRegions
  const ofGlobalServices = input.IncludeGlobalServiceEvents ?? trail.ofGlobalServices
  if (ofAllRegions && !ofGlobalServices)
    throw new AwsError('InvalidParameterCombinationException', 'Multi-Region trail must include global service events.')
  const { kmsKeyArn: _, prefix: __, logGroupName: ___, logRoleArn: ____, ...rest } = trail
  // '' takes a key away.
  const kmsKeyArn =
    input.KmsKeyId === undefined ? trail.kmsKeyArn : await usableKeyArn(lake, call, input.KmsKeyId || undefined)
  if (input.S3BucketName !== undefined || input.S3KeyPrefix !== undefined)
    refuseClosedBucket(lake, call, { ...trail, bucket, prefix })
  return {
    ...rest,
    bucket,
    ...(prefix && { prefix }),
    ofAllRegions,
    ofGlobalServices,
    isValidated: input.EnableLogFileValidation ?? trail.isValidated,
    ...(kmsKeyArn && { kmsKeyArn }),
    ...wantedGroup(lake, call, trail, input),
  }
}

/** By the bucket's policy, or in a bucket of the account's own where the caller could write such files too. */
function refuseClosedBucket({ state, files, access }: Lake, call: ServiceCall, trail: Trail): void {
  const decision = decideDelivery(state, trail)
  if (decision.allowed) return
  const isOwn = files.bucketOwner(trail.bucket) === trail.account
  if (decision.explicit || !isOwn || !access.allows(call, { action: 's3:PutObject', resource: trailFolderArn(trail) }))
    throw new AwsError(
      'InsufficientS3BucketPolicyException',
      `Incorrect S3 bucket policy is detected for bucket: ${trail.bucket}`,
    )
}

/** '' takes the group away. */
function wantedGroup(
  { state, clock }: Lake,
  call: ServiceCall,
  { logGroupName, logRoleArn }: Trail,
  { CloudWatchLogsLogGroupArn: arn, CloudWatchLogsRoleArn: role }: Wanted,
): Pick<Trail, 'logGroupName' | 'logRoleArn'> {
  if (arn === undefined) return { ...(logGroupName && { logGroupName }), ...(logRoleArn && { logRoleArn }) }
  if (arn === '') return {}
  const name = /^arn:aws:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1]
  if (name === undefined || !logRooms(state, clock).find(call, name))
    throw new AwsError(
      'InvalidCloudWatchLogsLogGroupArnException',
      'CloudTrail cannot validate the specified log group ARN.',
    )
  return { logGroupName: name, ...(role && { logRoleArn: role }) }
}

function refuseUnserved(input: Wanted): void {
  const { IsOrganizationTrail, SnsTopicName } = input
  if (IsOrganizationTrail)
    throw new AwsError('OrganizationsNotInUseException', 'There are no organizations here: a trail is of one account.')
  if (SnsTopicName) throw new Fault('unsupported', 'trail', 'Deliveries are not told to a topic here.')
}

const describedTrail = (trail: Trail) => ({
  Name: trail.name,
  S3BucketName: trail.bucket,
  ...(trail.prefix && { S3KeyPrefix: trail.prefix }),
  IncludeGlobalServiceEvents: trail.ofGlobalServices,
  IsMultiRegionTrail: trail.ofAllRegions,
  TrailARN: trail.arn,
  LogFileValidationEnabled: trail.isValidated,
  ...(trail.kmsKeyArn && { KmsKeyId: trail.kmsKeyArn }),
  ...(trail.logGroupName && {
    CloudWatchLogsLogGroupArn: `arn:aws:logs:${trail.region}:${trail.account}:log-group:${trail.logGroupName}:*`,
  }),
  ...(trail.logRoleArn && { CloudWatchLogsRoleArn: trail.logRoleArn }),
  IsOrganizationTrail: false,
})

const toldTrail = (trail: Trail): Sdk.Trail => ({
  ...describedTrail(trail),
  HomeRegion: trail.region,
  HasCustomEventSelectors: trail.selectors !== undefined,
  HasInsightSelectors: false,
})

/** The older members say the same as texts. */
const asText = (at: string | undefined): string => (at === undefined ? '' : `${at.slice(0, 19)}Z`)
const asDate = (at: string | undefined): Date | undefined => (at === undefined ? undefined : new Date(at))

function statusOf({ state }: Lake, trail: Trail) {
  const all = deliveries(state).of(trail)
  const latest = (read: (one: Delivery) => string | undefined): string | undefined =>
    all
      .map(read)
      .filter((at) => at !== undefined)
      .toSorted()
      .at(-1)
  const delivered = latest(({ deliveredAt }) => deliveredAt)
  const attempted = latest(({ attemptedAt }) => attemptedAt)
  const error = all.find((one) => one.error !== undefined)?.error
  return {
    IsLogging: trail.isLogging,
    LatestDeliveryTime: asDate(delivered),
    LatestDeliveryError: error,
    LatestDigestDeliveryTime: asDate(latest(({ digest }) => digest?.deliveredAt)),
    StartLoggingTime: asDate(trail.startedAt),
    StopLoggingTime: asDate(trail.stoppedAt),
    LatestDeliveryAttemptTime: asText(attempted),
    LatestDeliveryAttemptSucceeded: asText(delivered),
    LatestNotificationAttemptTime: '',
    LatestNotificationAttemptSucceeded: '',
    TimeLoggingStarted: asText(trail.startedAt),
    TimeLoggingStopped: asText(trail.stoppedAt),
  }
}
