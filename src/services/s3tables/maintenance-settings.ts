/**
 * What is set of the maintenance of table buckets and of tables, and what counts where nothing is.
 * docs: AmazonS3 userguide, s3-table-buckets-maintenance, s3-tables-maintenance and s3-tables-considerations.
 */
import type { Scope } from '../../core/catalog/catalog.ts'
import { Fault } from '../../core/faults.ts'
import type { StateReader } from '../../core/ports.ts'
import { tableSettingsSpace } from '../../core/table-buckets/table-buckets.ts'

export interface JobSetting {
  readonly status?: string | undefined
  readonly settings?: unknown
}

export type MaintenanceSettings = Readonly<Record<string, JobSetting>>

export const BUCKET_MAINTENANCE = {
  icebergUnreferencedFileRemoval: {
    status: 'enabled',
    settings: { icebergUnreferencedFileRemoval: { unreferencedDays: 3, nonCurrentDays: 10 } },
  },
} as const
export const TABLE_MAINTENANCE = {
  icebergCompaction: {
    status: 'enabled',
    settings: { icebergCompaction: { targetFileSizeMB: 512, strategy: 'auto' } },
  },
  icebergSnapshotManagement: {
    status: 'enabled',
    settings: { icebergSnapshotManagement: { minSnapshotsToKeep: 1, maxSnapshotAgeHours: 120 } },
  },
} as const

/** What AWS's table of limits says beyond the model, which lets each be any positive number. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, readonly [least: number, most: number]>>>> = {
  icebergCompaction: { targetFileSizeMB: [64, 512] },
}

/** Throws invalid for a setting that AWS does not take. */
export function requireWithinLimits(type: string, { settings }: JobSetting): void {
  const said = (settings as Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined)?.[type] ?? {}
  for (const [name, [least, most]] of Object.entries(LIMITS[type] ?? {})) {
    const value = said[name]
    if (typeof value === 'number' && (value < least || value > most))
      throw new Fault('invalid', 'maintenance', `The value of ${name} must be between ${least} and ${most}.`)
  }
}

const DEFAULTS = { ...TABLE_MAINTENANCE, ...BUCKET_MAINTENANCE }
export type JobType = keyof typeof DEFAULTS
export const JOB_TYPES = Object.keys(DEFAULTS) as JobType[]

/** Where the settings of buckets and tables are kept, by their ids. */
export const settingsSpace = tableSettingsSpace

const keptMaintenance = (state: StateReader, scope: Scope, id: string): MaintenanceSettings | undefined =>
  state.get<MaintenanceSettings>(settingsSpace(scope), `${id}/maintenance`)?.doc

export interface EffectiveJob {
  readonly enabled: boolean
  /** Of the type's own name, with defaults for what is not said. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** Unreferenced files are the bucket's matter, the others the table's. */
export function effectiveJob(
  state: StateReader,
  scope: Scope,
  ids: { readonly bucket: string; readonly table: string },
  type: JobType,
): EffectiveJob {
  const id = type in BUCKET_MAINTENANCE ? ids.bucket : ids.table
  const kept = keptMaintenance(state, scope, id)?.[type]
  const own = (kept?.settings ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
  const standard = (DEFAULTS[type].settings as Readonly<Record<string, object>>)[type]
  const said = Object.entries(own[type] ?? {}).filter(([, value]) => value !== undefined)
  return { enabled: kept?.status !== 'disabled', settings: { ...standard, ...Object.fromEntries(said) } }
}
