import type * as Sdk from '@aws-sdk/client-iam'
import type { Handlers } from '../../protocol/service.ts'
import { accessKeyHandlers } from './access-keys.ts'
import { accountHandlers } from './account.ts'
import { accountSettingHandlers } from './account-settings.ts'
import { boundaryHandlers } from './boundaries.ts'
import { credentialReportHandlers } from './credential-reports.ts'
import { groupHandlers } from './groups.ts'
import { holderPolicyHandlers } from './holder-policies.ts'
import { instanceProfileHandlers } from './instance-profiles.ts'
import { lastAccessedHandlers } from './last-accessed.ts'
import { oidcHandlers } from './oidc-providers.ts'
import { otherCredentialHandlers } from './other-credentials.ts'
import { policyHandlers } from './policies.ts'
import { roleHandlers } from './roles.ts'
import type { IamRooms } from './rooms.ts'
import { simulationHandlers } from './simulation.ts'
import { tagHandlers } from './tags.ts'
import { userHandlers } from './users.ts'

export const iamHandlers = (rooms: IamRooms): Handlers<typeof Sdk> => ({
  ...userHandlers(rooms),
  ...groupHandlers(rooms),
  ...roleHandlers(rooms),
  ...policyHandlers(rooms),
  ...holderPolicyHandlers(rooms),
  ...boundaryHandlers(rooms),
  ...accessKeyHandlers(rooms),
  ...instanceProfileHandlers(rooms),
  ...oidcHandlers(rooms),
  ...tagHandlers(rooms),
  ...accountHandlers(rooms),
  ...accountSettingHandlers(rooms),
  ...credentialReportHandlers(rooms),
  ...lastAccessedHandlers(rooms),
  ...otherCredentialHandlers(rooms),
  ...simulationHandlers(rooms),
})
