import {
  bucketIn,
  createBucket,
  deleteBucket,
  findBucket,
  listBuckets,
  putSetting,
} from '../../core/objects/buckets.ts'
import { type ObjectStore, reclaim } from '../../core/objects/store.ts'
import { abortAllIn } from '../../core/objects/uploads.ts'
import { tokenOf } from '../../core/resources/page-tokens.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { ownerOf } from './acls.ts'
import { wholeSeconds } from './attributes.ts'
import { newBucketSettings } from './bucket-settings.ts'
import type { S3Handlers } from './handlers.ts'
import { keyOf } from './listings.ts'

/** The region without a name in a location: buckets there have none (API_GetBucketLocation). */
const unnamedRegion = 'us-east-1'

export const bucketHandlers = (store: ObjectStore): S3Handlers => ({
  async CreateBucket(input, call) {
    if (input.ObjectLockEnabledForBucket) {
      throw new AwsError('NotImplemented', 'Object Lock is not implemented.', { status: 501 })
    }
    const region = regionOf(input.CreateBucketConfiguration?.LocationConstraint, call)
    const settings = newBucketSettings(input.ObjectOwnership, input.ACL)
    const name = input.Bucket
    const existing = findBucket(store, name)
    // "If you re-create an existing bucket that you already own in us-east-1, Amazon S3 returns 200 OK and resets the
    // bucket access control lists" (ErrorResponses, BucketAlreadyOwnedByYou).
    const again = existing?.account === call.account && existing.region === unnamedRegion && region === unnamedRegion
    if (again) await putSetting(store, name, 'acl', settings.acl)
    else await createBucket(store, { name, account: call.account, region }, settings)
    return { Location: region === unnamedRegion ? `/${name}` : `${call.http.origin}/${name}/` }
  },

  async DeleteBucket({ Bucket }) {
    reclaim(store, await deleteBucket(store, Bucket, (tx) => abortAllIn(tx, Bucket)))
    return {}
  },

  async HeadBucket({ Bucket }) {
    return { BucketRegion: bucketIn(store.state, Bucket).region, AccessPointAlias: false }
  },

  async ListBuckets({ Prefix, ContinuationToken, MaxBuckets, BucketRegion }, call) {
    const limit = MaxBuckets ?? 10_000
    const after = ContinuationToken && keyOf(ContinuationToken)
    const page = listBuckets(store, call.account, { prefix: Prefix, after, region: BucketRegion, limit })
    return {
      Buckets: page.buckets.map(({ name, createdAtMs, region }) => ({
        Name: name,
        CreationDate: wholeSeconds(createdAtMs),
        BucketRegion: region,
      })),
      Owner: ownerOf(call.account),
      Prefix,
      ContinuationToken: page.next && tokenOf(page.next),
    }
  },

  async GetBucketLocation({ Bucket }) {
    const { region } = bucketIn(store.state, Bucket)
    return { LocationConstraint: region === unnamedRegion ? undefined : (region as 'eu-west-1') }
  },
})

/** Throws what S3 says where the location and the endpoint's region do not go together (API_CreateBucket). */
function regionOf(constraint: string | undefined, { region }: ServiceCall): string {
  if (constraint === unnamedRegion) {
    throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      members: { LocationConstraint: constraint },
    })
  }
  const wanted = constraint === 'EU' ? 'eu-west-1' : constraint
  if (region === unnamedRegion) return wanted ?? unnamedRegion
  if (wanted !== region) {
    const what = wanted === undefined ? 'unspecified' : wanted
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The ${what} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    )
  }
  return region
}
