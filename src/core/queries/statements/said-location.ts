/** The LOCATION of Hive's statements: a folder of S3, where all that Athena reads lies. */
import { splitAddress } from '../../objects/addresses.ts'
import { ddlTaskFailure } from '../failure.ts'

/** As it was said, or the statement fails: elsewhere, or of no place at all, nothing would ever be read. */
export function saidLocation(location: string): string {
  if (!splitAddress(location)) throw ddlTaskFailure('MetaException', `Not an s3:// location: '${location}'`)
  return location
}
