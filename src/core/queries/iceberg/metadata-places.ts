import { Fault } from '../../faults.ts'
import { splitAddress } from '../../objects/addresses.ts'
import type { CommitContext } from './commit-steps.ts'

/** A place that metadata may be written to, or read from: in a bucket of the caller's account. */
export function requirePlace(location: string, { rooms, principal }: CommitContext): void {
  const { bucket } = splitAddress(location) ?? {}
  if (bucket === undefined) throw invalid(`Not an s3:// location: ${location}`)
  const owner = rooms.files.bucketOwner(bucket)
  if (owner === undefined) throw invalid(`There is no bucket of the location ${location}`)
  if (owner !== principal.account) throw new Fault('denied', 'bucket', `Access to ${location} is denied`)
}

const invalid = (message: string): Fault => new Fault('invalid', 'location', message)
