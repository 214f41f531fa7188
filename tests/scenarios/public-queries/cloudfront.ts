/** CloudFront's standard logs. https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-standard-logs.html */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { distinct, grouped, type Log, query, sum, times } from './log.ts'

const DOCS = 'Athena user guide: create-cloudfront-table-standard-logs'
const SAMPLES = 'aws-samples/amazon-cloudfront-access-logs-queries'
const NOTES = 'public notes on CloudFront logs'

interface Hit {
  readonly date: string
  readonly time: string
  readonly edge: string
  readonly bytes: number
  readonly ip: string
  readonly method: string
  readonly stem: string
  readonly status: number
  readonly referrer: string
  readonly agent: string
  readonly query: string
  readonly result: string
  readonly taken: number
  readonly type: string
}
const random = seededRandom(83)
const two = (n: number): string => String(n).padStart(2, '0')
const hits: readonly Hit[] = times(600, () => ({
  date: `2018-06-${two(8 + random.below(5))}`,
  time: `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`,
  edge: random.pick(['FRA56-P2', 'IAD89-C1', 'VIE50-C1']),
  bytes: 300 + random.below(200000),
  ip: random.pick(['192.0.2.7', '198.51.100.9', '2001:db8::1', '203.0.113.5']),
  method: random.pick(['GET', 'GET', 'HEAD', 'POST']),
  stem: random.pick(['/index.html', '/img/logo.png', '/api/v1/list', '/video/a.mp4']),
  status: random.pick([200, 200, 200, 304, 404, 502]),
  referrer: random.pick(['-', 'https://www.example.com/', 'https://search.example/?q=x']),
  agent: random.pick(['Mozilla/5.0%20(X11)', 'curl/8.0', 'Googlebot/2.1']),
  query: random.pick(['-', 'utm_source=mail&id=7', 'id=8']),
  result: random.pick(['Hit', 'Hit', 'Miss', 'RefreshHit', 'Error']),
  taken: random.below(3000) / 1000,
  type: random.pick(['text/html', 'image/png', '-']),
}))
const line = (h: Hit, i: number): string =>
  [
    h.date,
    h.time,
    h.edge,
    h.bytes,
    h.ip,
    h.method,
    'd111.cloudfront.net',
    h.stem,
    h.status,
    h.referrer,
    h.agent,
    h.query,
    '-',
    h.result,
    `id-${i}`,
    'www.example.com',
    'https',
    120,
    h.taken.toFixed(3),
    '-',
    'TLSv1.3',
    'TLS_AES_128_GCM_SHA256',
    h.result,
    'HTTP/2.0',
    '-',
    '-',
    40000,
    (h.taken / 2).toFixed(3),
    h.result,
    h.type,
    h.type === '-' ? '-' : h.bytes,
    '-',
    '-',
  ].join('\t')
const bytes = (rows: readonly Hit[]) => sum(rows, (h) => h.bytes)
const between = hits.filter((h) => h.date >= '2018-06-09' && h.date <= '2018-06-11')

export const cloudfront: Log = {
  name: 'cloudfront_standard_logs',
  statements: [
    `CREATE EXTERNAL TABLE IF NOT EXISTS cloudfront_standard_logs (
      \`date\` DATE, time STRING, x_edge_location STRING, sc_bytes BIGINT, c_ip STRING, cs_method STRING, cs_host STRING,
      cs_uri_stem STRING, sc_status INT, cs_referrer STRING, cs_user_agent STRING, cs_uri_query STRING, cs_cookie STRING,
      x_edge_result_type STRING, x_edge_request_id STRING, x_host_header STRING, cs_protocol STRING, cs_bytes BIGINT,
      time_taken FLOAT, x_forwarded_for STRING, ssl_protocol STRING, ssl_cipher STRING,
      x_edge_response_result_type STRING, cs_protocol_version STRING, fle_status STRING, fle_encrypted_fields INT,
      c_port INT, time_to_first_byte FLOAT, x_edge_detailed_result_type STRING, sc_content_type STRING,
      sc_content_len BIGINT, sc_range_start BIGINT, sc_range_end BIGINT)
    ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'
    LOCATION 's3://logs/cloudfront/'
    TBLPROPERTIES ( 'skip.header.line.count'='2' )`,
  ],
  objects: new Map(
    times(2, (part) => [
      `cloudfront/E1.2018-06-1${part}.gz`,
      gzipSync(
        [
          '#Version: 1.0',
          '#Fields: date time x-edge-location',
          ...hits.slice(part * 300, part * 300 + 300).map((h, i) => line(h, part * 300 + i)),
          '',
        ].join('\n'),
      ),
    ]),
  ),
  queries: [
    query(
      DOCS,
      `SELECT SUM(sc_bytes) AS total_bytes FROM cloudfront_standard_logs WHERE "date" BETWEEN DATE '2018-06-09' AND DATE '2018-06-11' LIMIT 100`,
      () => [[bytes(between)]],
    ),
    query(DOCS, 'SELECT DISTINCT * FROM cloudfront_standard_logs LIMIT 10'),
    query(
      SAMPLES,
      `SELECT x_edge_location, count(*) AS hits, sum(sc_bytes) AS bytes FROM cloudfront_standard_logs GROUP BY x_edge_location ORDER BY hits DESC`,
      () =>
        grouped(
          hits,
          (h) => [h.edge],
          (rows) => [rows.length, bytes(rows)],
        ),
    ),
    query(
      SAMPLES,
      `SELECT x_edge_result_type, count(*) * 100.0 / sum(count(*)) OVER () AS share FROM cloudfront_standard_logs GROUP BY x_edge_result_type`,
      () =>
        grouped(
          hits,
          (h) => [h.result],
          (rows) => [(Math.round(((rows.length * 100) / hits.length) * 10) / 10).toFixed(1)],
        ),
    ),
    query(
      SAMPLES,
      `SELECT "date", hour(CAST("date" AS timestamp) + (time_of_day - TIME '00:00:00')) AS hour, count(*) FROM
       (SELECT "date", CAST(time AS time) AS time_of_day FROM cloudfront_standard_logs) GROUP BY 1, 2`,
      () => grouped(hits, (h) => [h.date, Number(h.time.slice(0, 2))]),
    ),
    query(
      SAMPLES,
      `SELECT date_parse(concat(CAST("date" AS varchar), ' ', time), '%Y-%m-%d %H:%i:%s') AS at, cs_uri_stem FROM cloudfront_standard_logs WHERE sc_status = 502 ORDER BY at`,
      () => hits.filter((h) => h.status === 502).map((h) => [`${h.date} ${h.time}.000`, h.stem]),
    ),
    query(
      SAMPLES,
      `SELECT cs_uri_stem, count_if(x_edge_result_type IN ('Hit', 'RefreshHit')) AS hits, count(*) AS requests FROM cloudfront_standard_logs GROUP BY cs_uri_stem`,
      () =>
        grouped(
          hits,
          (h) => [h.stem],
          (rows) => [rows.filter((h) => h.result.endsWith('Hit')).length, rows.length],
        ),
    ),
    query(
      NOTES,
      `SELECT url_decode(cs_user_agent) AS agent, count(*) FROM cloudfront_standard_logs WHERE lower(cs_user_agent) NOT LIKE '%bot%' GROUP BY 1`,
      () =>
        grouped(
          hits.filter((h) => !h.agent.includes('bot')),
          (h) => [decodeURIComponent(h.agent)],
        ),
    ),
    query(
      NOTES,
      `SELECT url_extract_host(cs_referrer), count(*) FROM cloudfront_standard_logs WHERE cs_referrer <> '-' GROUP BY 1`,
      () =>
        grouped(
          hits.filter((h) => h.referrer !== '-'),
          (h) => [new URL(h.referrer).host],
        ),
    ),
    query(
      NOTES,
      `SELECT split_to_map(cs_uri_query, '&', '=')['id'] AS id, count(*) FROM cloudfront_standard_logs WHERE cs_uri_query <> '-' GROUP BY 1`,
      () =>
        grouped(
          hits.filter((h) => h.query !== '-'),
          (h) => [new URLSearchParams(h.query).get('id')!],
        ),
    ),
    query(
      NOTES,
      `SELECT sc_status, sc_status / 100 * 100 AS class, count(*) FROM cloudfront_standard_logs GROUP BY ROLLUP (sc_status / 100 * 100, sc_status)`,
      () => [
        ...grouped(hits, (h) => [h.status, Math.floor(h.status / 100) * 100]),
        ...grouped(hits, (h) => [null, Math.floor(h.status / 100) * 100]),
        [null, null, hits.length],
      ],
    ),
    query(
      NOTES,
      `SELECT c_ip, count(DISTINCT cs_uri_stem) FROM cloudfront_standard_logs WHERE cs_method = 'GET' GROUP BY c_ip`,
      () =>
        grouped(
          hits.filter((h) => h.method === 'GET'),
          (h) => [h.ip],
          (rows) => [distinct(rows.map((h) => h.stem)).length],
        ),
    ),
    query(NOTES, `SELECT sum(sc_content_len) FROM cloudfront_standard_logs WHERE sc_content_type = 'image/png'`, () => [
      [bytes(hits.filter((h) => h.type === 'image/png'))],
    ]),
    query(
      NOTES,
      `SELECT cs_uri_stem, approx_percentile(time_taken, 0.95) AS p95 FROM cloudfront_standard_logs GROUP BY cs_uri_stem HAVING count(*) > 10 ORDER BY p95 DESC`,
    ),
    query(
      NOTES,
      `SELECT "date", sum(sc_bytes) AS bytes, avg(sum(sc_bytes)) OVER (ORDER BY "date" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving FROM cloudfront_standard_logs GROUP BY "date"`,
    ),
    query(
      NOTES,
      `SELECT count(*) FROM cloudfront_standard_logs WHERE fle_encrypted_fields IS NULL AND sc_range_start IS NULL AND cs_cookie = '-'`,
      () => [[hits.length]],
    ),
    query(
      NOTES,
      `SELECT regexp_extract(x_edge_location, '^([A-Z]{3})') AS airport, min(time_taken) >= 0 FROM cloudfront_standard_logs GROUP BY 1`,
      () => distinct(hits.map((h) => h.edge.slice(0, 3))).map((code) => [code, 'true']),
    ),
  ],
}
