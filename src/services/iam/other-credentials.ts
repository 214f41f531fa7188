/**
 * Credentials of a kind that there is none of here: passwords, devices, certificates and keys of other services cannot be made,
 * and so lists of them are empty, of users who are there. Who takes a user away asks for all of them first.
 */
import type * as Sdk from '@aws-sdk/client-iam'
import { Fault } from '../../core/faults.ts'
import type { Handlers, ServiceCall } from '../../protocol/service.ts'
import { type Page, pageOf } from './paging.ts'
import type { IamRooms } from './rooms.ts'
import { ownName } from './users.ts'

interface OfUser {
  readonly UserName?: string | undefined
}

export function otherCredentialHandlers({ identities }: IamRooms): Handlers<typeof Sdk> {
  const requireUser = ({ UserName }: OfUser, call: ServiceCall): string => {
    if (UserName === undefined && call.principal.kind === 'root') return 'root'
    return identities.of(call.account).users.get(UserName ?? ownName(call)).name
  }
  const noneOf =
    <T extends object>(answer: T) =>
    (input: OfUser & Page, call: ServiceCall): T & { IsTruncated: boolean } => {
      requireUser(input, call)
      return { ...answer, ...emptyPage(input) }
    }
  const noProfile = (input: OfUser, call: ServiceCall): never => {
    throw new Fault('not-found', 'identity', `Login Profile for User ${requireUser(input, call)} cannot be found.`)
  }
  return {
    GetLoginProfile: noProfile,
    DeleteLoginProfile: noProfile,
    ListMFADevices: noneOf({ MFADevices: [] }),
    ListSSHPublicKeys: noneOf({ SSHPublicKeys: [] }),
    ListSigningCertificates: noneOf({ Certificates: [] }),
    ListServiceSpecificCredentials: noneOf({ ServiceSpecificCredentials: [] }),
    ListVirtualMFADevices: (input) => ({ VirtualMFADevices: [], ...emptyPage(input) }),
    ListServerCertificates: (input) => ({ ServerCertificateMetadataList: [], ...emptyPage(input) }),
    ListSAMLProviders: () => ({ SAMLProviderList: [] }),
  }
}

const emptyPage = (input: Page) => ({ IsTruncated: pageOf(input, []).IsTruncated })
