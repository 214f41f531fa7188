/** Where a query's results go, and how what it writes is encrypted and shared. */
import type * as Sdk from '@aws-sdk/client-athena'
import { asFolder } from '../../core/catalog/folder-names.ts'
import type { FileAttributes, Files } from '../../core/objects/files.ts'
import { invalidRequest } from './faults.ts'
import { MANAGED_FOLDER } from './managed-results.ts'
import { present } from './members.ts'

/** What holds for one query. */
export interface ResultPlace {
  /** Ends in `/`. */
  readonly outputFolder: string
  /** Where Athena keeps the result itself: then nothing else is said. */
  readonly managed?: Sdk.ManagedQueryResultsConfiguration
  readonly encryption?: Sdk.EncryptionConfiguration
  readonly expectedBucketOwner?: string
  readonly acl?: Sdk.AclConfiguration
}

/**
 * The work group's own settings if it insists (docs: athena ug, workgroups-settings-override), else what is asked for,
 * else the work group's. Throws where there is no place, and where what was asked for can not be done.
 */
export function resultPlace(
  files: Files,
  asked: Sdk.ResultConfiguration,
  configuration: Sdk.WorkGroupConfiguration,
): ResultPlace {
  const { ManagedQueryResultsConfiguration: managed, ResultConfiguration: own = {} } = configuration
  if (managed?.Enabled) {
    requireUnset(asked)
    return { outputFolder: MANAGED_FOLDER, managed }
  }
  const chosen = chosenConfiguration(asked, own, configuration)
  const encryption = checkedEncryption(chosen.EncryptionConfiguration)
  return {
    outputFolder: outputFolder(files, chosen.OutputLocation, chosen.ExpectedBucketOwner),
    encryption,
    expectedBucketOwner: chosen.ExpectedBucketOwner,
    acl: chosen.AclConfiguration,
  }
}

/** Beside managed results nothing may be said of a place, whether the work group insists or not (message as observed). */
export function requireUnset(configuration: Sdk.ResultConfiguration): void {
  if (Object.keys(present(configuration)).length > 0)
    throw invalidRequest('ManagedQueryResultsConfiguration and ResultConfiguration cannot be set together.')
}

/** A work group that insists without a place of its own leaves the place to its clients, and nothing else. */
function chosenConfiguration(
  asked: Sdk.ResultConfiguration,
  own: Sdk.ResultConfiguration,
  { EnforceWorkGroupConfiguration, EnableMinimumEncryptionConfiguration }: Sdk.WorkGroupConfiguration,
): Sdk.ResultConfiguration {
  if (EnforceWorkGroupConfiguration) return { ...own, OutputLocation: own.OutputLocation ?? asked.OutputLocation }
  const chosen = asked.OutputLocation === undefined ? { ...own, ...present(asked) } : asked
  return EnableMinimumEncryptionConfiguration
    ? { ...chosen, EncryptionConfiguration: atLeast(own.EncryptionConfiguration, asked.EncryptionConfiguration) }
    : chosen
}

/** From the lowest to the highest (docs: athena ug, workgroups-minimum-encryption). */
const LEVELS: readonly (Sdk.EncryptionOption | undefined)[] = [undefined, 'SSE_S3', 'SSE_KMS', 'CSE_KMS']

function atLeast(
  least: Sdk.EncryptionConfiguration | undefined,
  asked: Sdk.EncryptionConfiguration | undefined,
): Sdk.EncryptionConfiguration | undefined {
  if (asked === undefined) return least
  if (LEVELS.indexOf(asked.EncryptionOption) >= LEVELS.indexOf(least?.EncryptionOption)) return asked
  throw invalidRequest(
    `The encryption option ${asked.EncryptionOption} is lower than the minimum encryption ${least!.EncryptionOption} of the workgroup.`,
  )
}

function checkedEncryption(asked: Sdk.EncryptionConfiguration | undefined): Sdk.EncryptionConfiguration | undefined {
  const option = asked?.EncryptionOption
  if ((option === 'SSE_KMS' || option === 'CSE_KMS') && !asked?.KmsKey)
    throw invalidRequest(`A KMS key is required for the encryption option ${option}.`)
  return asked
}

/** What the objects that a query writes are marked with but for a key: all of them (docs: athena ug, encrypting-query-results-stored-in-s3). */
export function protectionOf({ encryption, acl }: ResultPlace): Omit<FileAttributes, 'contentType'> {
  return {
    ...(acl && { acl: 'bucket-owner-full-control' }),
    ...(encryption?.EncryptionOption === 'SSE_S3' && { encryption: { algorithm: 'AES256' } }),
  }
}

/** "If the account ID does not match the actual owner of the bucket, the call fails" (API reference, ResultConfiguration). */
function outputFolder(files: Files, location: string | undefined, expectedOwner: string | undefined): string {
  // The two blanks are Athena's own (observed).
  if (!location)
    throw invalidRequest(
      'No output location provided. You did not provide an output location for  your query results. Either specify an S3 bucket location or enable Athena managed query results in your workgroup settings.',
    )
  const bucket = s3Bucket(location)
  const owner = files.bucketOwner(bucket)
  if (owner === undefined || (expectedOwner !== undefined && owner !== expectedOwner))
    throw invalidRequest(`Unable to verify/create output bucket ${bucket}`)
  return asFolder(location)
}

/** The bucket of an output location; anything but `s3://bucket...` is refused. */
export function s3Bucket(location: string): string {
  const bucket = /^s3:\/\/([^/]+)/.exec(location)?.[1]
  if (bucket === undefined) throw invalidRequest('outputLocation is not a valid S3 path.')
  return bucket
}
