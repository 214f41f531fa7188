/**
 * Keys of KMS: what is told of one, what it is good for, and its material, which is kept sealed. This folder never answers
 * the material of a key, and never writes it to a log.
 */
import type { Scope } from '../catalog/catalog.ts'
import { Fault } from '../faults.ts'
import type { KeySpec, KeyUsage } from './key-specs.ts'

export interface Key {
  readonly id: string
  readonly arn: string
  readonly account: string
  /** ISO 8601, as all moments here. */
  readonly createdAt: string
  readonly description: string
  readonly spec: KeySpec
  readonly usage: KeyUsage
  /** AWS's own are made for services, and belong to nobody. */
  readonly manager: 'CUSTOMER' | 'AWS'
  readonly enabled: boolean
  /** Nothing is left of it after that. */
  readonly deletion?: { readonly at: string; readonly windowDays: number }
  readonly policy: string
  readonly rotation?: Rotation
  /** The oldest first: the last one encrypts. Only symmetric keys have several. */
  readonly materials: readonly KeyMaterial[]
}

export interface Rotation {
  readonly periodDays: number
  readonly nextAt: string
}

export interface KeyMaterial {
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly createdAt: string
  readonly sealed: string
  /** Absent of the first. */
  readonly by?: 'AUTOMATIC' | 'ON_DEMAND'
}

/** Throws as AWS words it (observed) for a key that is disabled or about to go. */
export function requireUsable(key: Key): void {
  requireKept(key)
  if (!key.enabled) throw new Fault('not-ready', 'key', `${key.arn} is disabled.`)
}

export function requireKept({ arn, deletion }: Key): void {
  if (deletion) throw new Fault('conflict', 'key', `${arn} is pending deletion.`)
}

export const materialContext = ({ arn }: Pick<Key, 'arn'>, material: string): string => `${arn} ${material}`

/** What AWS gives a key that is made without one (docs: kms developerguide, key-policy-default). */
export const defaultPolicy = (account: string): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  )

/**
 * Of a key of AWS's own: for whoever of the account may use the service, through the service alone.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-policies
 */
export const ownKeyPolicy = ({ account, region }: Scope, service: string): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Id: `auto-${service}-2`,
      Statement: [
        {
          Sid: `Allow access through ${service} for all principals in the account that are authorized to use ${service}`,
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
          Resource: '*',
          Condition: {
            StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `${service}.${region}.amazonaws.com` },
          },
        },
        {
          Sid: 'Allow direct access to key metadata to the account',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
          Resource: '*',
        },
      ],
    },
    null,
    2,
  )
