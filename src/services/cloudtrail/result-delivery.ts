/** Results of queries that are also delivered to a bucket, with a file that signs them. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type * as Sdk from '@aws-sdk/client-cloudtrail'
import { asFolder } from '../../core/catalog/folder-names.ts'
import { eventTime } from '../../core/events/event.ts'
import { Fault } from '../../core/faults.ts'
import type { Lake } from '../../core/lake.ts'
import type { Arrivals, FileAttributes, NewFile } from '../../core/objects/files.ts'
import { AwsError, type ServiceCall } from '../../protocol/service.ts'
import { resultKey, type StoreQueryRun } from './query-runs.ts'

export interface DeliveredResult {
  readonly status: Sdk.DeliveryStatus
  /** Of what is to appear with the end of the run. */
  readonly arrivals?: Arrivals
}

const bucketOf = (uri: string): string => uri.slice('s3://'.length).split('/', 1)[0]!

/**
 * CloudTrail writes where the bucket's policy lets it; that policy is not asked for it here. So another account's bucket is
 * refused, and one of the account's own where the caller could not write itself.
 */
export function refuseBucket({ files, access }: Lake, call: ServiceCall, uri: string): void {
  const bucket = bucketOf(uri)
  const owner = files.bucketOwner(bucket)
  if (owner === undefined) throw new Fault('not-found', 'bucket', `S3 bucket ${bucket} does not exist!`)
  const resource = `arn:aws:s3:::${asFolder(uri.slice('s3://'.length))}AWSLogs/${call.account}/CloudTrail-Lake/`
  if (owner !== call.account || !access.allows(call, { action: 's3:PutObject', resource }))
    throw new AwsError('InsufficientS3BucketPolicyException', `The policy of the bucket ${bucket} is not sufficient.`)
}

/** docs: awscloudtrail userguide, cloudtrail-query-results-validation. */
function folderOf({ id, spec }: StoreQueryRun, uri: string, at: Date): string {
  const day = at.toISOString().slice(0, 10).replaceAll('-', '/')
  return `${asFolder(uri)}AWSLogs/${spec.account}/CloudTrail-Lake/Query/${day}/${id}/`
}

const ATTRIBUTES: FileAttributes = { contentType: 'application/octet-stream', encryption: { algorithm: 'AES256' } }

/** What keeps the files from the bucket is told as the status, and leaves the query as it is. */
export async function deliverResult(lake: Lake, run: StoreQueryRun, uri: string): Promise<DeliveredResult> {
  const now = lake.clock.now()
  const folder = folderOf(run, uri, now)
  const { file, hash } = await compressed(lake, run, `${folder}result_1.csv.gz`)
  const sign = await signFile(lake, run, { uri: `${folder}result_sign.json`, hash, at: now })
  try {
    return { status: 'SUCCESS', arrivals: await lake.files.arrive([file, sign]) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { status: error.noun === 'bucket' ? 'RESOURCE_NOT_FOUND' : 'FAILED' }
  }
}

async function compressed(
  { blobs, files }: Lake,
  { id }: StoreQueryRun,
  uri: string,
): Promise<{ readonly file: NewFile; readonly hash: string }> {
  const body = await files.stage()
  const hash = createHash('sha256')
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(blobs.read(resultKey(id)), createGzip(), hashed, createWriteStream(body.localPath!))
  return { file: { uri, body, attributes: ATTRIBUTES }, hash: hash.digest('hex') }
}

/** "The data signing string consists of the hash value for each query result file separated by a space" (the page above). */
async function signFile(
  { events }: Lake,
  { spec }: StoreQueryRun,
  { uri, hash, at }: { readonly uri: string; readonly hash: string; readonly at: Date },
): Promise<NewFile> {
  const { signing } = events
  const text = JSON.stringify({
    version: '1.0',
    region: spec.region,
    files: [{ fileHashValue: hash, fileName: 'result_1.csv.gz' }],
    hashAlgorithm: 'SHA-256',
    signatureAlgorithm: 'SHA256withRSA',
    queryCompleteTime: eventTime(at),
    hashSignature: await signing.sign(spec, hash),
    publicKeyFingerprint: await signing.fingerprint(spec),
  })
  return { uri, body: Buffer.from(text), attributes: { ...ATTRIBUTES, contentType: 'application/json' } }
}
