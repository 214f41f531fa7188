/** Lifecycle configurations: kept as given, and beside that in the terms of who applies them. */
import type { BucketLifecycleConfiguration, LifecycleRule as GivenRule, Tag } from '@aws-sdk/client-s3'
import { deleteSetting, putSetting, setting } from '../../core/objects/buckets.ts'
import type { LifecycleRule } from '../../core/objects/lifecycle.ts'
import type { ObjectStore } from '../../core/objects/store.ts'
import { AwsError } from '../../protocol/service.ts'
import { invalidArgument, malformedXml } from './faults.ts'
import type { S3Handlers } from './handlers.ts'

interface NamedRule extends LifecycleRule {
  readonly id: string
}

export interface StoredLifecycle {
  readonly rules: readonly NamedRule[]
  readonly configuration: BucketLifecycleConfiguration
  readonly transitionDefault?: 'all_storage_classes_128K' | 'varies_by_storage_class'
}

type Configuration = Partial<BucketLifecycleConfiguration>

export const lifecycleHandlers = (store: ObjectStore): S3Handlers => ({
  async GetBucketLifecycleConfiguration({ Bucket }) {
    const stored = setting<StoredLifecycle>(store, Bucket, 'lifecycle')
    if (!stored) {
      throw new AwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', {
        status: 404,
        members: { BucketName: Bucket },
      })
    }
    return {
      Rules: stored.configuration.Rules?.map(withDates),
      TransitionDefaultMinimumObjectSize: stored.transitionDefault ?? 'all_storage_classes_128K',
    }
  },
  async PutBucketLifecycleConfiguration(input) {
    const configuration = (input.LifecycleConfiguration ?? {}) as Configuration
    const given = configuration.Rules ?? []
    if (given.length === 0) throw malformedXml()
    if (given.length > 1000)
      throw new AwsError(
        'InvalidRequest',
        'The number of lifecycle rules must not exceed the allowed limit of 1000 rules',
      )
    const rules = given.map((rule, index) => ({ ...rule, ID: rule.ID || `rule-${index + 1}` }))
    if (new Set(rules.map((rule) => rule.ID)).size < rules.length) {
      throw new AwsError('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule')
    }
    const transitionDefault = input.TransitionDefaultMinimumObjectSize
    const stored = { rules: rules.map(ruleOf), configuration: { Rules: rules }, transitionDefault }
    await putSetting(store, input.Bucket, 'lifecycle', stored)
    return { TransitionDefaultMinimumObjectSize: transitionDefault ?? 'all_storage_classes_128K' }
  },
  async DeleteBucketLifecycle({ Bucket }) {
    await deleteSetting(store, Bucket, 'lifecycle')
    return {}
  },
})

/** Documents are JSON: what was a date comes back as text. */
function withDates(rule: GivenRule): GivenRule {
  const dated = <T extends { Date?: Date | undefined }>(action: T): T =>
    action.Date === undefined ? action : { ...action, Date: new Date(action.Date) }
  return {
    ...rule,
    ...(rule.Expiration && { Expiration: dated(rule.Expiration) }),
    ...(rule.Transitions && { Transitions: rule.Transitions.map(dated) }),
  }
}

const actions = [
  'Expiration',
  'Transitions',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransitions',
  'AbortIncompleteMultipartUpload',
] as const

/** Throws what S3 says of a rule that asks for nothing, or for what makes no sense. */
function ruleOf(rule: GivenRule & { readonly ID: string }): NamedRule {
  if (rule.ID.length > 255) throw new AwsError('InvalidArgument', 'ID length should not exceed allowed limit of 255')
  if (rule.Status !== 'Enabled' && rule.Status !== 'Disabled') throw malformedXml()
  if (!actions.some((action) => rule[action] !== undefined)) {
    throw new AwsError('InvalidRequest', 'At least one action needs to be specified in a rule')
  }
  const { Days, Date: date, ExpiredObjectDeleteMarker } = rule.Expiration ?? {}
  if ([Days, date, ExpiredObjectDeleteMarker].filter((said) => said !== undefined).length > 1) throw malformedXml()
  if (Days !== undefined && Days <= 0) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer", 'Days', String(Days))
  }
  if (date && date.getTime() % (24 * 60 * 60 * 1000) !== 0) {
    throw new AwsError('InvalidArgument', "'Date' must be at midnight GMT")
  }
  const old = rule.NoncurrentVersionExpiration
  return {
    id: rule.ID,
    enabled: rule.Status === 'Enabled',
    filter: filterOf(rule),
    expireAfterDays: Days,
    expireAtMs: date?.getTime(),
    expireLoneMarkers: ExpiredObjectDeleteMarker,
    expireOldVersions:
      old?.NoncurrentDays === undefined
        ? undefined
        : { afterDays: old.NoncurrentDays, keepNewest: old.NewerNoncurrentVersions },
    abortUploadsAfterDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  }
}

function filterOf({ Filter, Prefix }: GivenRule): LifecycleRule['filter'] {
  const all = Filter?.And ?? Filter
  const tags: readonly Tag[] = Filter?.And?.Tags ?? (Filter?.Tag ? [Filter.Tag] : [])
  return {
    prefix: all?.Prefix ?? Prefix ?? '',
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    largerThanBytes: all?.ObjectSizeGreaterThan,
    smallerThanBytes: all?.ObjectSizeLessThan,
  }
}
