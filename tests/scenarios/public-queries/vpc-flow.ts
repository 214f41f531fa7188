/** VPC flow logs, versions 2 to 5. https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs-create-table-statement.html */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { distinct, grouped, type Log, query, sum, times, top } from './log.ts'

const DOCS = 'Athena user guide: vpc-flow-logs-create-table-statement'
const BOOTSTRAP = 'awslabs/aws-security-analytics-bootstrap: vpcflow_demo_queries.sql'
const PREDEFINED = 'VPC user guide: flow-logs-athena, predefined queries'
const DASHBOARD = 'opensearch-project/sql: VPC flow log dashboard'

interface Flow {
  readonly date: string
  readonly eni: string
  readonly src: string
  readonly dst: string
  readonly srcPort: number
  readonly dstPort: number
  readonly protocol: number
  readonly packets: number
  readonly bytes: number
  readonly start: number
  readonly end: number
  readonly action: string
  readonly instance: string
  readonly flags: number
  readonly service: string
  readonly direction: string
  readonly path: number
}

const d = seededRandom(11)
const DATES = ['2024-03-04', '2024-03-05', '2024-03-06']
const INSIDE = times(9, (i) => `10.0.${i % 3}.${10 + i}`)
const OUTSIDE = times(14, (i) => `203.0.113.${20 + i}`)
const flows: readonly Flow[] = times(700, () => {
  const date = DATES[d.below(3)]!
  const ingress = d.chance(0.5)
  const [inside, outside] = [d.pick(INSIDE), d.pick(OUTSIDE)]
  const [service, high] = [d.pick([443, 22, 80, 3389, 53, 8080]), 32768 + d.below(20000)]
  const packets = 1 + d.below(300)
  const start = Date.parse(`${date}T00:00:00Z`) / 1000 + d.below(86000)
  return {
    date,
    eni: `eni-0${d.below(4)}`,
    src: ingress ? outside : inside,
    dst: ingress ? inside : outside,
    srcPort: d.chance(0.7) ? high : service,
    dstPort: d.chance(0.7) ? service : high,
    protocol: d.pick([6, 17, 1]),
    packets,
    bytes: packets * (40 + d.below(1400)),
    start,
    end: start + 1 + d.below(60),
    action: d.chance(0.75) ? 'ACCEPT' : 'REJECT',
    instance: `i-0${d.below(5)}`,
    flags: d.pick([2, 18, 3, 4]),
    service: d.pick(['-', 'S3', 'EC2', 'DYNAMODB']),
    direction: ingress ? 'ingress' : 'egress',
    path: d.below(8) + 1,
  }
})

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path'
const line = (f: Flow): string =>
  `5 111122223333 ${f.eni} ${f.src} ${f.dst} ${f.srcPort} ${f.dstPort} ${f.protocol} ${f.packets} ${f.bytes} ${f.start} ${f.end} ${f.action} OK vpc-1 subnet-${f.eni.at(-1)} ${f.instance} ${f.flags} IPv4 ${f.src} ${f.dst} us-east-1 use1-az1 - - - ${f.service} ${f.direction} ${f.path}`
const folder = (date: string): string => `vpc/AWSLogs/111122223333/vpcflowlogs/us-east-1/${date.replaceAll('-', '/')}`

const on = (date: string) => flows.filter((f) => f.date === date)
const rejected = flows.filter((f) => f.action === 'REJECT')
const hour = (f: Flow) => new Date(f.start * 1000).toISOString().slice(0, 13).replace('T', ' ')
const name = (protocol: number) => (protocol === 6 ? 'TCP' : protocol === 17 ? 'UDP' : 'other')
const bytes = (rows: readonly Flow[]) => sum(rows, (f) => f.bytes)

export const vpcFlow: Log = {
  name: 'vpc_flow_logs',
  statements: [
    `CREATE EXTERNAL TABLE IF NOT EXISTS \`vpc_flow_logs\` (
      version int, account_id string, interface_id string, srcaddr string, dstaddr string, srcport int, dstport int,
      protocol bigint, packets bigint, bytes bigint, start bigint, \`end\` bigint, action string, log_status string,
      vpc_id string, subnet_id string, instance_id string, tcp_flags int, type string, pkt_srcaddr string,
      pkt_dstaddr string, region string, az_id string, sublocation_type string, sublocation_id string,
      pkt_src_aws_service string, pkt_dst_aws_service string, flow_direction string, traffic_path int)
    PARTITIONED BY (\`date\` date)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
    LOCATION 's3://logs/vpc/AWSLogs/111122223333/vpcflowlogs/us-east-1/'
    TBLPROPERTIES ("skip.header.line.count"="1")`,
    ...DATES.map(
      (date) => `ALTER TABLE vpc_flow_logs ADD PARTITION (\`date\`='${date}') LOCATION 's3://logs/${folder(date)}'`,
    ),
  ],
  objects: new Map(
    DATES.map((date) => [`${folder(date)}/flow.log.gz`, gzipSync([HEADER, ...on(date).map(line)].join('\n'))]),
  ),
  queries: [
    query(DOCS, `SELECT * FROM vpc_flow_logs WHERE date = DATE('2024-03-04') LIMIT 100`),
    query(
      DOCS,
      `SELECT day_of_week(date) AS day, date, interface_id, srcaddr, action, protocol FROM vpc_flow_logs
       WHERE action = 'REJECT' AND protocol = 6 LIMIT 1000`,
      () =>
        rejected
          .filter((f) => f.protocol === 6)
          .map((f) => [DATES.indexOf(f.date) + 1, f.date, f.eni, f.src, f.action, f.protocol]),
    ),
    query(
      DOCS,
      `SELECT SUM(packets) AS packetcount, dstaddr FROM vpc_flow_logs WHERE dstport = 443 AND date > DATE '2024-03-06' - interval '7' day
       GROUP BY dstaddr ORDER BY packetcount DESC LIMIT 10`,
      () =>
        top(
          grouped(
            flows.filter((f) => f.dstPort === 443),
            (f) => [f.dst],
            (rows) => [sum(rows, (f) => f.packets)],
          ).map(([dst, n]) => [n!, dst!]),
          0,
          10,
        ),
    ),
    query(
      DOCS,
      `SELECT SUM(packets) AS packetcount, dstaddr FROM vpc_flow_logs WHERE dstport = 443 AND date > current_date - interval '7' day
       GROUP BY dstaddr ORDER BY packetcount DESC LIMIT 10`,
      () => [],
    ),
    query(
      BOOTSTRAP,
      `SELECT region, instance_id, srcaddr, dstaddr, count(*) AS record_count FROM vpc_flow_logs
       WHERE date >= DATE '2024-03-04' AND date <= DATE '2024-03-05' AND region IN ('us-east-1', 'us-east-2', 'us-west-2', 'us-west-2')
       GROUP BY region, instance_id, srcaddr, dstaddr ORDER BY record_count DESC`,
      () =>
        grouped(
          flows.filter((f) => f.date !== DATES[2]),
          (f) => ['us-east-1', f.instance, f.src, f.dst],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT srcaddr, dstaddr, srcport, dstport, sum(bytes) AS byte_count FROM vpc_flow_logs
       WHERE (srcaddr = '203.0.113.20' OR dstaddr = '203.0.113.20') GROUP BY srcaddr, dstaddr, srcport, dstport ORDER BY byte_count DESC`,
      () =>
        grouped(
          flows.filter((f) => f.src === OUTSIDE[0] || f.dst === OUTSIDE[0]),
          (f) => [f.src, f.dst, f.srcPort, f.dstPort],
          (rows) => [bytes(rows)],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT instance_id, dstport, sum(bytes) AS byte_count FROM vpc_flow_logs WHERE instance_id = 'i-01' AND dstport = 443
       GROUP BY instance_id, dstport`,
      () => [['i-01', 443, bytes(flows.filter((f) => f.instance === 'i-01' && f.dstPort === 443))]],
    ),
    query(
      BOOTSTRAP,
      `SELECT from_unixtime(start) AS start_time, from_unixtime("end") AS end_time, interface_id, srcaddr, dstaddr, packets,
         bytes, flow_direction, action FROM vpc_flow_logs
       WHERE (srcaddr = '10.0.0.10' AND dstaddr = '203.0.113.20') OR (srcaddr = '203.0.113.20' AND dstaddr = '10.0.0.10') ORDER BY start ASC`,
    ),
    query(
      BOOTSTRAP,
      `SELECT srcaddr, min(start) AS first_seen, max("end") AS last_seen, cardinality(array_agg(DISTINCT(dstaddr))) AS targets,
         array_join(array_agg(DISTINCT(dstport) ORDER BY dstport), ' ') AS ports
       FROM vpc_flow_logs WHERE dstport < 32768 -- services, not ephemeral ports
       GROUP BY srcaddr ORDER BY first_seen ASC`,
      () =>
        grouped(
          flows.filter((f) => f.dstPort < 32768),
          (f) => [f.src],
          (rows) => [
            Math.min(...rows.map((f) => f.start)),
            Math.max(...rows.map((f) => f.end)),
            distinct(rows.map((f) => f.dst)).length,
            distinct(rows.map((f) => f.dstPort))
              .toSorted((a, b) => a - b)
              .join(' '),
          ],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT v.date, v.srcaddr, v.dstaddr, sum(v.bytes) AS byte_count FROM vpc_flow_logs v
       INNER JOIN (SELECT srcaddr, sum(bytes) AS byte_count FROM vpc_flow_logs WHERE srcaddr LIKE '10.0.%' GROUP BY srcaddr
         ORDER BY byte_count DESC LIMIT 3) AS top_n ON top_n.srcaddr = v.srcaddr
       GROUP BY v.date, v.srcaddr, v.dstaddr ORDER BY v.date ASC, v.srcaddr ASC, v.dstaddr ASC, byte_count DESC`,
      () => {
        const sources = grouped(
          flows.filter((f) => f.src.startsWith('10.0.')),
          (f) => [f.src],
          (rows) => [bytes(rows)],
        )
        const best = top(sources, 1, 3).map(([src]) => src)
        return grouped(
          flows.filter((f) => best.includes(f.src)),
          (f) => [f.date, f.src, f.dst],
          (rows) => [bytes(rows)],
        )
      },
    ),
    query(
      BOOTSTRAP,
      `SELECT count(*) FROM vpc_flow_logs WHERE log_status = 'OK'
       AND NOT ((CAST(srcaddr AS IPADDRESS) > IPADDRESS '10.0.0.0' AND CAST(srcaddr AS IPADDRESS) < IPADDRESS '10.255.255.255')
         OR (CAST(srcaddr AS IPADDRESS) > IPADDRESS '192.168.0.0' AND CAST(srcaddr AS IPADDRESS) < IPADDRESS '192.168.255.255'))`,
      () => [[flows.filter((f) => f.direction === 'ingress').length]],
    ),
    query(
      BOOTSTRAP,
      `SELECT count(*) FROM vpc_flow_logs WHERE log_status = 'OK' AND contains('10.0.0.0/16', cast(srcaddr as IPADDRESS))
       AND NOT contains('10.0.0.0/16', cast(dstaddr as IPADDRESS))`,
      () => [[flows.filter((f) => f.direction === 'egress').length]],
    ),
    query(
      BOOTSTRAP,
      `SELECT * FROM vpc_flow_logs WHERE date >= CAST(date_add('day', -30, current_timestamp) AS date) LIMIT 10`,
      () => [],
    ),
    query(
      PREDEFINED,
      `SELECT srcaddr, dstaddr, SUM(bytes) AS total FROM vpc_flow_logs WHERE flow_direction = 'egress' GROUP BY srcaddr, dstaddr
       ORDER BY total DESC LIMIT 50`,
    ),
    query(
      PREDEFINED,
      `SELECT dstport, COUNT(*) AS rejects, approx_distinct(srcaddr) AS sources FROM vpc_flow_logs WHERE action = 'REJECT'
       GROUP BY dstport HAVING COUNT(*) > 5 ORDER BY rejects DESC`,
      () =>
        grouped(
          rejected,
          (f) => [f.dstPort],
          (rows) => [rows.length, distinct(rows.map((f) => f.src)).length],
        ).filter(([, n]) => Number(n) > 5),
    ),
    query(
      PREDEFINED,
      `SELECT srcaddr, count(*) AS attempts FROM vpc_flow_logs WHERE dstport IN (22, 3389) AND action = 'REJECT'
       AND srcaddr NOT LIKE '10.%' GROUP BY 1 ORDER BY 2 DESC`,
      () =>
        grouped(
          rejected.filter((f) => [22, 3389].includes(f.dstPort) && f.direction === 'ingress'),
          (f) => [f.src],
        ),
    ),
    query(
      PREDEFINED,
      `SELECT date_format(from_unixtime(start), '%Y-%m-%d %H') AS hour, SUM(bytes) / 1048576.0 AS megabytes, SUM(packets)
       FROM vpc_flow_logs GROUP BY 1 ORDER BY 1`,
    ),
    query(
      PREDEFINED,
      `SELECT CASE traffic_path WHEN 1 THEN 'same VPC' WHEN 8 THEN 'internet gateway' ELSE 'other' END AS path, count(*), sum(bytes)
       FROM vpc_flow_logs WHERE flow_direction = 'egress' GROUP BY 1`,
      () =>
        grouped(
          flows.filter((f) => f.direction === 'egress'),
          (f) => [f.path === 1 ? 'same VPC' : f.path === 8 ? 'internet gateway' : 'other'],
          (rows) => [rows.length, bytes(rows)],
        ),
    ),
    query(
      DASHBOARD,
      `SELECT date_format(from_unixtime(start), '%Y-%m-%d %H') AS hour, action, count(*) FROM vpc_flow_logs GROUP BY 1, 2`,
      () => grouped(flows, (f) => [hour(f), f.action]),
    ),
    query(
      DASHBOARD,
      `SELECT CASE WHEN protocol = 6 THEN 'TCP' WHEN protocol = 17 THEN 'UDP' ELSE 'other' END AS protocol, SUM(bytes) AS total
       FROM vpc_flow_logs GROUP BY CASE WHEN protocol = 6 THEN 'TCP' WHEN protocol = 17 THEN 'UDP' ELSE 'other' END`,
      () =>
        grouped(
          flows,
          (f) => [name(f.protocol)],
          (rows) => [bytes(rows)],
        ),
    ),
    query(
      DASHBOARD,
      `SELECT pkt_dst_aws_service, count(*), sum(bytes) FROM vpc_flow_logs WHERE pkt_dst_aws_service <> '-' GROUP BY pkt_dst_aws_service`,
      () =>
        grouped(
          flows.filter((f) => f.service !== '-'),
          (f) => [f.service],
          (rows) => [rows.length, bytes(rows)],
        ),
    ),
    query(
      DASHBOARD,
      `SELECT date, srcaddr, bytes_sent, rank FROM (SELECT date, srcaddr, sum(bytes) AS bytes_sent,
         rank() OVER (PARTITION BY date ORDER BY sum(bytes) DESC) AS rank FROM vpc_flow_logs GROUP BY date, srcaddr) WHERE rank <= 3`,
      () =>
        DATES.flatMap((date) =>
          top(
            grouped(
              on(date),
              (f) => [f.date, f.src],
              (rows) => [bytes(rows)],
            ),
            2,
            3,
          ).map((row, i) => [...row, i + 1]),
        ),
    ),
    query(
      DASHBOARD,
      `WITH daily AS (SELECT date, sum(bytes) AS total FROM vpc_flow_logs GROUP BY date)
       SELECT date, total, total - lag(total) OVER (ORDER BY date) AS change FROM daily`,
      () =>
        DATES.map((date, i) => [date, bytes(on(date)), i === 0 ? null : bytes(on(date)) - bytes(on(DATES[i - 1]!))]),
    ),
    query(
      DASHBOARD,
      `SELECT count_if(bitwise_and(tcp_flags, 2) = 2 AND bitwise_and(tcp_flags, 16) = 0) AS syn_only, count(*) FILTER (WHERE action = 'REJECT') FROM vpc_flow_logs`,
      () => [[flows.filter((f) => (f.flags & 2) === 2 && (f.flags & 16) === 0).length, rejected.length]],
    ),
    query(
      DASHBOARD,
      `SELECT format('%s:%d', dstaddr, dstport) AS endpoint, approx_percentile(bytes, 0.95), max("end" - start) FROM vpc_flow_logs GROUP BY dstaddr, dstport ORDER BY 3 DESC LIMIT 20`,
    ),
    query(
      DASHBOARD,
      `SELECT byHour.hour, count(*) FROM (SELECT hour(from_unixtime(start)) AS hour FROM vpc_flow_logs) byHour GROUP BY byHour.hour`,
      () => grouped(flows, (f) => [new Date(f.start * 1000).getUTCHours()]),
    ),
  ],
}
