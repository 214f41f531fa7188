/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Authorization } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'
import { alarmArn, dashboardArn } from './arns.ts'

const everything = () => '*'
const alarms = (names: readonly string[] | undefined, call: ServiceCall): string[] =>
  (names ?? ['*']).map((name) => alarmArn(call, name))
const ofAlarms = ({ AlarmNames }: { readonly AlarmNames?: readonly string[] }, call: ServiceCall) =>
  alarms(AlarmNames, call)
const ofDashboard = ({ DashboardName }: { readonly DashboardName: string }, call: ServiceCall) =>
  dashboardArn(call, DashboardName)
const ofTagged = ({ ResourceARN }: { readonly ResourceARN: string }) => ResourceARN

const rules: Rules<typeof Sdk> = {
  PutMetricAlarm: ({ AlarmName, AlarmActions = [], OKActions = [], InsufficientDataActions = [] }, call) => ({
    resource: alarmArn(call, AlarmName),
    context: { 'cloudwatch:alarmactions': [...AlarmActions, ...OKActions, ...InsufficientDataActions] },
  }),
  DeleteAlarms: ofAlarms,
  DescribeAlarms: ofAlarms,
  DescribeAlarmHistory: ({ AlarmName }, call) => alarmArn(call, AlarmName ?? '*'),
  DescribeAlarmsForMetric: everything,
  EnableAlarmActions: ofAlarms,
  DisableAlarmActions: ofAlarms,
  SetAlarmState: ({ AlarmName }, call) => alarmArn(call, AlarmName),
  PutDashboard: ofDashboard,
  GetDashboard: ofDashboard,
  DeleteDashboards: ({ DashboardNames }, call) => DashboardNames.map((name) => dashboardArn(call, name)),
  ListDashboards: everything,
  PutMetricData: ({ Namespace }) => ({ resource: '*', context: { 'cloudwatch:namespace': Namespace } }),
  GetMetricData: everything,
  GetMetricStatistics: everything,
  ListMetrics: everything,
  ListTagsForResource: ofTagged,
  TagResource: ofTagged,
  UntagResource: ofTagged,
}

export const cloudWatchAuthorization: Authorization = { prefix: 'cloudwatch', rules }
