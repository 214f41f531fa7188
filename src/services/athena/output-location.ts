import type { Files } from '../../core/objects/files.ts'
import { invalidRequest } from './faults.ts'

/** Where a query's results go, as a folder. */
export function outputFolder(files: Files, location: string | undefined): string {
  if (!location)
    throw invalidRequest(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    )
  const bucket = s3Bucket(location)
  if (!files.hasBucket(bucket)) throw invalidRequest(`Unable to verify/create output bucket ${bucket}`)
  return location.replace(/\/*$/, '/')
}

/** The bucket of an output location; anything but `s3://bucket...` is refused. */
export function s3Bucket(location: string): string {
  const bucket = /^s3:\/\/([^/]+)/.exec(location)?.[1]
  if (bucket === undefined) throw invalidRequest('outputLocation is not a valid S3 path.')
  return bucket
}
