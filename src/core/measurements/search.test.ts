/** The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExpressionError } from './expression.ts'
import type { Metric } from './measurements.ts'
import { metricSearch } from './search.ts'

const metric = (namespace: string, name: string, dimensions: Record<string, string> = {}): Metric => ({
  namespace,
  name,
  dimensions: Object.entries(dimensions),
})

const finds = (text: string, ...metrics: Metric[]): boolean[] => metrics.map(metricSearch(text))

test('a part of a name is found in any case, several parts in theirs', () => {
  const custom = metric('MyNamespace', 'CustomCount1')
  for (const term of ['count', 'Count', 'COUNT', 'CustomCount', 'Count1', 'custom', '1'])
    assert.deepEqual(finds(term, custom), [true], term)
  for (const term of ['couNT', 'customcount', 'count1', 'oun']) assert.deepEqual(finds(term, custom), [false], term)
})

test('signs part a term, whatever they are', () => {
  const both = [metric('n', 'Network-Errors-2'), metric('n', 'NetworkErrors2')]
  for (const term of ['network/errors', 'network+errors', 'network-errors', 'Network_Errors'])
    assert.deepEqual(finds(term, ...both), [true, true], term)
  assert.deepEqual(finds('"Network-Errors-2"', ...both), [true, false])
  assert.deepEqual(finds('"Network_Errors"', ...both), [false, false])
})

test('what is in quotation marks is found as it is', () => {
  const named = metric('MyNamespace', 'CustomCount1')
  assert.deepEqual(finds(' {MyNamespace}, "CustomCount1" ', named), [true])
  for (const exact of ['customcount1', 'Custom']) assert.deepEqual(finds(`{MyNamespace}, "${exact}"`, named), [false])
  const odd = metric('My Namespace', 'Custom:Name[Special_Characters', { 'Dimension@Name': 'x' })
  assert.deepEqual(finds(' {"My Namespace", "Dimension@Name"}, "Custom:Name[Special_Characters" ', odd), [true])
  const escaped = metric('n', 'Europe\\France Traffic(Network)')
  assert.deepEqual(finds(String.raw`"Europe\\France Traffic\(Network\)"`, escaped), [true])
})

test('a schema says the namespace and dimensions, a property where to look', () => {
  const instance = metric('AWS/EC2', 'CPUUtilization', { InstanceId: 'i-1', InstanceType: 't2.micro' })
  const image = metric('AWS/EC2', 'CPUUtilization', { ImageId: 'ami-1' })
  const value = metric('AWS/EC2', 'NetworkIn', { InstanceId: 'CPUUtilization' })
  assert.deepEqual(finds('{AWS/EC2,InstanceId} MetricName="CPUUtilization"', instance, image, value), [
    true,
    false,
    false,
  ])
  assert.deepEqual(finds(' "CPUUtilization" ', instance, image, value), [true, true, true])
  assert.deepEqual(finds(' InstanceType=micro ', instance, image), [true, false])
  assert.deepEqual(finds(' InstanceType="t2.micro" Namespace="AWS/EC2" ', instance), [true])
  assert.deepEqual(finds('NOT Namespace=AWS', instance, metric('Shop', 'Orders')), [false, true])
})

test('terms are all wanted, unless operators say otherwise', () => {
  const [ec2, ebs, s3] = ['AWS/EC2', 'AWS/EBS', 'AWS/S3'].map((namespace) => metric(namespace, 'DiskReadOps')) as [
    Metric,
    Metric,
    Metric,
  ]
  for (const text of ['(EC2 OR EBS) AND MetricName=ReadOps', '(EC2 OR EBS) MetricName=ReadOps'])
    assert.deepEqual(finds(text, ec2, ebs, s3), [true, true, false])
  const errors = metric('AWS/Lambda', 'Errors', { FunctionName: 'other' })
  const calls = (FunctionName: string) => metric('AWS/Lambda', 'Invocations', { FunctionName })
  assert.deepEqual(
    finds(
      '{AWS/Lambda,FunctionName} MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB))',
      errors,
      calls('load-ProjectA'),
      calls('other'),
    ),
    [true, true, false],
  )
  const [one, two] = [metric('n', 'Network', { Id: 'i-1' }), metric('n', 'Network', { Id: 'i-2' })]
  assert.deepEqual(finds('{n,Id} MetricName="Network" NOT i-1', one!, two!), [false, true])
})

test('what is no search is refused', () => {
  for (const text of [
    '',
    '{}',
    '{AWS/EC2',
    '(a',
    'a OR',
    'NOT',
    '"a',
    'a=',
    '---',
    ':aws.AccountId = "1"',
    'x '.repeat(600),
  ])
    assert.throws(() => metricSearch(text), ExpressionError, text)
})
