import type * as Sdk from '@aws-sdk/client-kms'
import type { Scope } from '../../core/catalog/catalog.ts'
import { type Key, requireKept } from '../../core/keys/key.ts'
import { type Alias, arnPrefix } from '../../core/keys/keys.ts'
import type { Lake } from '../../core/lake.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { invalid } from './keys.ts'
import { pageOf, pageOfAll } from './pages.ts'

export const aliasHandlers = ({ keys }: Lake): Handlers<typeof Sdk> => ({
  async CreateAlias(input, call) {
    requireOwnName(input.AliasName)
    await keys.createAlias(call, input.AliasName, targetOf(keys.get(call, input.TargetKeyId)).id)
    return {}
  },
  async UpdateAlias(input, call) {
    requireOwnName(input.AliasName)
    const target = targetOf(keys.get(call, input.TargetKeyId))
    const last = keys.get(call, input.AliasName)
    if (last.spec !== target.spec || last.usage !== target.usage)
      throw invalid('The current and new KMS keys of an alias must be of the same type and have the same key usage.')
    await keys.moveAlias(call, input.AliasName, target.id)
    return {}
  },
  async DeleteAlias(input, call) {
    requireOwnName(input.AliasName)
    await keys.deleteAlias(call, input.AliasName)
    return {}
  },
  ListAliases(input, call) {
    const nameOf = ({ name }: Alias): string => name
    const { items, ...page } =
      input.KeyId === undefined
        ? pageOf(input, (range) => keys.aliases(call, range), nameOf)
        : pageOfAll(input, keys.aliasesOf(call, keys.get(call, input.KeyId)), nameOf)
    return { Aliases: items.map((alias) => described(alias, call)), ...page }
  },
})

const described = ({ name, target, createdAt, changedAt }: Alias, scope: Scope) => ({
  AliasName: name,
  AliasArn: `${arnPrefix(scope)}:${name}`,
  TargetKeyId: target,
  CreationDate: new Date(createdAt),
  LastUpdatedDate: new Date(changedAt),
})

function requireOwnName(name: string): void {
  if (!name.startsWith('alias/'))
    throw invalid(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    )
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '')
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name))
    throw new AwsError('InvalidAliasNameException', 'Alias name contains characters that are not allowed')
}

function targetOf(key: Key): Key {
  requireKept(key)
  return key
}
