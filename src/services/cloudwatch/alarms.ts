import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../core/catalog/catalog.ts'
import type { Lake } from '../../core/lake.ts'
import {
  type Alarm,
  type AlarmEvent,
  alarmKey,
  alarmSpace,
  allAlarms,
  changeState,
  historySpace,
  isComparison,
  remember,
} from '../../core/measurements/alarms.ts'
import { statistic } from '../../core/measurements/distribution.ts'
import { askMetrics, type MetricQuery } from '../../core/measurements/queries.ts'
import { addTags, eraseTags } from '../../core/resources/tags.ts'
import { AwsError, type Handlers, type ServiceCall } from '../../protocol/service.ts'
import { alarmArn } from './arns.ts'
import { checkPeriod, invalidCombination, invalidValue, metricOf, missing, pageOf } from './members.ts'
import { asFault, metricQueries } from './metric-data.ts'
import { told } from './metrics.ts'
import { tagRecord } from './tags.ts'

const LISTED_AT_ONCE = 100

export const alarmHandlers = (lake: Lake): Handlers<typeof Sdk> => ({
  async PutMetricAlarm(input, call) {
    const alarm = alarmOf(input, call, lake.clock.now())
    if (input.Metrics) await requireReckonable(lake, call, alarm)
    await lake.state.transaction((tx) => {
      const key = alarmKey(call, alarm.name)
      const last = tx.get<Alarm>(alarmSpace, key)?.doc
      // A change of what is asked leaves the state until it is asked again.
      const kept = last && { state: last.state, reason: last.reason, changedAt: last.changedAt }
      tx.put(alarmSpace, key, { ...alarm, ...kept })
      if (!last) addTags(tx, alarm.arn, tagRecord(input.Tags))
      const summary = last ? `Alarm "${alarm.name}" updated` : `Alarm "${alarm.name}" created`
      const data = JSON.stringify({ version: '1.0', type: last ? 'Update' : 'Create', updatedAlarm: alarm.given })
      remember(tx, call, { alarm: alarm.name, at: alarm.updatedAt, kind: 'ConfigurationUpdate', summary, data })
    })
    return {}
  },
  DescribeAlarms(input, call) {
    const { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, AlarmTypes = ['MetricAlarm'] } = input
    if (AlarmNames && AlarmNamePrefix !== undefined)
      throw invalidCombination('AlarmNames and AlarmNamePrefix can not be given together.')
    const found = AlarmTypes.includes('MetricAlarm')
      ? allAlarms(lake.state, call).filter(
          (alarm) =>
            (!AlarmNames || AlarmNames.includes(alarm.name)) &&
            alarm.name.startsWith(AlarmNamePrefix ?? '') &&
            (!StateValue || alarm.state === StateValue) &&
            (ActionPrefix === undefined || actionsOf(alarm).some((action) => action.startsWith(ActionPrefix))),
        )
      : []
    const { items, NextToken } = pageOf(found, input.MaxRecords ?? LISTED_AT_ONCE, input.NextToken)
    return { MetricAlarms: items.map(toldAlarm), CompositeAlarms: [], NextToken }
  },
  DescribeAlarmsForMetric(input, call) {
    const wanted = JSON.stringify(metricOf(input))
    const found = allAlarms(lake.state, call).filter(
      ({ queries, given }) =>
        queries.some(({ of }) => 'metric' in of && JSON.stringify(of.metric) === wanted) &&
        (input.Statistic === undefined || given.Statistic === input.Statistic) &&
        (input.ExtendedStatistic === undefined || given.ExtendedStatistic === input.ExtendedStatistic) &&
        (input.Period === undefined || given.Period === input.Period),
    )
    return { MetricAlarms: found.map(toldAlarm) }
  },
  DescribeAlarmHistory(input, call) {
    const all = lake.state
      .list<AlarmEvent>(historySpace, { prefix: alarmKey(call, ''), limit: 100_000 })
      .map(({ doc }) => doc)
      .filter(
        ({ alarm, kind, at }) =>
          (input.AlarmName === undefined || alarm === input.AlarmName) &&
          (input.HistoryItemType === undefined || kind === input.HistoryItemType) &&
          (!input.StartDate || at >= input.StartDate.toISOString()) &&
          (!input.EndDate || at <= input.EndDate.toISOString()),
      )
    const ordered = input.ScanBy === 'TimestampAscending' ? all : all.toReversed()
    const { items, NextToken } = pageOf(ordered, input.MaxRecords ?? LISTED_AT_ONCE, input.NextToken)
    const AlarmHistoryItems = items.map(({ alarm, at, kind, summary, data }) => ({
      AlarmName: alarm,
      AlarmType: 'MetricAlarm' as const,
      Timestamp: new Date(at),
      HistoryItemType: kind,
      HistorySummary: summary,
      HistoryData: data,
    }))
    return { AlarmHistoryItems, NextToken }
  },
  async DeleteAlarms({ AlarmNames }, call) {
    await lake.state.transaction((tx) => {
      for (const name of AlarmNames) {
        if (!tx.delete(alarmSpace, alarmKey(call, name))) continue
        eraseTags(tx, alarmArn(call, name))
      }
    })
    return {}
  },
  async SetAlarmState({ AlarmName, StateValue, StateReason, StateReasonData }, call) {
    const alarm = lake.state.get<Alarm>(alarmSpace, alarmKey(call, AlarmName))?.doc
    if (!alarm) throw new AwsError('ResourceNotFound', `Unknown alarm: ${AlarmName}`, { status: 404 })
    const verdict = { state: StateValue, reason: StateReason, reasonData: StateReasonData, at: lake.clock.now() }
    await changeState(lake.state, alarm, verdict)
    return {}
  },
  EnableAlarmActions: async ({ AlarmNames }, call) => switchActions(lake, call, AlarmNames, true),
  DisableAlarmActions: async ({ AlarmNames }, call) => switchActions(lake, call, AlarmNames, false),
})

async function switchActions({ state }: Lake, scope: Scope, names: readonly string[], on: boolean) {
  await state.transaction((tx) => {
    for (const name of names) {
      const alarm = tx.get<Alarm>(alarmSpace, alarmKey(scope, name))?.doc
      if (alarm) tx.put(alarmSpace, alarmKey(scope, name), { ...alarm, actionsEnabled: on })
    }
  })
  return {}
}

const actionsOf = ({ given }: Alarm): readonly string[] =>
  ['AlarmActions', 'OKActions', 'InsufficientDataActions'].flatMap(
    (name) => (given[name] as string[] | undefined) ?? [],
  )

type Wanted = Omit<Sdk.PutMetricAlarmCommandInput, 'EvaluationWindow' | 'EvaluationCriteria'>

function alarmOf(input: Wanted, call: ServiceCall, now: Date): Alarm {
  const name = input.AlarmName ?? ''
  const { ComparisonOperator = '', EvaluationPeriods = 1, Threshold } = input
  if (!isComparison(ComparisonOperator)) throw invalidValue('Anomaly detection is not served here.')
  if (Threshold === undefined) throw missing('The parameter Threshold is required for this comparison operator.')
  const toAlarm = input.DatapointsToAlarm ?? EvaluationPeriods
  if (toAlarm > EvaluationPeriods)
    throw invalidValue('The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods.')
  const missingData = input.TreatMissingData ?? 'missing'
  if (!['breaching', 'notBreaching', 'ignore', 'missing'].includes(missingData))
    throw invalidValue(`The value ${missingData} for parameter TreatMissingData is not supported.`)
  const { queries, returned, periodSeconds } = askedOf(input)
  if (periodSeconds * EvaluationPeriods > 7 * 86_400)
    throw invalidValue(
      'Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).',
    )
  const { Tags: _, ...given } = input
  return {
    name,
    arn: alarmArn(call, name),
    account: call.account,
    region: call.region,
    queries,
    returned,
    periodSeconds,
    periods: EvaluationPeriods,
    toAlarm,
    comparison: ComparisonOperator,
    threshold: Threshold,
    missing: missingData as Alarm['missing'],
    state: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    changedAt: now.toISOString(),
    updatedAt: now.toISOString(),
    actionsEnabled: input.ActionsEnabled ?? true,
    given,
  }
}

function askedOf(input: Wanted): Pick<Alarm, 'queries' | 'returned' | 'periodSeconds'> {
  if (input.Metrics) {
    const queries: MetricQuery[] = metricQueries(input.Metrics)
    const [returned, ...others] = input.Metrics.filter(({ ReturnData = true }) => ReturnData)
    if (!returned || others.length > 0)
      throw invalidValue('Exactly one element of the metrics list should return data.')
    const period = queries.map(({ of }) => of.periodSeconds).find((one) => one !== undefined)
    return { queries, returned: returned.Id!, periodSeconds: period ?? 60 }
  }
  const { Statistic, ExtendedStatistic, Period, MetricName, Namespace } = input
  if (!MetricName || !Namespace) throw missing('Exactly one of Metrics and MetricName must be specified.')
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    throw invalidCombination('Exactly one of Statistic and ExtendedStatistic must be specified.')
  if (Period === undefined) throw missing('The parameter Period is required.')
  const name = Statistic ?? ExtendedStatistic!
  told(() => statistic({ count: 1, sum: 0, min: 0, max: 0 }, name))
  const of = { metric: metricOf(input), statistic: name, periodSeconds: checkPeriod(Period) }
  return { queries: [{ id: 'm', of }], returned: 'm', periodSeconds: Period }
}

/** An alarm watches one series: what can not be reckoned, or yields several, is none. Asked over no time at all. */
async function requireReckonable(
  { measurements }: Lake,
  call: ServiceCall,
  { queries, returned }: Alarm,
): Promise<void> {
  const span = { fromMs: 0, untilMs: 0 }
  // "You can't create an alarm based on the SEARCH expression" (AmazonCloudWatch monitoring, search-expression-syntax's guide).
  if (queries.some(({ of }) => 'expression' in of && /\bSEARCH\s*\(/i.test(of.expression)))
    throw new AwsError('ValidationError', 'Invalid metrics list: SEARCH expressions are not supported in alarms.')
  const [reckoned] = await asFault(() => askMetrics(measurements, call, { queries, wanted: [returned] }, span))
  if (reckoned?.series.length !== 1) throw invalidValue(`The metrics of an alarm have to yield one time series.`)
}

const toldAlarm = (alarm: Alarm): Sdk.MetricAlarm => ({
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  ...((alarm.given.Metrics === undefined && { Dimensions: [] }) as object),
  ...(alarm.given as Sdk.MetricAlarm),
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  ActionsEnabled: alarm.actionsEnabled,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAt),
  StateValue: alarm.state,
  StateReason: alarm.reason,
  StateReasonData: alarm.reasonData,
  StateUpdatedTimestamp: new Date(alarm.changedAt),
  StateTransitionedTimestamp: new Date(alarm.changedAt),
})
