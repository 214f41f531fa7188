/** The settings of a work group: what they are at first, which there can be, how an update changes them. */
import type * as Sdk from '@aws-sdk/client-athena'
import { invalidRequest } from './faults.ts'
import { present } from './members.ts'
import { requireUnset, s3Bucket } from './result-configuration.ts'

/** As a new account's primary work group has them (observed). */
export const DEFAULTS: Sdk.WorkGroupConfiguration = {
  EnableMinimumEncryptionConfiguration: false,
  EnforceWorkGroupConfiguration: false,
  PublishCloudWatchMetricsEnabled: false,
  RequesterPaysEnabled: false,
  ResultConfiguration: {},
}

const AUTO = 'AUTO'
const CURRENT = 'Athena engine version 3'

export const ENGINE_VERSIONS: readonly Sdk.EngineVersion[] = [AUTO, CURRENT].map((SelectedEngineVersion) => ({
  SelectedEngineVersion,
  EffectiveEngineVersion: CURRENT,
}))

/** The engine version that a choice comes to; one that is not on the list is refused. */
export function engineVersion(chosen: Sdk.EngineVersion | undefined): Sdk.EngineVersion {
  const selected = chosen?.SelectedEngineVersion ?? AUTO
  const version = ENGINE_VERSIONS.find((one) => one.SelectedEngineVersion === selected)
  if (!version) throw invalidRequest(`Unsupported engine version: ${selected}`)
  return version
}

/** Throws for an engine that there is not, for a place that is none, and for what would not be done. */
export function checked(configuration: Sdk.WorkGroupConfiguration): Sdk.WorkGroupConfiguration {
  engineVersion(configuration.EngineVersion)
  const location = configuration.ResultConfiguration?.OutputLocation
  if (location !== undefined) s3Bucket(location)
  if (configuration.ManagedQueryResultsConfiguration?.Enabled) requireUnset({ OutputLocation: location })
  const unserved = [
    ['IAM Identity Center', configuration.IdentityCenterConfiguration?.EnableIdentityCenter],
    ['S3 Access Grants', configuration.QueryResultsS3AccessGrantsConfiguration?.EnableS3AccessGrants],
  ].find(([, asked]) => asked)
  if (unserved) throw invalidRequest(`${unserved[0]} can not be enabled for a workgroup here.`)
  // "Ignored on write" (API reference, WorkGroupConfiguration).
  const { SystemTableStatuses: _, ...kept } = configuration as typeof configuration & { SystemTableStatuses?: unknown }
  return kept
}

/** Every member says its new value; those called `Remove...` take one away, whatever else is said of it. */
export function updated(
  configuration: Sdk.WorkGroupConfiguration,
  updates: Sdk.WorkGroupConfigurationUpdates,
): Sdk.WorkGroupConfiguration {
  const {
    ResultConfigurationUpdates,
    ManagedQueryResultsConfigurationUpdates,
    RemoveBytesScannedCutoffPerQuery,
    RemoveCustomerContentEncryptionConfiguration,
    ...plain
  } = updates
  return present({
    ...configuration,
    ...present(plain),
    ...(RemoveBytesScannedCutoffPerQuery && { BytesScannedCutoffPerQuery: undefined }),
    ...(RemoveCustomerContentEncryptionConfiguration && { CustomerContentEncryptionConfiguration: undefined }),
    ...(ManagedQueryResultsConfigurationUpdates && {
      ManagedQueryResultsConfiguration: managedResults(
        configuration.ManagedQueryResultsConfiguration,
        ManagedQueryResultsConfigurationUpdates,
      ),
    }),
    ...(ResultConfigurationUpdates && {
      ResultConfiguration: resultConfiguration(configuration.ResultConfiguration ?? {}, ResultConfigurationUpdates),
    }),
  })
}

const managedResults = (
  current: Sdk.ManagedQueryResultsConfiguration | undefined,
  updates: Sdk.ManagedQueryResultsConfigurationUpdates,
): Sdk.ManagedQueryResultsConfiguration => ({
  Enabled: updates.Enabled ?? current?.Enabled ?? false,
  ...present({
    EncryptionConfiguration: updates.RemoveEncryptionConfiguration
      ? undefined
      : (updates.EncryptionConfiguration ?? current?.EncryptionConfiguration),
  }),
})

function resultConfiguration(
  current: Sdk.ResultConfiguration,
  updates: Sdk.ResultConfigurationUpdates,
): Sdk.ResultConfiguration {
  const next = <K extends keyof Sdk.ResultConfiguration>(name: K, removed: boolean | undefined) =>
    removed ? undefined : ((updates[name] as Sdk.ResultConfiguration[K]) ?? current[name])
  return present({
    OutputLocation: next('OutputLocation', updates.RemoveOutputLocation),
    EncryptionConfiguration: next('EncryptionConfiguration', updates.RemoveEncryptionConfiguration),
    ExpectedBucketOwner: next('ExpectedBucketOwner', updates.RemoveExpectedBucketOwner),
    AclConfiguration: next('AclConfiguration', updates.RemoveAclConfiguration),
  })
}
