import type * as Sdk from '@aws-sdk/client-kms'
import { Fault } from '../../core/faults.ts'
import { type Key, requireKept } from '../../core/keys/key.ts'
import { algorithmsOf, factsOf, isKeySpec, type KeySpec, type KeyUsage } from '../../core/keys/key-specs.ts'
import type { Lake } from '../../core/lake.ts'
import type { Handlers } from '../../protocol/service.ts'
import { pageOf } from './pages.ts'
import { checkedPolicy } from './policies.ts'
import { tagRecord } from './tags.ts'

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
const WINDOW_DAYS = { least: 7, most: 30 } as const
const DAY_MS = 86_400_000

export const keyHandlers = ({ keys, clock, access }: Lake): Handlers<typeof Sdk> => ({
  async CreateKey(input, call) {
    requireOwnMaterial(input)
    const { spec, usage } = wantedKind(input)
    await keys.expire(call)
    const { Description: description = '', Policy: told, BypassPolicyLockoutSafetyCheck: bypass } = input
    const policy = told === undefined ? undefined : checkedPolicy(access, call, told, bypass)
    const tags = tagRecord(input.Tags)
    const key = await keys.create(call, { spec, usage, description, ...(policy !== undefined && { policy }), tags })
    return { KeyMetadata: metadataOf(key) }
  },
  async DescribeKey(input, call) {
    return { KeyMetadata: metadataOf(await keys.need(call, input.KeyId)) }
  },
  ListKeys(input, call) {
    const { items, ...page } = pageOf(
      input,
      (range) => keys.list(call, range),
      ({ id }) => id,
    )
    return { Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })), ...page }
  },
  async EnableKey(input, call) {
    await keys.update(call, keys.get(call, input.KeyId).id, (key) => ({ ...changeable(key), enabled: true }))
    return {}
  },
  async DisableKey(input, call) {
    await keys.update(call, keys.get(call, input.KeyId).id, (key) => ({ ...changeable(key), enabled: false }))
    return {}
  },
  async UpdateKeyDescription(input, call) {
    const { id } = keys.get(call, input.KeyId)
    await keys.update(call, id, (key) => ({ ...changeable(key), description: input.Description }))
    return {}
  },
  async ScheduleKeyDeletion(input, call) {
    const windowDays = input.PendingWindowInDays ?? WINDOW_DAYS.most
    if (windowDays < WINDOW_DAYS.least || windowDays > WINDOW_DAYS.most)
      throw invalid('PendingWindowInDays must be between 7 and 30 days.')
    const at = new Date(clock.now().getTime() + windowDays * DAY_MS)
    const key = await keys.update(call, keys.get(call, input.KeyId).id, (last) => ({
      ...changeable(last),
      deletion: { at: at.toISOString(), windowDays },
    }))
    return { KeyId: key.arn, DeletionDate: at, KeyState: 'PendingDeletion', PendingWindowInDays: windowDays }
  },
  /** It is disabled then. */
  async CancelKeyDeletion(input, call) {
    const key = await keys.update(call, keys.get(call, input.KeyId).id, ({ deletion, ...last }) => {
      if (!deletion) throw new Fault('conflict', 'key', `${last.arn} is not pending deletion.`)
      return { ...last, enabled: false }
    })
    return { KeyId: key.arn }
  },
})

export const invalid = (message: string): Fault => new Fault('invalid', 'key', message)

function changeable(key: Key): Key {
  if (key.manager === 'AWS') throw new Fault('unsupported', 'key', `${key.arn} is an AWS managed key.`)
  requireKept(key)
  return key
}

type CreateInput = Pick<Sdk.CreateKeyCommandInput, 'KeySpec' | 'CustomerMasterKeySpec' | 'KeyUsage'>

function wantedKind(input: CreateInput): { readonly spec: KeySpec; readonly usage: KeyUsage } {
  const { KeySpec, CustomerMasterKeySpec, KeyUsage } = input
  if (KeySpec && CustomerMasterKeySpec)
    throw invalid(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  if (!isKeySpec(spec)) throw new Fault('unsupported', 'key', `Keys of spec ${spec} are not made here.`)
  const usages = Object.keys(factsOf(spec)!.algorithms) as KeyUsage[]
  if (KeyUsage === undefined && spec !== 'SYMMETRIC_DEFAULT')
    throw invalid('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.')
  const usage = usages.find((one) => one === (KeyUsage ?? 'ENCRYPT_DECRYPT'))
  if (!usage) throw invalid(`KeyUsage ${KeyUsage} is not compatible with KeySpec ${spec}`)
  return { spec, usage }
}

function requireOwnMaterial({
  Origin = 'AWS_KMS',
  CustomKeyStoreId,
  XksKeyId,
  MultiRegion,
}: Sdk.CreateKeyCommandInput): void {
  if (Origin !== 'AWS_KMS' || CustomKeyStoreId !== undefined || XksKeyId !== undefined)
    throw new Fault('unsupported', 'key', 'Key material is made here: none is imported, and no other store is asked.')
  if (MultiRegion) throw new Fault('unsupported', 'key', 'Keys are not replicated to other regions here.')
}

const ALGORITHM_MEMBERS = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
} as const satisfies Record<KeyUsage, keyof Sdk.KeyMetadata>

function metadataOf(key: Key): Sdk.KeyMetadata {
  const { deletion, spec, usage } = key
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.enabled && !deletion,
    Description: key.description,
    KeyUsage: usage,
    KeyState: deletion ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled',
    ...(deletion && { DeletionDate: new Date(deletion.at), PendingDeletionWindowInDays: deletion.windowDays }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    ...(isOldSpec(spec) && { CustomerMasterKeySpec: spec }),
    KeySpec: spec,
    [ALGORITHM_MEMBERS[usage]]: [...algorithmsOf(spec, usage)],
    MultiRegion: false,
    ...(spec === 'SYMMETRIC_DEFAULT' && { CurrentKeyMaterialId: key.materials.at(-1)!.id }),
  }
}

/** The deprecated member knows no newer ones. */
const isOldSpec = (spec: KeySpec): spec is Exclude<KeySpec, 'ECC_NIST_EDWARDS25519'> => spec !== 'ECC_NIST_EDWARDS25519'
