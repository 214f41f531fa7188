/**
 * A secret as it is kept: what is told of it, and its versions, whose values are sealed. This folder never writes a value to
 * a log, and never answers one but to who asks for it.
 */
import { Fault } from '../faults.ts'

export interface Secret {
  readonly arn: string
  readonly name: string
  readonly description?: string
  readonly kmsKeyId?: string
  /** ISO 8601, all of them. */
  readonly createdAt: string
  readonly changedAt: string
  /** A day. */
  readonly accessedAt?: string
  /** When its deletion was asked for, and after when nothing is left of it. */
  readonly deletedAt?: string
  readonly goneAfter?: string
  readonly policy?: string
  /** The oldest first. */
  readonly versions: readonly SecretVersion[]
}

export interface SecretVersion {
  readonly id: string
  readonly createdAt: string
  /** Labels, each on one version at most. One without any is deprecated. */
  readonly stages: readonly string[]
  readonly kind: 'string' | 'binary'
  readonly sealed: string
  /** Sealed by a key of KMS, which the bytes themselves tell. */
  readonly byKey?: true
}

export const CURRENT = 'AWSCURRENT'
const PREVIOUS = 'AWSPREVIOUS'
/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html: "Versions in a secret: ~100". */
const MOST_VERSIONS = 100

/** With a version that carries the labels, which no other carries any more; the last current one becomes the previous. */
export function withVersion(
  versions: readonly SecretVersion[],
  version: Omit<SecretVersion, 'stages'>,
  stages: readonly string[],
): readonly SecretVersion[] {
  const all = [...versions, { ...version, stages: [] }]
  const moved = stages.reduce<readonly SecretVersion[]>((so, stage) => withStage(so, stage, version.id), all)
  const surplus = moved.length - MOST_VERSIONS
  if (surplus <= 0) return moved
  const deprecated = new Set(moved.filter((one) => one.stages.length === 0).slice(0, surplus))
  return moved.filter((one) => !deprecated.has(one))
}

/** The label is on the version, or on none where none is named. */
export function withStage(
  versions: readonly SecretVersion[],
  stage: string,
  id: string | undefined,
): readonly SecretVersion[] {
  const last = versions.find(({ stages }) => stages.includes(stage))
  if (last?.id === id) return versions
  const moved = versions.map((version) => ({
    ...version,
    stages: [...version.stages.filter((one) => one !== stage), ...(version.id === id ? [stage] : [])],
  }))
  return stage === CURRENT && last && id !== undefined ? withStage(moved, PREVIOUS, last.id) : moved
}

/** By id, by label, or by both; the current one unless told otherwise. Throws as AWS words it (observed). */
export function versionOf({ versions }: Secret, id?: string, stage?: string): SecretVersion {
  const label = stage ?? (id === undefined ? CURRENT : undefined)
  const found = versions.find((one) => (id === undefined ? one.stages.includes(label!) : one.id === id))
  if (!found) {
    const what = id === undefined ? `staging label: ${label}` : `VersionId: ${id}`
    throw new Fault('not-found', 'secret', `Secrets Manager can't find the specified secret value for ${what}`)
  }
  if (label !== undefined && !found.stages.includes(label))
    throw new Fault(
      'conflict',
      'secret',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    )
  return found
}
