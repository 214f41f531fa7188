/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html. What is asked of a log
 * group is asked of its ARN with `:*` behind, but for tags:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Lake } from '../../core/lake.ts'
import type { Authorization } from '../../protocol/authorization.ts'
import type { Rules, ServiceCall } from '../../protocol/service.ts'
import { groupsOfQuery } from './kept-queries.ts'
import { groupArn, nameIn, placeOf } from './members.ts'

const everything = () => '*'

interface OfGroup {
  readonly logGroupName?: string
  readonly logGroupIdentifier?: string
}

/** An identifier may be of another account or region, and is judged as it stands. */
const groupOf = (identifier: string, call: ServiceCall): string =>
  `${identifier.startsWith('arn:') ? identifier.replace(/:\*$/, '') : groupArn(call, nameIn(identifier))}:*`

const ofGroup = ({ logGroupName, logGroupIdentifier }: OfGroup, call: ServiceCall): string =>
  groupOf(logGroupIdentifier ?? logGroupName ?? '*', call)

const ofStream = ({ logStreamName, ...group }: OfGroup & { readonly logStreamName?: string }, call: ServiceCall) =>
  ofGroup(group, call).replace(/\*$/, `log-stream:${logStreamName}`)

const ofTagged = ({ resourceArn }: { readonly resourceArn: string }) => resourceArn
const ofTaggedGroup = ({ logGroupName }: { readonly logGroupName: string }, call: ServiceCall) =>
  groupArn(call, logGroupName)

export function logsAuthorization({ state }: Lake): Authorization {
  const rules: Rules<typeof Sdk> = {
    CreateLogGroup: ofGroup,
    DeleteLogGroup: ofGroup,
    DescribeLogGroups: everything,
    ListLogGroups: everything,
    PutRetentionPolicy: ofGroup,
    DeleteRetentionPolicy: ofGroup,
    CreateLogStream: ofStream,
    DeleteLogStream: ofStream,
    DescribeLogStreams: ofGroup,
    PutLogEvents: ofStream,
    GetLogEvents: ofStream,
    FilterLogEvents: ofGroup,
    GetLogRecord: ({ logRecordPointer }, call) => groupOf(placeOf(logRecordPointer)?.group ?? '*', call),
    PutMetricFilter: ofGroup,
    DeleteMetricFilter: ofGroup,
    DescribeMetricFilters: ofGroup,
    TestMetricFilter: everything,
    StartQuery: ({ logGroupName, logGroupNames = [], logGroupIdentifiers = [] }, call) =>
      [...(logGroupName === undefined ? [] : [logGroupName]), ...logGroupNames, ...logGroupIdentifiers].map((one) =>
        groupOf(one, call),
      ),
    // Whoever may not read a group may not read what a query has found in it.
    GetQueryResults: ({ queryId }, call) => groupsOfQuery(state, call, queryId).map((name) => groupOf(name, call)),
    StopQuery: everything,
    DescribeQueries: everything,
    ListTagsForResource: ofTagged,
    TagResource: ofTagged,
    UntagResource: ofTagged,
    ListTagsLogGroup: ofTaggedGroup,
    TagLogGroup: ofTaggedGroup,
    UntagLogGroup: ofTaggedGroup,
  }
  return { prefix: 'logs', rules }
}
