/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslakeformation.html: the service has no resources
 * of its own, so that operations are allowed as a whole.
 */
import type * as Sdk from '@aws-sdk/client-lakeformation'
import type { Authorization } from '../../protocol/authorization.ts'
import { passedRoles } from '../../protocol/passed-roles.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'

/** Keys to the place are given out as this role. */
const placeAsRole = ({ RoleArn }: { readonly RoleArn?: string }, call: ServiceCall) => [
  '*',
  ...passedRoles(call, 'lakeformation', RoleArn),
]

const rules: Rules<typeof Sdk> = { RegisterResource: placeAsRole, UpdateResource: placeAsRole }

export const lakeFormationAuthorization: Authorization = { prefix: 'lakeformation', rules }
