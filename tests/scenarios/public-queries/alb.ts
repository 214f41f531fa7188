/** Access logs of Application Load Balancers. https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table.html */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { distinct, grouped, type Log, query, sum, times } from './log.ts'

const DOCS = 'Athena user guide: query-alb-access-logs-examples'
const KNOWLEDGE = 'AWS knowledge center: athena-analyze-access-logs'
const OPERATIONS = 'public runbooks on load balancer errors'

interface Access {
  readonly time: string
  readonly client: string
  readonly port: number
  readonly target: string | undefined
  readonly seconds: number
  readonly elb: number
  readonly status: string
  readonly received: number
  readonly sent: number
  readonly verb: string
  readonly url: string
  readonly agent: string
  readonly tls: string
  readonly trace: string
}

const random = seededRandom(31)
const two = (n: number): string => String(n).padStart(2, '0')
const accesses: readonly Access[] = times(500, (i) => {
  const failed = random.chance(0.1)
  const elb = failed ? random.pick([502, 503, 504, 460]) : random.pick([200, 200, 200, 301, 404, 403, 500])
  return {
    time: `2018-05-${two(30 + random.below(2))}T${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}.${100000 + random.below(800000)}Z`,
    client: `203.0.113.${random.below(12)}`,
    port: 1024 + random.below(60000),
    target: failed ? undefined : `10.0.0.${random.below(4)}:80`,
    seconds: failed ? -1 : random.below(4000) / 1000,
    elb,
    status: failed ? '-' : String(elb),
    received: 100 + random.below(2000),
    sent: 200 + random.below(90000),
    verb: random.pick(['GET', 'GET', 'GET', 'POST', 'DELETE']),
    url: `https://www.example.com:443/${random.pick(['', 'cart', 'api/v1/items', 'api/v1/items?id=7&x=1', 'login'])}`,
    agent: random.pick([
      'Mozilla/5.0 (Macintosh) Safari/605.1',
      'curl/7.46.0',
      'Mozilla/5.0 (X11) Chrome/120 Safari/537.36',
      'python-requests/2.31',
    ]),
    tls: random.pick(['TLSv1.2', 'TLSv1.3', '-']),
    trace: `Root=1-58337262-${i}`,
  }
})
const arn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067'
const line = (a: Access): string =>
  `https ${a.time} app/my-loadbalancer/50dc6c495c0c9188 ${a.client}:${a.port} ${a.target ?? '-'} ${a.target ? '0.000' : '-1'} ${a.target ? a.seconds.toFixed(3) : '-1'} ${a.target ? '0.000' : '-1'} ${a.elb} ${a.status} ${a.received} ${a.sent} "${a.verb} ${a.url} HTTP/1.1" "${a.agent}" ${a.tls === '-' ? '-' : 'ECDHE-RSA-AES128-GCM-SHA256'} ${a.tls} ${arn} "${a.trace}" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/1" 1 ${a.time} "forward" "-" "-" "${a.target ?? '-'}" "${a.status}" "-" "-" TID_${a.port}`

const day = (a: Access) => a.time.slice(0, 10)
const path = (a: Access) => new URL(a.url).pathname

export const alb: Log = {
  name: 'alb_access_logs',
  statements: [
    `CREATE EXTERNAL TABLE IF NOT EXISTS alb_access_logs (
      type string, time string, elb string, client_ip string, client_port int, target_ip string, target_port int,
      request_processing_time double, target_processing_time double, response_processing_time double,
      elb_status_code int, target_status_code string, received_bytes bigint, sent_bytes bigint, request_verb string,
      request_url string, request_proto string, user_agent string, ssl_cipher string, ssl_protocol string,
      target_group_arn string, trace_id string, domain_name string, chosen_cert_arn string,
      matched_rule_priority string, request_creation_time string, actions_executed string, redirect_url string,
      lambda_error_reason string, target_port_list string, target_status_code_list string, classification string,
      classification_reason string, conn_trace_id string)
    PARTITIONED BY (day STRING)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
    WITH SERDEPROPERTIES (
      'serialization.format' = '1',
      'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) \\"([^ ]*) (.*) (- |[^ ]*)\\" \\"([^\\"]*)\\" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) \\"([^\\"]*)\\" \\"([^\\"]*)\\" \\"([^\\"]*)\\" ([-.0-9]*) ([^ ]*) \\"([^\\"]*)\\" \\"([^\\"]*)\\" \\"([^ ]*)\\" \\"([^\\\\s]+?)\\" \\"([^\\\\s]+)\\" \\"([^ ]*)\\" \\"([^ ]*)\\" ?([^ ]*)? ?( .*)?')
    LOCATION 's3://logs/alb/'
    TBLPROPERTIES (
      "projection.enabled" = "true", "projection.day.type" = "date", "projection.day.range" = "2018/01/01,2019/01/01",
      "projection.day.format" = "yyyy/MM/dd", "projection.day.interval" = "1", "projection.day.interval.unit" = "DAYS",
      "storage.location.template" = "s3://logs/alb/\${day}")`,
  ],
  objects: new Map(
    distinct(accesses.map(day)).map((date) => [
      `alb/${date.replaceAll('-', '/')}/access.log.gz`,
      gzipSync(
        accesses
          .filter((a) => day(a) === date)
          .map((a) => `${line(a)}\n`)
          .join(''),
      ),
    ]),
  ),
  queries: [
    query(
      DOCS,
      'SELECT COUNT(request_verb) AS count, request_verb, client_ip FROM alb_access_logs GROUP BY request_verb, client_ip LIMIT 100',
      () => grouped(accesses, (a) => [a.verb, a.client]).map(([verb, client, n]) => [n!, verb!, client!]),
    ),
    query(DOCS, `SELECT request_url FROM alb_access_logs WHERE user_agent LIKE '%Safari%' LIMIT 1000`, () =>
      accesses.filter((a) => a.agent.includes('Safari')).map((a) => [a.url]),
    ),
    query(DOCS, 'SELECT * FROM alb_access_logs WHERE elb_status_code >= 500'),
    query(
      DOCS,
      `SELECT client_ip, sum(received_bytes) FROM alb_access_logs
       WHERE parse_datetime(time,'yyyy-MM-dd''T''HH:mm:ss.SSSSSS''Z')
         BETWEEN parse_datetime('2018-05-30-12:00:00','yyyy-MM-dd-HH:mm:ss') AND parse_datetime('2018-05-31-00:00:00','yyyy-MM-dd-HH:mm:ss')
       GROUP BY client_ip`,
      () =>
        grouped(
          accesses.filter((a) => a.time >= '2018-05-30T12:00:00' && a.time < '2018-05-31T00:00:00'),
          (a) => [a.client],
          (rows) => [sum(rows, (a) => a.received)],
        ),
    ),
    query(DOCS, `SELECT count(*) FROM alb_access_logs WHERE day = '2018/05/30'`, () => [
      [accesses.filter((a) => day(a) === '2018-05-30').length],
    ]),
    query(
      KNOWLEDGE,
      `SELECT elb_status_code, target_status_code, count(*) FROM alb_access_logs GROUP BY elb_status_code, target_status_code ORDER BY 3 DESC`,
      () => grouped(accesses, (a) => [a.elb, a.status]),
    ),
    query(
      KNOWLEDGE,
      `SELECT target_ip, target_port, count(*) FROM alb_access_logs WHERE elb_status_code = 502 GROUP BY 1, 2`,
      () => [['', null, accesses.filter((a) => a.elb === 502).length]],
    ),
    query(
      KNOWLEDGE,
      `SELECT client_ip, max(target_processing_time) AS slowest FROM alb_access_logs WHERE target_processing_time >= 1 GROUP BY client_ip`,
      () =>
        grouped(
          accesses.filter((a) => a.seconds >= 1),
          (a) => [a.client],
          (rows) => [decimal(Math.max(...rows.map((a) => a.seconds)))],
        ),
    ),
    query(
      KNOWLEDGE,
      `SELECT url_extract_path(request_url) AS path, count(*) AS n, sum(sent_bytes) FROM alb_access_logs GROUP BY 1 ORDER BY 2 DESC`,
      () =>
        grouped(
          accesses,
          (a) => [path(a)],
          (rows) => [rows.length, sum(rows, (a) => a.sent)],
        ),
    ),
    query(
      KNOWLEDGE,
      `SELECT url_extract_parameter(request_url, 'id') AS id, count(*) FROM alb_access_logs WHERE url_extract_query(request_url) <> '' GROUP BY 1`,
      () => [['7', accesses.filter((a) => a.url.includes('?')).length]],
    ),
    query(
      KNOWLEDGE,
      `SELECT ssl_protocol, count(*) FROM alb_access_logs WHERE ssl_protocol <> '-' GROUP BY ssl_protocol`,
      () =>
        grouped(
          accesses.filter((a) => a.tls !== '-'),
          (a) => [a.tls],
        ),
    ),
    query(
      OPERATIONS,
      `SELECT date_trunc('minute', from_iso8601_timestamp(time)) AS minute, count(*) AS requests,
         count_if(elb_status_code >= 500) AS errors FROM alb_access_logs GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 5`,
    ),
    query(
      OPERATIONS,
      `SELECT day, elb_status_code / 100 AS class, count(*) FROM alb_access_logs GROUP BY day, elb_status_code / 100`,
      () => grouped(accesses, (a) => [day(a).replaceAll('-', '/'), Math.floor(a.elb / 100)]),
    ),
    query(
      OPERATIONS,
      `SELECT regexp_extract(user_agent, '^([A-Za-z-]+)/', 1) AS agent, count(*) FROM alb_access_logs GROUP BY 1`,
      () => grouped(accesses, (a) => [a.agent.split('/')[0]!]),
    ),
    query(
      OPERATIONS,
      `SELECT client_ip, count(DISTINCT request_url) AS urls, array_join(array_sort(array_agg(DISTINCT request_verb)), '/') FROM alb_access_logs GROUP BY client_ip HAVING count(*) > 20`,
      () =>
        grouped(
          accesses,
          (a) => [a.client],
          (rows) => [
            distinct(rows.map((a) => a.url)).length,
            distinct(rows.map((a) => a.verb))
              .toSorted()
              .join('/'),
            rows.length,
          ],
        )
          .filter((row) => Number(row[3]) > 20)
          .map((row) => row.slice(0, 3)),
    ),
    query(
      OPERATIONS,
      `SELECT approx_percentile(target_processing_time, ARRAY[0.5, 0.9, 0.99]) FROM alb_access_logs WHERE target_processing_time >= 0`,
    ),
    query(
      OPERATIONS,
      `SELECT conn_trace_id, substr(trace_id, 6) FROM alb_access_logs WHERE elb_status_code = 504`,
      () => accesses.filter((a) => a.elb === 504).map((a) => [`TID_${a.port}`, a.trace.slice(5)]),
    ),
    query(
      OPERATIONS,
      `SELECT request_verb, round(avg(sent_bytes), 2), stddev(sent_bytes) > 0 FROM alb_access_logs WHERE elb_status_code BETWEEN 200 AND 299 GROUP BY request_verb`,
    ),
  ],
}

/** As Java writes a double of this size. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))
