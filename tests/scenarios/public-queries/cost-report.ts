/** Questions to the cost and usage report. */
import { costObjects, costStatements, type Line, lines } from './cost-lines.ts'
import { distinct, grouped, type Log, query, type Row, sum, top } from './log.ts'

const LIBRARY = 'awslabs/aws-well-architected-labs: 300_CUR_Queries'
const DASHBOARDS = 'aws-samples/aws-cudos-framework-deployment: queries'
const PENNY = 'road-to-finops/Penny: Athena_Queries'
const GUIDE = 'CUR user guide: cur-query-athena'

/** As Java writes doubles of this size. */
const double = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))
const cost = (rows: readonly Line[]) => double(sum(rows, (l) => l.line_item_unblended_cost))
const usage = (rows: readonly Line[]) => double(sum(rows, (l) => l.line_item_usage_amount))
const of = (...codes: string[]) => lines.filter((l) => codes.includes(l.line_item_product_code))
const typed = (...types: string[]) => lines.filter((l) => types.includes(l.line_item_line_item_type))
const day = (l: Line) => l.line_item_usage_start_date.slice(0, 10)
const costs = (rows: readonly Line[], key: (l: Line) => Row): Row[] => grouped(rows, key, (members) => [cost(members)])
const hasInstance = (l: Line) => l.product_instance_type !== ''

function amortized(l: Line): number {
  switch (l.line_item_line_item_type) {
    case 'SavingsPlanCoveredUsage':
      return l.savings_plan_savings_plan_effective_cost
    case 'SavingsPlanNegation':
      return 0
    case 'DiscountedUsage':
      return l.reservation_effective_cost
    case 'RIFee':
      return l.reservation_unused_amortized_upfront_fee_for_billing_period + l.reservation_unused_recurring_fee
    default:
      return l.line_item_unblended_cost
  }
}
const AMORTIZED = `SUM(CASE
    WHEN (line_item_line_item_type = 'SavingsPlanCoveredUsage') THEN savings_plan_savings_plan_effective_cost
    WHEN (line_item_line_item_type = 'SavingsPlanRecurringFee') THEN (savings_plan_total_commitment_to_date - savings_plan_used_commitment)
    WHEN (line_item_line_item_type IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee')) THEN 0
    WHEN (line_item_line_item_type = 'DiscountedUsage') THEN reservation_effective_cost
    WHEN (line_item_line_item_type = 'RIFee') THEN (reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee)
    WHEN ((line_item_line_item_type = 'Fee') AND (reservation_reservation_a_r_n <> '')) THEN 0
    ELSE line_item_unblended_cost END)`
const Q3 = `year = '2024' AND (month BETWEEN '7' AND '9' OR month BETWEEN '07' AND '09')`

export const costReport: Log = {
  name: 'cost_report',
  statements: costStatements,
  objects: costObjects,
  queries: [
    query(
      GUIDE,
      `SELECT line_item_product_code, sum(line_item_blended_cost) AS cost, month FROM cost_report WHERE year='2024' GROUP BY line_item_product_code, month HAVING sum(line_item_blended_cost) > 0 ORDER BY line_item_product_code`,
      () =>
        costs(lines, (l) => [l.line_item_product_code, l.month])
          .filter((row) => Number(row[2]) > 0)
          .map(([code, month, n]) => [code!, n!, month!]),
    ),
    query(GUIDE, `SELECT DISTINCT line_item_usage_account_id FROM cost_report`, () =>
      distinct(lines.map((l) => l.line_item_usage_account_id)).map((id) => [id]),
    ),
    query(GUIDE, `SELECT * FROM cost_report WHERE month = '8' ORDER BY line_item_unblended_cost DESC LIMIT 10`),
    query(
      LIBRARY,
      `SELECT bill_payer_account_id, line_item_usage_account_id, DATE_FORMAT((line_item_usage_start_date),'%Y-%m-01') AS month_start,
         SUM(line_item_unblended_cost) AS sum_cost, ${AMORTIZED} AS amortized_cost FROM cost_report WHERE ${Q3}
         AND line_item_line_item_type NOT IN ('Tax','Credit','Refund') GROUP BY bill_payer_account_id, line_item_usage_account_id, 3 ORDER BY month_start ASC, sum_cost DESC`,
      () =>
        grouped(
          lines.filter((l) => !['Tax', 'Credit', 'Refund'].includes(l.line_item_line_item_type)),
          (l) => [l.bill_payer_account_id, l.line_item_usage_account_id, `${day(l).slice(0, 8)}01`],
          (rows) => [cost(rows), double(sum(rows, amortized))],
        ),
    ),
    query(
      LIBRARY,
      `SELECT month, SPLIT_PART(line_item_resource_id, 'thing/', 2) as resource, (CASE WHEN line_item_line_item_type LIKE '%Fee' THEN 'Reserved' WHEN line_item_line_item_type = 'DiscountedUsage' THEN 'Reserved' ELSE 'Usage' END) as purchase,
         SUM(CAST(line_item_usage_amount AS double)) as amount, SUM(CAST(line_item_blended_cost AS decimal(16,8))) AS cost
       FROM cost_report WHERE ${Q3} AND line_item_product_code = 'AmazonDynamoDB' AND line_item_line_item_type NOT IN ('Tax','Credit','Refund','EdpDiscount')
       GROUP BY month, line_item_resource_id, line_item_line_item_type ORDER BY cost DESC`,
      () =>
        grouped(
          of('AmazonDynamoDB').filter((l) => l.line_item_line_item_type === 'Usage'),
          (l) => [l.month, l.line_item_resource_id.split('thing/')[1] ?? null, 'Usage'],
          (rows) => [usage(rows), sum(rows, (l) => l.line_item_blended_cost).toFixed(8)],
        ),
    ),
    query(
      LIBRARY,
      `SELECT DATE_FORMAT((line_item_usage_start_date),'%Y-%m-%d') AS day, CASE WHEN line_item_line_item_type IN ('Usage') THEN 'OnDemand' WHEN line_item_line_item_type IN ('Fee','RIFee','DiscountedUsage') THEN 'ReservedInstance' END AS kind,
         SPLIT_PART(SPLIT_PART(reservation_reservation_a_r_n,':',6),'/',2) AS lease, SPLIT_PART(line_item_usage_type ,':',2) AS instance,
         SPLIT_PART(SPLIT_PART(line_item_usage_type ,':',2), '.', 1) AS family, CASE product_region WHEN NULL THEN 'Global' WHEN '' THEN 'Global' ELSE product_region END as region,
         SUM(TRY_CAST(line_item_usage_amount AS double)) AS amount FROM cost_report WHERE ${Q3} AND product_product_name = 'Amazon Elastic Compute Cloud'
         AND line_item_operation LIKE '%%RunInstance%%' AND line_item_line_item_type IN ('Usage','Fee','RIFee','DiscountedUsage') AND product_product_family NOT IN ('Data Transfer')
       GROUP BY 1, 2, 3, 4, 5, 6`,
      () =>
        grouped(
          lines.filter(
            (l) =>
              hasInstance(l) &&
              l.line_item_product_code === 'AmazonEC2' &&
              ['Usage', 'RIFee', 'DiscountedUsage'].includes(l.line_item_line_item_type),
          ),
          (l) => [
            day(l),
            l.line_item_line_item_type === 'Usage' ? 'OnDemand' : 'ReservedInstance',
            l.reservation_reservation_a_r_n.split('/')[1] ?? null,
            l.product_instance_type,
            l.product_instance_type.split('.')[0]!,
            l.product_region || 'Global',
          ],
          (rows) => [usage(rows)],
        ),
    ),
    query(
      LIBRARY,
      `SELECT CONCAT(product_product_family,' - ',line_item_operation) AS what, SUM(CAST(line_item_unblended_cost AS decimal(16,8))) AS cost FROM cost_report WHERE ${Q3} AND product_product_name = 'AWS Lambda' GROUP BY CONCAT(product_product_family,' - ',line_item_operation)`,
      () => [['Serverless - Invoke', sum(of('AWSLambda'), (l) => l.line_item_unblended_cost).toFixed(8)]],
    ),
    query(
      LIBRARY,
      `SELECT * FROM (SELECT line_item_resource_id, sum(line_item_usage_amount) AS gb, sum(line_item_unblended_cost) AS cost, sum(line_item_usage_amount)*.088 AS gp3_price FROM cost_report
         WHERE ${Q3} AND line_item_usage_type LIKE '%%EBS%%Volume%%' AND product_volume_api_name = 'gp2' AND line_item_line_item_type = ('Usage') GROUP BY line_item_resource_id ORDER BY cost DESC) WHERE gb < 1000`,
    ),
    query(
      LIBRARY,
      `SELECT line_item_usage_account_id, line_item_usage_type, SUM(line_item_usage_amount), SUM(line_item_unblended_cost) AS cost FROM cost_report
       WHERE line_item_product_code = 'AmazonEC2' AND line_item_usage_type LIKE '%ElasticIP:IdleAddress%' GROUP BY 1, 2 ORDER BY cost DESC`,
      () =>
        grouped(
          lines.filter((l) => l.line_item_usage_type === 'ElasticIP:IdleAddress'),
          (l) => [l.line_item_usage_account_id, l.line_item_usage_type],
          (rows) => [usage(rows), cost(rows)],
        ),
    ),
    query(
      LIBRARY,
      `SELECT line_item_resource_id, sum(line_item_unblended_cost) FROM cost_report WHERE ${Q3} AND line_item_line_item_description LIKE '%data transfer%' GROUP BY line_item_resource_id`,
      () =>
        costs(
          lines.filter((l) => l.line_item_line_item_description.includes('data transfer')),
          (l) => [l.line_item_resource_id],
        ),
    ),
    query(
      LIBRARY,
      `SELECT split_part(line_item_resource_id, ':', 6) AS nat, sum(line_item_usage_amount) AS gb FROM cost_report WHERE product_product_family = 'NAT Gateway' AND line_item_line_item_type = 'Usage' GROUP BY 1 HAVING sum(line_item_usage_amount) > 20`,
      () =>
        grouped(
          typed('Usage').filter((l) => l.product_product_family === 'NAT Gateway'),
          (l) => [l.line_item_resource_id ? l.line_item_resource_id.split(':')[5]! : null],
          (rows) => [usage(rows)],
        ).filter((row) => Number(row[1]) > 20),
    ),
    query(
      LIBRARY,
      `SELECT product_instance_type, regexp_extract(product_instance_type, '^([a-z]+)([0-9]+)([a-z0-9-]*)(\\.)(.+)', 1) AS series, regexp_extract(product_instance_type, '^([a-z]+)([0-9]+)([a-z0-9-]*)(\\.)(.+)', 3) AS options FROM cost_report WHERE line_item_product_code = 'AmazonEC2' AND product_instance_type <> '' GROUP BY 1, 2, 3`,
      () => [
        ['m5.large', 'm', ''],
        ['t3a.micro', 't', 'a'],
      ],
    ),
    query(
      LIBRARY,
      `SELECT month, sum(CASE WHEN line_item_line_item_type = 'Usage' THEN line_item_usage_amount ELSE 0 END) AS on_demand, sum(CASE WHEN pricing_term = 'Reserved' THEN line_item_usage_amount ELSE 0 END) AS reserved FROM cost_report WHERE line_item_operation LIKE '%RunInstances%' GROUP BY month`,
      () =>
        grouped(
          lines.filter((l) => l.line_item_operation.includes('RunInstances')),
          (l) => [l.month],
          (rows) => [
            usage(rows.filter((l) => l.line_item_line_item_type === 'Usage')),
            usage(rows.filter((l) => l.pricing_term === 'Reserved')),
          ],
        ),
    ),
    query(
      PENNY,
      `select line_item_product_code, round(sum("line_item_blended_cost"),2) as cost from "db"."cost_report" where month = CAST((month(timestamp '2024-09-15 00:00:00')-1) AS VARCHAR) and line_item_usage_account_id like '4444%' group by line_item_product_code, resource_tags_user_team`,
    ),
    query(
      PENNY,
      `SELECT product_region AS region, product_product_name AS service, round(sum(line_item_blended_cost),0) AS cost, count(*) AS records FROM cost_report WHERE line_item_usage_start_date >= timestamp '2024-08-01 00:00:00' GROUP BY 1, 2 ORDER BY 3 DESC`,
    ),
    query(
      PENNY,
      `SELECT coalesce(nullif(resource_tags_user_team, ''), 'untagged') AS team, sum(line_item_unblended_cost) FROM cost_report GROUP BY 1`,
      () => costs(lines, (l) => [l.resource_tags_user_team || 'untagged']),
    ),
    query(
      PENNY,
      `SELECT day, sum(cost) OVER (ORDER BY day) AS running FROM (SELECT date_trunc('day', line_item_usage_start_date) AS day, sum(line_item_unblended_cost) AS cost FROM cost_report WHERE month = '7' GROUP BY 1)`,
      () => {
        const july = lines.filter((l) => l.month === '7')
        return distinct(july.map(day)).map((date) => [`${date} 00:00:00.000`, cost(july.filter((l) => day(l) <= date))])
      },
    ),
    query(
      PENNY,
      `SELECT month, code, cost FROM (SELECT month, line_item_product_code AS code, sum(line_item_unblended_cost) AS cost, rank() OVER (PARTITION BY month ORDER BY sum(line_item_unblended_cost) DESC) AS place FROM cost_report GROUP BY 1, 2) WHERE place <= 2`,
      () =>
        ['7', '8', '9'].flatMap((month) =>
          top(
            costs(
              lines.filter((l) => l.month === month),
              (l) => [l.month, l.line_item_product_code],
            ),
            2,
            2,
          ),
        ),
    ),
    query(
      PENNY,
      `WITH months AS (SELECT month, sum(line_item_unblended_cost) AS cost FROM cost_report GROUP BY month) SELECT a.month, a.cost - b.cost AS change FROM months a JOIN months b ON CAST(a.month AS integer) = CAST(b.month AS integer) + 1`,
      () =>
        ['8', '9'].map((month) => {
          const total = (m: string) =>
            sum(
              lines.filter((l) => l.month === m),
              (l) => l.line_item_unblended_cost,
            )
          return [month, double(total(month) - total(String(Number(month) - 1)))]
        }),
    ),
    query(
      PENNY,
      `SELECT approx_distinct(line_item_resource_id) > 0, count(DISTINCT line_item_resource_id) FROM cost_report WHERE line_item_resource_id <> ''`,
      () => [['true', distinct(lines.map((l) => l.line_item_resource_id)).length - 1]],
    ),
    query(
      DASHBOARDS,
      `SELECT date_trunc('day', "line_item_usage_start_date") "usage_date", CASE WHEN ("line_item_usage_type" LIKE '%BoxUsage%') THEN 'Instance' WHEN ("line_item_usage_type" LIKE '%EBS%') THEN 'Volume' ELSE 'Other' END "charge", sum("line_item_unblended_cost") "cost" FROM cost_report WHERE (("bill_billing_period_start_date" >= ("date_trunc"('month', timestamp '2024-09-20 00:00:00') - INTERVAL  '2' MONTH)) AND (CAST("concat"("year", '-', "month", '-01') AS date) >= ("date_trunc"('month', date '2024-09-20') - INTERVAL  '2' MONTH))) GROUP BY 1, 2`,
      () =>
        costs(lines, (l) => [
          `${day(l)} 00:00:00.000`,
          l.line_item_usage_type.includes('BoxUsage')
            ? 'Instance'
            : l.line_item_usage_type.includes('EBS')
              ? 'Volume'
              : 'Other',
        ]),
    ),
    query(
      DASHBOARDS,
      `SELECT "line_item_usage_account_id" "account", sum(CASE WHEN ("savings_plan_savings_plan_a_r_n" <> '') THEN 1 ELSE 0 END) "covered", count(*) "all" FROM cost_report WHERE ("line_item_product_code" IN ('AmazonEC2', 'AWSLambda')) AND NOT ("line_item_line_item_type" = 'Tax') GROUP BY "line_item_usage_account_id"`,
      () =>
        grouped(
          of('AmazonEC2', 'AWSLambda').filter((l) => l.line_item_line_item_type !== 'Tax'),
          (l) => [l.line_item_usage_account_id],
          (rows) => [rows.filter((l) => l.savings_plan_savings_plan_a_r_n).length, rows.length],
        ),
    ),
    query(
      DASHBOARDS,
      `SELECT "a"."line_item_resource_id", "b"."cost" FROM (SELECT DISTINCT "line_item_resource_id" FROM cost_report WHERE "product_product_family" = 'Storage') a LEFT JOIN (SELECT "line_item_resource_id", sum("line_item_unblended_cost") "cost" FROM cost_report WHERE "product_product_family" = 'Compute Instance' GROUP BY 1) b ON ("a"."line_item_resource_id" = "b"."line_item_resource_id")`,
    ),
    query(
      DASHBOARDS,
      `SELECT element_at(split(line_item_usage_type, '-'), 1) AS prefix, count(*) FROM cost_report GROUP BY 1`,
      () => grouped(lines, (l) => [l.line_item_usage_type.split('-')[0]!]),
    ),
    query(
      DASHBOARDS,
      `SELECT * FROM (VALUES ROW ('us-east-2', 'Ohio'), ROW ('eu-west-1', 'Ireland')) ignored_table_name (region, place) WHERE region IN (SELECT product_region FROM cost_report)`,
      () => [
        ['us-east-2', 'Ohio'],
        ['eu-west-1', 'Ireland'],
      ],
    ),
    query(
      DASHBOARDS,
      `SELECT try_cast(line_item_usage_account_id AS bigint) AS account, COALESCE(TRY(sum(line_item_unblended_cost) / nullif(sum(line_item_usage_amount), 0)), 0) > -1000 FROM cost_report GROUP BY 1`,
      () => distinct(lines.map((l) => l.line_item_usage_account_id)).map((id) => [id, 'true']),
    ),
    query(
      DASHBOARDS,
      `SELECT avg(cost) AS mean, stddev_samp(cost) > 0 AS spread, max(cost) FROM (SELECT line_item_usage_account_id, date_trunc('week', line_item_usage_start_date) AS week, sum(line_item_unblended_cost) AS cost FROM cost_report GROUP BY 1, 2)`,
    ),
    query(
      DASHBOARDS,
      `SELECT day, cost, abs(cost - avg(cost) OVER w) > 2 * stddev(cost) OVER w AS odd FROM (SELECT CAST(line_item_usage_start_date AS date) AS day, sum(line_item_unblended_cost) AS cost FROM cost_report GROUP BY 1) WINDOW w AS (ORDER BY day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING)`,
    ),
    query(
      DASHBOARDS,
      `SELECT grouping(product_product_family, product_region) AS level, product_product_family, product_region, sum(line_item_unblended_cost) FROM cost_report GROUP BY CUBE (product_product_family, product_region)`,
      () => [
        ...grouped(
          lines,
          (l) => [0, l.product_product_family, l.product_region],
          (rows) => [cost(rows)],
        ),
        ...grouped(
          lines,
          (l) => [1, l.product_product_family, null],
          (rows) => [cost(rows)],
        ),
        ...grouped(
          lines,
          (l) => [2, null, l.product_region],
          (rows) => [cost(rows)],
        ),
        [3, null, null, cost(lines)],
      ],
    ),
    query(
      DASHBOARDS,
      `SELECT map_agg(month, cost)['8'] FROM (SELECT month, sum(line_item_unblended_cost) AS cost FROM cost_report GROUP BY month)`,
      () => [[cost(lines.filter((l) => l.month === '8'))]],
    ),
    query(
      DASHBOARDS,
      `SELECT line_item_usage_account_id, array_join(array_agg(DISTINCT line_item_product_code ORDER BY line_item_product_code), ', ') FROM cost_report GROUP BY 1`,
      () =>
        grouped(
          lines,
          (l) => [l.line_item_usage_account_id],
          (rows) => [
            distinct(rows.map((l) => l.line_item_product_code))
              .toSorted()
              .join(', '),
          ],
        ),
    ),
    query(
      DASHBOARDS,
      `SELECT last_day_of_month(line_item_usage_start_date) AS last, day_of_week(line_item_usage_start_date) IN (6, 7) AS weekend, count(*) FROM cost_report GROUP BY 1, 2`,
      () =>
        grouped(lines, (l) => [
          l.month === '9' ? '2024-09-30' : `2024-0${l.month}-31`,
          String([0, 6].includes(new Date(`${day(l)}T00:00:00Z`).getUTCDay())),
        ]),
    ),
    query(
      DASHBOARDS,
      `SELECT 1 WHERE EXISTS (SELECT 1 FROM cost_report WHERE line_item_line_item_type = 'Refund' AND line_item_unblended_cost > 0) AND NOT EXISTS (SELECT 1 FROM cost_report WHERE year <> '2024')`,
      () => [[1]],
    ),
    query(
      DASHBOARDS,
      `SELECT line_item_product_code, sum(pricing_public_on_demand_cost) - sum(line_item_unblended_cost) AS saved FROM cost_report WHERE line_item_line_item_type = 'Usage' GROUP BY 1 ORDER BY saved DESC`,
      () =>
        grouped(
          typed('Usage'),
          (l) => [l.line_item_product_code],
          (rows) => [
            double(sum(rows, (l) => l.pricing_public_on_demand_cost) - sum(rows, (l) => l.line_item_unblended_cost)),
          ],
        ),
    ),
    query(
      DASHBOARDS,
      `SELECT "$path" LIKE 's3://logs/cost-parquet/year=2024/month=_/%', count(*) FROM cost_report GROUP BY 1`,
      () => [['true', lines.length]],
    ),
    query(
      GUIDE,
      `SELECT year, month, count(*) FROM cost_report WHERE year || '-' || lpad(month, 2, '0') >= '2024-08' GROUP BY year, month`,
      () =>
        grouped(
          lines.filter((l) => l.month >= '8'),
          (l) => [l.year, l.month],
        ),
    ),
    query(
      GUIDE,
      `SELECT line_item_resource_id, line_item_unblended_cost FROM cost_report WHERE line_item_product_code = 'AmazonS3' AND line_item_unblended_cost = (SELECT max(line_item_unblended_cost) FROM cost_report WHERE line_item_product_code = 'AmazonS3')`,
      () => {
        const most = Math.max(...of('AmazonS3').map((l) => l.line_item_unblended_cost))
        return of('AmazonS3')
          .filter((l) => l.line_item_unblended_cost === most)
          .map((l) => [l.line_item_resource_id, double(most)])
      },
    ),
    query(
      GUIDE,
      `SELECT count(*) FROM cost_report c WHERE line_item_unblended_cost > (SELECT avg(line_item_unblended_cost) FROM cost_report i WHERE i.line_item_product_code = c.line_item_product_code)`,
      () => [
        [
          lines.filter((l) => {
            const same = of(l.line_item_product_code)
            return l.line_item_unblended_cost > sum(same, (o) => o.line_item_unblended_cost) / same.length
          }).length,
        ],
      ],
    ),
  ],
}
