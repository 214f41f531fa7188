/** TLS logs of Network Load Balancers, access logs of Classic ones (athena ug, networkloadbalancer-classic-logs and elasticloadbalancer-classic-logs). */
import { seededRandom } from '../../conformance/values.ts'
import { grouped, type Log, query, times } from './log.ts'

const NLB = 'Athena user guide: networkloadbalancer-classic-logs'
const CLB = 'Athena user guide: elasticloadbalancer-classic-logs'
const random = seededRandom(97)

const connections = times(200, () => ({
  client: `192.0.2.${random.below(5)}`,
  version: random.pick(['tlsv12', 'tlsv13', '-']),
  cert: `arn:aws:acm:us-east-2:671290407336:certificate/${random.below(3)}`,
  handshake: random.below(90),
}))
export const nlb: Log = {
  name: 'nlb_tls_logs',
  statements: [
    `CREATE EXTERNAL TABLE IF NOT EXISTS nlb_tls_logs (
      type string, version string, time string, elb string, listener_id string, client_ip string, client_port int,
      target_ip string, target_port int, tcp_connection_time_ms double, tls_handshake_time_ms double,
      received_bytes bigint, sent_bytes bigint, incoming_tls_alert int, cert_arn string, certificate_serial string,
      tls_cipher_suite string, tls_protocol_version string, tls_named_group string, domain_name string,
      alpn_fe_protocol string, alpn_be_protocol string, alpn_client_preference_list string,
      tls_connection_creation_time string)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
    WITH SERDEPROPERTIES ('serialization.format' = '1', 'input.regex' =
      '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*):([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-0-9]*) ([-0-9]*) ([-0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ?([^ ]*)?( .*)?')
    LOCATION 's3://logs/nlb'`,
  ],
  objects: new Map([
    [
      'nlb/log.txt',
      connections
        .map(
          (c) =>
            `tls 2.0 2018-12-20T02:59:40 net/nlb/c6e7 g3d4b5e8 ${c.client}:51341 10.0.0.1:443 5 ${c.handshake} 98 246 - ${c.cert} - ECDHE-RSA-AES128-SHA ${c.version} - my.example.com h2 h2 "h2","http/1.1" 2018-12-20T02:59:30\n`,
        )
        .join(''),
    ],
  ]),
  queries: [
    query(NLB, 'SELECT count(*) AS ct, cert_arn FROM "nlb_tls_logs" GROUP BY cert_arn', () =>
      grouped(connections, (c) => [c.cert]).map(([cert, n]) => [n!, cert!]),
    ),
    query(
      NLB,
      `SELECT tls_protocol_version, COUNT(tls_protocol_version) AS num_connections, client_ip FROM "nlb_tls_logs" WHERE tls_protocol_version < 'tlsv13' GROUP BY tls_protocol_version, client_ip`,
      () =>
        grouped(
          connections.filter((c) => c.version < 'tlsv13'),
          (c) => [c.version, c.client],
        ).map(([version, client, n]) => [version!, n!, client!]),
    ),
    query(NLB, 'SELECT * FROM "nlb_tls_logs" ORDER BY tls_handshake_time_ms DESC LIMIT 10'),
    query(
      NLB,
      `SELECT tls_cipher_suite, tls_protocol_version, COUNT(*) AS ct FROM "nlb_tls_logs" WHERE from_iso8601_timestamp(time) > current_timestamp - interval '30' day
       AND NOT tls_protocol_version = '-' GROUP BY tls_cipher_suite, tls_protocol_version ORDER BY ct DESC`,
      () => [],
    ),
    query(NLB, `SELECT alpn_client_preference_list, max(incoming_tls_alert) FROM nlb_tls_logs GROUP BY 1`, () => [
      ['"h2","http/1.1"', null],
    ]),
  ],
}

const calls = times(200, () => ({
  backend: random.pick(['10.0.0.1', '10.0.0.2']),
  status: random.pick([200, 404, 500]),
  ms: random.below(900),
}))
export const clb: Log = {
  name: 'elb_logs',
  statements: [
    `CREATE EXTERNAL TABLE IF NOT EXISTS elb_logs (
      timestamp string, elb_name string, request_ip string, request_port int, backend_ip string, backend_port int,
      request_processing_time double, backend_processing_time double, client_response_time double,
      elb_response_code string, backend_response_code string, received_bytes bigint, sent_bytes bigint,
      request_verb string, url string, protocol string, user_agent string, ssl_cipher string, ssl_protocol string)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
    WITH SERDEPROPERTIES ('serialization.format' = '1', 'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) \\\\\\"([^ ]*) ([^ ]*) (- |[^ ]*)\\\\\\" (\\"[^\\"]*\\") ([A-Z0-9-]+) ([A-Za-z0-9.-]*)$')
    LOCATION 's3://logs/clb/'`,
  ],
  objects: new Map([
    [
      'clb/log.txt',
      calls
        .map(
          (c) =>
            `2015-05-13T23:39:43.945958Z my-elb 192.168.131.39:2817 ${c.backend}:80 0.000073 0.${String(c.ms).padStart(3, '0')} 0.000057 ${c.status} ${c.status} 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -\n`,
        )
        .join(''),
    ],
  ]),
  queries: [
    query(
      CLB,
      `SELECT timestamp, elb_name, backend_ip, backend_response_code FROM elb_logs WHERE backend_response_code LIKE '4%' OR backend_response_code LIKE '5%' LIMIT 1000`,
      () =>
        calls.filter((c) => c.status >= 400).map((c) => ['2015-05-13T23:39:43.945958Z', 'my-elb', c.backend, c.status]),
    ),
    query(
      CLB,
      `SELECT round(sum(backend_processing_time) * 1000) AS total_ms, elb_name, backend_ip FROM elb_logs WHERE backend_ip <> '' GROUP BY backend_ip, elb_name LIMIT 100`,
      () =>
        grouped(
          calls,
          (c) => [c.backend],
          (rows) => [rows.reduce((n, c) => n + c.ms, 0)],
        ).map(([backend, ms]) => [`${Number(ms)}.0`, 'my-elb', backend!]),
    ),
  ],
}
