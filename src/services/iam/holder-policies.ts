/** Inline and attached policies: the same operations for users, groups and roles. */
import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import {
  type HolderKind,
  inlineOf,
  withAttached,
  withInline,
  withoutAttached,
  withoutInline,
} from '../../core/identities/holders.ts'
import type { AccountIdentities } from '../../core/identities/identities.ts'
import type { Holder } from '../../core/identities/identity.ts'
import type { Shelf } from '../../core/identities/shelf.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { attachedShapes, encoded } from './shapes.ts'

const kinds = {
  User: (own: AccountIdentities) => own.users as unknown as Shelf<Holder>,
  Group: (own: AccountIdentities) => own.groups,
  Role: (own: AccountIdentities) => own.roles as unknown as Shelf<Holder>,
}

type Input = Readonly<Record<string, string>> & { readonly MaxItems?: never }

export const holderPolicyHandlers = (rooms: IamRooms): Handlers<typeof Sdk> =>
  Object.assign({}, ...(['User', 'Group', 'Role'] as const).map((kind) => handlersOf(rooms, kind)))

function handlersOf({ identities }: IamRooms, kind: keyof typeof kinds): object {
  const of = kind.toLowerCase() as HolderKind
  const name = `${kind}Name`
  const shelf = ({ account }: ServiceCall) => kinds[kind](identities.of(account))
  const nameIn = (input: Input): string => input[name]!
  return {
    async [`Put${kind}Policy`](input: Input, call: ServiceCall) {
      await shelf(call).update(nameIn(input), (holder) =>
        withInline(unlinked(holder), of, input.PolicyName!, input.PolicyDocument!),
      )
      return {}
    },
    [`Get${kind}Policy`](input: Input, call: ServiceCall) {
      const { PolicyName = '' } = input
      const text = inlineOf(shelf(call).get(nameIn(input)), of, PolicyName)
      return { [name]: nameIn(input), PolicyName, PolicyDocument: encoded(text) }
    },
    async [`Delete${kind}Policy`](input: Input, call: ServiceCall) {
      await shelf(call).update(nameIn(input), (holder) => withoutInline(unlinked(holder), of, input.PolicyName!))
      return {}
    },
    [`List${kind}Policies`](input: Input, call: ServiceCall) {
      const all = shelf(call)
        .get(nameIn(input))
        .inline.map((policy) => policy.name)
      const { items, ...page } = pageOf(input, all)
      return { PolicyNames: items, ...page }
    },
    async [`Attach${kind}Policy`](input: Input, call: ServiceCall) {
      const { PolicyArn = '' } = input
      if (!identities.of(call.account).findPolicy(PolicyArn))
        throw new Fault('not-found', 'identity', `Policy ${PolicyArn} does not exist or is not attachable.`)
      await shelf(call).update(nameIn(input), (holder) => withAttached(unlinked(holder), of, PolicyArn))
      return {}
    },
    async [`Detach${kind}Policy`](input: Input, call: ServiceCall) {
      await shelf(call).update(nameIn(input), (holder) => withoutAttached(unlinked(holder), input.PolicyArn!))
      return {}
    },
    [`ListAttached${kind}Policies`](input: Input, call: ServiceCall) {
      const own = identities.of(call.account)
      const { PathPrefix = '/' } = input
      const all = attachedShapes(own, shelf(call).get(nameIn(input))).filter(({ PolicyArn = '' }) =>
        own.findPolicy(PolicyArn)?.path.startsWith(PathPrefix),
      )
      const { items, ...page } = pageOf(input, all)
      return { AttachedPolicies: items, ...page }
    },
  }
}

/** What a service made for itself nobody else changes. */
export function unlinked<T extends Holder>(holder: T): T {
  if ('linkedService' in holder && holder.linkedService !== undefined)
    throw new Fault(
      'unsupported',
      'identity',
      `Cannot perform the operation on the protected role '${holder.name}' - this role is only modifiable by AWS`,
    )
  return holder
}
