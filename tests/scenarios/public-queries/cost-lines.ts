/** Lines of a cost and usage report, with the columns that its dictionary documents (docs: cur userguide, Lineitem-columns). */
import { seededRandom } from '../../conformance/values.ts'
import { type Log, times } from './log.ts'

export interface Line {
  readonly identity_line_item_id: string
  readonly bill_payer_account_id: string
  readonly bill_billing_period_start_date: string
  readonly line_item_usage_account_id: string
  readonly line_item_line_item_type: string
  readonly line_item_usage_start_date: string
  readonly line_item_product_code: string
  readonly line_item_usage_type: string
  readonly line_item_operation: string
  readonly line_item_resource_id: string
  readonly line_item_usage_amount: number
  readonly line_item_unblended_cost: number
  readonly line_item_blended_cost: number
  readonly line_item_line_item_description: string
  readonly pricing_term: string
  readonly pricing_unit: string
  readonly pricing_public_on_demand_cost: number
  readonly product_product_name: string
  readonly product_product_family: string
  readonly product_instance_type: string
  readonly product_region: string
  readonly product_volume_api_name: string
  readonly reservation_reservation_a_r_n: string
  readonly reservation_effective_cost: number
  readonly reservation_unused_amortized_upfront_fee_for_billing_period: number
  readonly reservation_unused_recurring_fee: number
  readonly savings_plan_savings_plan_a_r_n: string
  readonly savings_plan_savings_plan_effective_cost: number
  readonly savings_plan_total_commitment_to_date: number
  readonly savings_plan_used_commitment: number
  readonly resource_tags_user_team: string
  readonly year: string
  readonly month: string
}

const random = seededRandom(113)
const PRODUCTS = [
  [
    'AmazonEC2',
    'Amazon Elastic Compute Cloud',
    'Compute Instance',
    'USE2-BoxUsage:m5.large',
    'RunInstances',
    'm5.large',
    'Hrs',
  ],
  [
    'AmazonEC2',
    'Amazon Elastic Compute Cloud',
    'Compute Instance',
    'EUW1-BoxUsage:t3a.micro',
    'RunInstances:0002',
    't3a.micro',
    'Hrs',
  ],
  ['AmazonEC2', 'Amazon Elastic Compute Cloud', 'Storage', 'EBS:VolumeUsage.gp2', 'CreateVolume-Gp2', '', 'GB-Mo'],
  ['AmazonEC2', 'Amazon Elastic Compute Cloud', 'NAT Gateway', 'NatGateway-Bytes', 'NatGateway', '', 'GB'],
  [
    'AmazonEC2',
    'Amazon Elastic Compute Cloud',
    'IP Address',
    'ElasticIP:IdleAddress',
    'AssociateAddressVPC',
    '',
    'Hrs',
  ],
  ['AmazonS3', 'Amazon Simple Storage Service', 'Storage', 'TimedStorage-ByteHrs', 'StandardStorage', '', 'GB-Mo'],
  ['AmazonS3', 'Amazon Simple Storage Service', 'Data Transfer', 'DataTransfer-Out-Bytes', 'GetObject', '', 'GB'],
  [
    'AmazonRDS',
    'Amazon Relational Database Service',
    'Database Instance',
    'InstanceUsage:db.r5.large',
    'CreateDBInstance:0016',
    'db.r5.large',
    'Hrs',
  ],
  ['AWSLambda', 'AWS Lambda', 'Serverless', 'Lambda-GB-Second', 'Invoke', '', 'Second'],
  [
    'AmazonDynamoDB',
    'Amazon DynamoDB',
    'Amazon DynamoDB PayPerRequest Throughput',
    'ReadRequestUnits',
    'PayPerRequestThroughput',
    '',
    'ReadRequestUnits',
  ],
] as const
/** Quarters and eighths: sums of them are exact in doubles, whatever their order. */
const eighths = (n: number): number => random.below(n * 8) / 8

export const lines: readonly Line[] = times(900, (i) => {
  const [code, name, family, usage, operation, instance, unit] = random.pick(PRODUCTS)
  const type =
    code === 'AmazonEC2' && instance
      ? random.pick(['Usage', 'SavingsPlanCoveredUsage', 'DiscountedUsage', 'SavingsPlanNegation', 'RIFee'])
      : random.pick(['Usage', 'Usage', 'Usage', 'Tax', 'Credit', 'Refund'])
  const month = String(7 + random.below(3))
  const cost = type === 'Credit' || type === 'SavingsPlanNegation' ? -eighths(20) : eighths(90)
  return {
    identity_line_item_id: `line${i}`,
    bill_payer_account_id: '111122223333',
    bill_billing_period_start_date: `2024-0${month}-01 00:00:00`,
    line_item_usage_account_id: random.pick(['111122223333', '444455556666', '777788889999']),
    line_item_line_item_type: type,
    line_item_usage_start_date: `2024-0${month}-${String(1 + random.below(28)).padStart(2, '0')} ${String(random.below(24)).padStart(2, '0')}:00:00`,
    line_item_product_code: code,
    line_item_usage_type: usage,
    line_item_operation: operation,
    line_item_resource_id: random.chance(0.8)
      ? `arn:aws:${code.toLowerCase()}:us-east-2:111122223333:thing/r-${random.below(30)}`
      : '',
    line_item_usage_amount: eighths(50),
    line_item_unblended_cost: cost,
    line_item_blended_cost: cost,
    line_item_line_item_description:
      family === 'Data Transfer' ? '$0.09 per GB - data transfer out' : `$0.1 per ${unit}`,
    pricing_term: type === 'DiscountedUsage' ? 'Reserved' : 'OnDemand',
    pricing_unit: unit,
    pricing_public_on_demand_cost: cost + eighths(5),
    product_product_name: name,
    product_product_family: family,
    product_instance_type: instance,
    product_region: random.pick(['us-east-2', 'eu-west-1', '']),
    product_volume_api_name: usage.endsWith('gp2') ? 'gp2' : '',
    reservation_reservation_a_r_n: ['DiscountedUsage', 'RIFee'].includes(type)
      ? `arn:aws:ec2:us-east-2:111122223333:reserved-instances/${random.below(3)}`
      : '',
    reservation_effective_cost: type === 'DiscountedUsage' ? eighths(9) : 0,
    reservation_unused_amortized_upfront_fee_for_billing_period: type === 'RIFee' ? eighths(3) : 0,
    reservation_unused_recurring_fee: type === 'RIFee' ? eighths(3) : 0,
    savings_plan_savings_plan_a_r_n: type.startsWith('SavingsPlan')
      ? 'arn:aws:savingsplans::111122223333:savingsplan/1'
      : '',
    savings_plan_savings_plan_effective_cost: type === 'SavingsPlanCoveredUsage' ? eighths(7) : 0,
    savings_plan_total_commitment_to_date: 0,
    savings_plan_used_commitment: 0,
    resource_tags_user_team: random.pick(['', 'data', 'web']),
    year: '2024',
    month,
  }
})

const typeOf = (name: string, value: unknown): string =>
  name.endsWith('_start_date') ? 'timestamp' : typeof value === 'number' ? 'double' : 'string'
const columns = Object.entries(lines[0]!)
const declared = columns.map(([name, value]) => `${name} ${typeOf(name, value)}`).join(', ')

/** The report lies as Parquet in folders by month; it is written by the engine from JSON. */
export const costStatements: Log['statements'] = [
  `CREATE EXTERNAL TABLE cost_lines (${declared}) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://logs/cost/'`,
  `CREATE TABLE cost_report WITH (format = 'PARQUET', parquet_compression = 'SNAPPY', partitioned_by = ARRAY['year', 'month'],
     external_location = 's3://logs/cost-parquet/') AS SELECT * FROM cost_lines`,
]
export const costObjects: Log['objects'] = new Map([
  ['cost/lines.json', lines.map((line) => JSON.stringify(line)).join('\n')],
])
