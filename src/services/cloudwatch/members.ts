/** How CloudWatch's inputs say what a metric is, and its errors what is wrong. */
import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Dimensions, Metric } from '../../core/measurements/measurements.ts'
import { AwsError } from '../../protocol/service.ts'

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message)
export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message)
export const missing = (message: string): AwsError => new AwsError('MissingParameter', message)

type Given = readonly { readonly Name?: string; readonly Value?: string }[]

export function dimensionsOf(given: Given = []): Dimensions {
  const pairs = given.map(({ Name = '', Value = '' }) => [Name, Value] as const)
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

export const metricOf = (of: {
  readonly Namespace?: string
  readonly MetricName?: string
  readonly Dimensions?: Given
}): Metric => ({
  namespace: of.Namespace ?? '',
  name: of.MetricName ?? '',
  dimensions: dimensionsOf(of.Dimensions),
})

export const toldMetric = ({ namespace, name, dimensions }: Metric): Sdk.Metric => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
})

/** API reference, GetMetricStatistics, `Period`: 1, 5, 10, 20, 30 or a multiple of 60. */
export function checkPeriod(period: number): number {
  if ((period >= 60 && period % 60 === 0) || [1, 5, 10, 20, 30].includes(period)) return period
  throw invalidValue('The parameter Period must be a value of 1, 5, 10, 20, 30 or a multiple of 60.')
}

/** Opaque to clients: how many came before. */
export function pageOf<T>(
  items: readonly T[],
  most: number,
  token: string | undefined,
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const told = token === undefined ? '0' : Buffer.from(token, 'base64').toString('latin1')
  const start = Number(told)
  if (!/^\d+$/.test(told) || !Number.isSafeInteger(start))
    throw new AwsError('InvalidNextToken', 'The next token is invalid.')
  const end = start + most
  const NextToken = end < items.length ? Buffer.from(String(end)).toString('base64') : undefined
  return { items: items.slice(start, end), ...(NextToken && { NextToken }) }
}
