import type { Scope } from '../../core/catalog/catalog.ts'

export const alarmArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`

/** They are the account's, in all regions. */
export const dashboardArn = ({ account }: Scope, name: string): string =>
  `arn:aws:cloudwatch::${account}:dashboard/${name}`
