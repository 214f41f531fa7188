/** Dashboards are kept and listed: they are drawn by whoever reads them. */
import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import { type Collection, collection } from '../../core/resources/collection.ts'
import { AwsError, type Handlers } from '../../protocol/service.ts'
import { dashboardArn } from './arns.ts'
import { pageOf } from './members.ts'

interface Dashboard {
  readonly name: string
  readonly body: string
  readonly changedAt: string
}

const LISTED_AT_ONCE = 1000

/** They are the account's, in all regions. */
const dashboards = ({ state }: Lake, { account }: Scope): Collection<Dashboard> =>
  collection<Dashboard>(state, `cloudwatch/dashboards/${account}`, {
    noun: 'dashboard',
    missing: (name) => `Dashboard ${name} does not exist`,
    exists: (name) => `Dashboard ${name} exists`,
  })

export const dashboardHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async PutDashboard({ DashboardName: name, DashboardBody: body }, call) {
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
      throw new AwsError(
        'InvalidParameterInput',
        `The value ${name} for field DashboardName contains invalid characters.`,
      )
    if (!isObject(body))
      throw new AwsError('InvalidParameterInput', 'The field DashboardBody must be a valid JSON object')
    await dashboards(lake, call).put(name, { name, body, changedAt: lake.clock.now().toISOString() })
    return { DashboardValidationMessages: [] }
  },
  GetDashboard({ DashboardName }, call) {
    const { name, body } = dashboards(lake, call).get(DashboardName)
    return { DashboardArn: dashboardArn(call, name), DashboardName: name, DashboardBody: body }
  },
  ListDashboards({ DashboardNamePrefix = '', NextToken: token }, call) {
    const all = dashboards(lake, call)
      .list({ limit: 10_000 })
      .map(({ doc }) => doc)
      .filter(({ name }) => name.startsWith(DashboardNamePrefix))
    const { items, NextToken } = pageOf(all, LISTED_AT_ONCE, token)
    const DashboardEntries = items.map(({ name, body, changedAt }) => ({
      DashboardName: name,
      DashboardArn: dashboardArn(call, name),
      LastModified: new Date(changedAt),
      Size: Buffer.byteLength(body),
    }))
    return { DashboardEntries, NextToken }
  },
  async DeleteDashboards({ DashboardNames }, call) {
    const kept = dashboards(lake, call)
    for (const name of DashboardNames) kept.get(name)
    for (const name of DashboardNames) await kept.delete(name)
    return {}
  },
})

function isObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false // Not JSON.
  }
}
