import type * as Sdk from '@aws-sdk/client-kms'
import { type Key, requireUsable } from '../../core/keys/key.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { pageOfAll } from './pages.ts'

const DAY_MS = 86_400_000
/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html: 90 to 2560 days, which the model says too. */
const DEFAULT_DAYS = 365
/** "You can perform on-demand rotation ... a maximum of 25 times per KMS key" (API_RotateKeyOnDemand). */
const MOST_ON_DEMAND = 25

export const rotationHandlers = ({ keys, clock }: Lake): Handlers<typeof Sdk> => ({
  async EnableKeyRotation(input, call) {
    const periodDays = input.RotationPeriodInDays ?? DEFAULT_DAYS
    const nextAt = new Date(clock.now().getTime() + periodDays * DAY_MS).toISOString()
    await keys.update(call, keys.get(call, input.KeyId).id, (key) => ({
      ...rotatable(key),
      rotation: { periodDays, nextAt },
    }))
    return {}
  },
  async DisableKeyRotation(input, call) {
    await keys.update(call, keys.get(call, input.KeyId).id, (key) => {
      const { rotation: _, ...rest } = rotatable(key)
      return rest
    })
    return {}
  },
  GetKeyRotationStatus(input, call) {
    const { arn, rotation } = keys.get(call, input.KeyId)
    if (!rotation) return { KeyRotationEnabled: false, KeyId: arn }
    const { periodDays, nextAt } = rotation
    return {
      KeyRotationEnabled: true,
      KeyId: arn,
      RotationPeriodInDays: periodDays,
      NextRotationDate: new Date(nextAt),
    }
  },
  async RotateKeyOnDemand(input, call) {
    const key = rotatable(keys.get(call, input.KeyId))
    if (key.materials.filter(({ by }) => by === 'ON_DEMAND').length >= MOST_ON_DEMAND)
      throw new AwsError('LimitExceededException', `${key.arn} has been rotated on demand ${MOST_ON_DEMAND} times.`)
    await keys.rotated(call, key, 'ON_DEMAND')
    return { KeyId: key.arn }
  },
  ListKeyRotations(input, call) {
    const { arn, materials } = keys.get(call, input.KeyId)
    const shown = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL' ? materials : materials.filter(({ by }) => by)
    const { items, ...page } = pageOfAll(input, shown, ({ id }) => id)
    const Rotations = items.map(({ id, createdAt, by }) => ({
      KeyId: arn,
      KeyMaterialId: id,
      ...(by && { RotationDate: new Date(createdAt), RotationType: by }),
      ...(input.IncludeKeyMaterial && {
        KeyMaterialState: id === materials.at(-1)!.id ? ('CURRENT' as const) : ('NON_CURRENT' as const),
      }),
    }))
    return { Rotations, ...page }
  },
})

function rotatable(key: Key): Key {
  requireUsable(key)
  if (key.spec === 'SYMMETRIC_DEFAULT' && key.manager === 'CUSTOMER') return key
  throw new AwsError('UnsupportedOperationException', `${key.arn} is not a symmetric key of a customer's.`)
}
