/**
 * Whether the policy of a bucket lets CloudTrail put a trail's files there. Policies of buckets name the trail or its account,
 * so that nobody has CloudTrail write into a bucket that others have opened to it for trails of their own:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
import { policiesOf } from '../access/resource-sides.ts'
import { Fault } from '../faults.ts'
import { type Bucket, bucketPolicy } from '../objects/buckets.ts'
import { spaces } from '../objects/object.ts'
import { type Decision, decide } from '../policies/evaluation.ts'
import type { StateReader } from '../ports.ts'
import type { Trail } from './trails.ts'

const SERVICE = 'cloudtrail.amazonaws.com'

/** Where a trail's files lie, in its bucket. */
export const trailFolder = ({ prefix, account }: Pick<Trail, 'prefix' | 'account'>): string =>
  `${prefix ? `${prefix}/` : ''}AWSLogs/${account}/`

export const trailFolderArn = (trail: Pick<Trail, 'bucket' | 'prefix' | 'account'>): string =>
  `arn:aws:s3:::${trail.bucket}/${trailFolder(trail)}`

/** What the bucket's own policy says; a bucket without one says nothing. */
export function decideDelivery(state: StateReader, trail: Trail): Decision {
  const owner = ownerOf(state, trail)
  const context = new Map([
    ['aws:sourcearn', trail.arn],
    ['aws:sourceaccount', trail.account],
    ['aws:principalisawsservice', 'true'],
    ['aws:principalservicename', SERVICE],
    ['aws:resourceaccount', owner],
    ['s3:resourceaccount', owner],
    ['aws:securetransport', 'true'],
    ['s3:x-amz-acl', 'bucket-owner-full-control'],
  ])
  const asker = { kind: 'service', arn: '', account: '', service: SERVICE } as const
  const request = { action: 's3:PutObject', resource: trailFolderArn(trail), asker, context }
  return decide(request, { identity: [] }, { account: owner, policies: policiesOf(bucketPolicy(state, trail.bucket)) })
}

/** A bucket of the trail's own account takes its files unless it denies them; one of another account once it allows them. */
export function requireOpen(state: StateReader, trail: Trail): void {
  const decision = decideDelivery(state, trail)
  if (decision.allowed || (!decision.explicit && ownerOf(state, trail) === trail.account)) return
  throw new Fault('denied', 'policy', 'AccessDenied')
}

/** A bucket that is gone is for the delivery to find out. */
const ownerOf = (state: StateReader, { bucket, account }: Trail): string =>
  state.get<Bucket>(spaces.buckets, bucket)?.doc.account ?? account
