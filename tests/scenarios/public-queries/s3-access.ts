/** S3 server access logs. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html */
import { seededRandom } from '../../conformance/values.ts'
import { distinct, grouped, type Log, query, sum, times } from './log.ts'

const DOCS = 'S3 user guide: using-s3-access-logs-to-identify-requests'
const KNOWLEDGE = 'AWS knowledge center: analyze-logs-athena'
const COSTS = 'public notes on S3 request costs'

interface Request {
  readonly day: number
  readonly clock: string
  readonly ip: string
  readonly requester: string
  readonly operation: string
  readonly key: string
  readonly status: number
  readonly error: string
  readonly sent: number | undefined
  readonly total: number
  readonly sigv: string
  readonly acl: string
}

const random = seededRandom(41)
const two = (n: number): string => String(n).padStart(2, '0')
const requests: readonly Request[] = times(400, () => {
  const status = random.pick([200, 200, 200, 206, 304, 403, 404, 500, 503])
  const operation = random.pick([
    'REST.GET.OBJECT',
    'REST.GET.OBJECT',
    'REST.PUT.OBJECT',
    'REST.DELETE.OBJECT',
    'BATCH.DELETE.OBJECT',
    'REST.HEAD.OBJECT',
  ])
  return {
    day: 28 + random.below(3),
    clock: `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`,
    ip: `192.0.2.${1 + random.below(6)}`,
    requester: random.pick([
      '-',
      'arn:aws:iam::123456789123:user/ann',
      'arn:aws:sts::123456789123:assumed-role/etl/s',
      'svc:logging',
    ]),
    operation,
    key: random.pick(['images/picture.jpg', 'prefix/images/picture.jpg', 'data/part-0.parquet', 'a%2520b.txt']),
    status,
    error:
      status === 403
        ? 'AccessDenied'
        : status === 404
          ? 'NoSuchKey'
          : status === 500
            ? 'InternalError'
            : status === 503
              ? 'SlowDown'
              : '-',
    sent: operation.includes('GET') ? 100 + random.below(100000) : undefined,
    total: random.below(900),
    sigv: random.pick(['SigV4', 'SigV4', 'SigV2', '-']),
    acl: random.pick(['-', 'Yes']),
  }
})
const verb = (r: Request) => r.operation.split('.')[1]!
const line = (r: Request, i: number): string =>
  `79a59df900b949e5 alpha [${r.day}/Jan/2024:${r.clock} +0000] ${r.ip} ${r.requester} REQ${i} ${r.operation} ${r.key} "${verb(r)} /alpha/${r.key} HTTP/1.1" ${r.status} ${r.error} ${r.sent ?? '-'} ${r.sent ?? '-'} ${r.total} ${r.total >> 1} "-" "aws-sdk/3 app/7" - host${i}= ${r.sigv} ECDHE-RSA-AES128-GCM-SHA256 AuthHeader alpha.s3.us-east-1.amazonaws.com TLSv1.2 - ${r.acl} us-east-1`
const time = (r: Request) => `${r.day}/Jan/2024:${r.clock} +0000`
const at = (r: Request) => `2024-01-${r.day} ${r.clock}`
const of = (...operations: string[]) => requests.filter((r) => operations.includes(r.operation))
const COLUMNS =
  'bucketowner bucket_name requestdatetime remoteip requester requestid operation key request_uri httpstatus errorcode bytessent:BIGINT objectsize:BIGINT totaltime turnaroundtime referrer useragent versionid hostid sigv ciphersuite authtype endpoint tlsversion accesspointarn aclrequired sourceregion'

export const s3Access: Log = {
  name: 's3_access_logs',
  statements: [
    `CREATE EXTERNAL TABLE s3_access_logs(
      ${COLUMNS.split(' ')
        .map((column) => `\`${column.split(':')[0]}\` ${column.split(':')[1] ?? 'STRING'}`)
        .join(', ')})
    PARTITIONED BY (\`timestamp\` string)
    ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
    WITH SERDEPROPERTIES (
      'input.regex'='([^ ]*) ([^ ]*) \\\\[(.*?)\\\\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (\\"[^\\"]*\\"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (\\"[^\\"]*\\"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$')
    STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
    LOCATION 's3://logs/access/'
    TBLPROPERTIES ('projection.enabled'='true', 'projection.timestamp.format'='yyyy/MM/dd',
      'projection.timestamp.interval'='1', 'projection.timestamp.interval.unit'='DAYS',
      'projection.timestamp.range'='2024/01/01,NOW', 'projection.timestamp.type'='date',
      'storage.location.template'='s3://logs/access/\${timestamp}')`,
  ],
  objects: new Map(
    [28, 29, 30].map((day) => [
      `access/2024/01/${day}/2024-01-${day}-00-00-00-ABC`,
      requests.map((r, i) => (r.day === day ? `${line(r, i)}\n` : '')).join(''),
    ]),
  ),
  queries: [
    query(
      DOCS,
      `SELECT requestdatetime, remoteip, requester, key FROM s3_access_logs WHERE key = 'images/picture.jpg' AND operation like '%DELETE%'`,
      () =>
        of('REST.DELETE.OBJECT', 'BATCH.DELETE.OBJECT')
          .filter((r) => r.key === 'images/picture.jpg')
          .map((r) => [time(r), r.ip, r.requester, r.key]),
    ),
    query(DOCS, `SELECT * FROM s3_access_logs WHERE requester='arn:aws:iam::123456789123:user/ann'`),
    query(
      DOCS,
      `SELECT requestid FROM s3_access_logs WHERE Key='prefix/images/picture.jpg' AND parse_datetime(requestdatetime,'dd/MMM/yyyy:HH:mm:ss Z')
       BETWEEN parse_datetime('2024-01-29:07:00:00','yyyy-MM-dd:HH:mm:ss') AND parse_datetime('2024-01-29:20:00:00','yyyy-MM-dd:HH:mm:ss')`,
      () =>
        requests.flatMap((r, i) =>
          r.key.startsWith('prefix/') && at(r) >= '2024-01-29 07:00:00' && at(r) <= '2024-01-29 20:00:00'
            ? [[`REQ${i}`]]
            : [],
        ),
    ),
    query(
      DOCS,
      `SELECT coalesce(SUM(bytessent), 0) AS bytessenttotal FROM s3_access_logs WHERE remoteip='192.0.2.1'
       AND parse_datetime(requestdatetime,'dd/MMM/yyyy:HH:mm:ss Z') BETWEEN parse_datetime('2024-01-28','yyyy-MM-dd') AND parse_datetime('2024-01-30','yyyy-MM-dd')`,
      () => [
        [
          sum(
            requests.filter((r) => r.ip === '192.0.2.1' && r.day < 30),
            (r) => r.sent ?? 0,
          ),
        ],
      ],
    ),
    query(
      DOCS,
      `SELECT requestdatetime, key, httpstatus, errorcode, requestid, hostid FROM s3_access_logs WHERE httpstatus like '5%' AND timestamp BETWEEN '2024/01/29' AND '2024/01/30'`,
      () =>
        requests.flatMap((r, i) =>
          r.status >= 500 && r.day >= 29 ? [[time(r), r.key, r.status, r.error, `REQ${i}`, `host${i}=`]] : [],
        ),
    ),
    query(DOCS, 'SELECT requester, sigv, Count(sigv) as sigcount FROM s3_access_logs GROUP BY requester, sigv', () =>
      grouped(requests, (r) => [r.requester, r.sigv]),
    ),
    query(
      DOCS,
      `SELECT bucket_name, requester, remoteip, key, httpstatus, errorcode, requestdatetime FROM s3_access_logs WHERE operation='REST.PUT.OBJECT'
       AND parse_datetime(requestdatetime,'dd/MMM/yyyy:HH:mm:ss Z') BETWEEN parse_datetime('2024-01-28:00:42:42','yyyy-MM-dd:HH:mm:ss')
       AND parse_datetime('2024-01-29:00:42:42','yyyy-MM-dd:HH:mm:ss')`,
      () =>
        of('REST.PUT.OBJECT')
          .filter((r) => at(r) >= '2024-01-28 00:42:42' && at(r) <= '2024-01-29 00:42:42')
          .map((r) => ['alpha', r.requester, r.ip, r.key, r.status, r.error, time(r)]),
    ),
    query(DOCS, `SELECT bucket_name, requester, remoteip, key FROM s3_access_logs WHERE requester IS NULL`, () => []),
    query(
      DOCS,
      `SELECT key, operation, aclrequired FROM s3_access_logs WHERE aclrequired = 'Yes'
       AND parse_datetime(requestdatetime,'dd/MMM/yyyy:HH:mm:ss Z') > parse_datetime('2024-01-30:00:00:00','yyyy-MM-dd:HH:mm:ss')`,
      () =>
        requests
          .filter((r) => r.acl === 'Yes' && at(r) > '2024-01-30 00:00:00')
          .map((r) => [r.key, r.operation, 'Yes']),
    ),
    query(
      KNOWLEDGE,
      `SELECT date_trunc('day', parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS day, count(*) FROM s3_access_logs GROUP BY 1 ORDER BY 1`,
    ),
    query(
      KNOWLEDGE,
      `SELECT operation, httpstatus, count(*) FROM s3_access_logs WHERE httpstatus NOT IN ('200', '206', '304') GROUP BY operation, httpstatus`,
      () =>
        grouped(
          requests.filter((r) => r.status > 304),
          (r) => [r.operation, r.status],
        ),
    ),
    query(
      KNOWLEDGE,
      `SELECT remoteip, count(*) AS denied FROM s3_access_logs WHERE errorcode = 'AccessDenied' GROUP BY remoteip ORDER BY denied DESC`,
      () =>
        grouped(
          requests.filter((r) => r.status === 403),
          (r) => [r.ip],
        ),
    ),
    query(
      KNOWLEDGE,
      `SELECT url_decode(url_decode(key)) AS key, max(CAST(totaltime AS integer)) FROM s3_access_logs WHERE totaltime <> '-' GROUP BY key`,
      () =>
        grouped(
          requests,
          (r) => [decodeURIComponent(decodeURIComponent(r.key))],
          (rows) => [Math.max(...rows.map((r) => r.total))],
        ),
    ),
    query(
      COSTS,
      `SELECT split_part(operation, '.', 2) AS verb, count(*), sum(coalesce(bytessent, 0)) / 1e6 > 0 FROM s3_access_logs GROUP BY 1`,
      () =>
        grouped(
          requests,
          (r) => [verb(r)],
          (rows) => [rows.length, String(sum(rows, (r) => r.sent ?? 0) > 0)],
        ),
    ),
    query(
      COSTS,
      `SELECT regexp_extract(key, '\\.([^.]+)$', 1) AS extension, count(DISTINCT remoteip) FROM s3_access_logs GROUP BY 1`,
      () =>
        grouped(
          requests,
          (r) => [r.key.split('.').at(-1)!],
          (rows) => [distinct(rows.map((r) => r.ip)).length],
        ),
    ),
    query(
      COSTS,
      `SELECT key FROM s3_access_logs WHERE operation LIKE 'REST.PUT%' EXCEPT SELECT key FROM s3_access_logs WHERE operation LIKE 'REST.GET%'`,
      () => {
        const read = of('REST.GET.OBJECT').map((r) => r.key)
        return distinct(of('REST.PUT.OBJECT').map((r) => r.key))
          .filter((key) => !read.includes(key))
          .map((key) => [key])
      },
    ),
    query(
      COSTS,
      `SELECT useragent, tlsversion, authtype, endpoint, sourceregion, count(*) FROM s3_access_logs GROUP BY 1, 2, 3, 4, 5`,
      () => [
        [
          '"aws-sdk/3 app/7"',
          'TLSv1.2',
          'AuthHeader',
          'alpha.s3.us-east-1.amazonaws.com',
          'us-east-1',
          requests.length,
        ],
      ],
    ),
    query(
      COSTS,
      `SELECT approx_percentile(CAST(turnaroundtime AS double), 0.99) FROM s3_access_logs WHERE regexp_like(turnaroundtime, '^[0-9]+$')`,
    ),
  ],
}
