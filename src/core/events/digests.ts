/** Digests: what was delivered, with its hashes, signed, each naming the one before it. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FileAttributes, NewFile } from '../objects/files.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { DigestChain, Trail } from './trails.ts'

const compress = promisify(gzip)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** docs: awscloudtrail userguide, cloudtrail-log-file-validation-digest-file-structure. */
export async function digestFile(
  signing: SigningKeys,
  trail: Trail,
  region: string,
  { startedAt, files, previous }: DigestChain,
  {
    folder,
    attributes,
    endsAt,
  }: { readonly folder: string; readonly attributes: FileAttributes; readonly endsAt: string },
): Promise<{ readonly file: NewFile; readonly previous: NonNullable<DigestChain['previous']> }> {
  const { account, bucket, name } = trail
  // Each region has a key of its own; validators ask the trail's home for it.
  const signer = { account, region: trail.region }
  const time = endsAt.replace(/[-:]/g, '')
  const key = `${folder}${account}_CloudTrail-Digest_${region}_${name}_${trail.region}_${time}.json.gz`
  const text = JSON.stringify({
    awsAccountId: account,
    digestStartTime: `${startedAt.slice(0, 19)}Z`,
    digestEndTime: endsAt,
    digestS3Bucket: bucket,
    digestS3Object: key,
    digestPublicKeyFingerprint: await signing.fingerprint(signer),
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime:
      files
        .map(({ newestEventTime }) => newestEventTime)
        .toSorted()
        .at(-1) ?? null,
    oldestEventTime: files.map(({ oldestEventTime }) => oldestEventTime).toSorted()[0] ?? null,
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files,
  })
  const hash = sha256(text)
  // docs: cloudtrail-log-file-custom-validation: the string that is signed.
  const signature = await signing.sign(
    signer,
    [endsAt, `${bucket}/${key}`, hash, previous?.signature ?? 'null'].join('\n'),
  )
  const metadata = { signature, 'signature-algorithm': 'SHA256withRSA' }
  return {
    file: {
      uri: `s3://${bucket}/${key}`,
      body: await compress(text),
      attributes: { ...attributes, metadata },
    },
    previous: { bucket, key, hash, signature },
  }
}
