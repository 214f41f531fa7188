/** WAF logs by partition projection. https://docs.aws.amazon.com/athena/latest/ug/create-waf-table-partition-projection.html */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { grouped, type Log, query, times } from './log.ts'

const COUNT = 'Athena user guide: query-examples-waf-logs-count'
const TIME = 'Athena user guide: query-examples-waf-logs-date-time'
const BLOCKED = 'Athena user guide: query-examples-waf-logs-blocked-requests'
const BLOG = 'AWS networking blog: Athena queries to analyze WAF logs'

interface Check {
  readonly date: string
  readonly at: number
  readonly action: string
  readonly rule: string
  readonly type: string
  readonly ip: string
  readonly country: string
  readonly uri: string
  readonly method: string
  readonly referer: string | undefined
  readonly forwarded: string | undefined
  readonly counted: readonly string[]
  readonly labels: readonly string[]
}
const random = seededRandom(67)
const DATES = ['2021/03/05', '2021/03/06', '2021/04/01']
const checks: readonly Check[] = times(500, () => {
  const date = random.pick(DATES)
  const action = random.pick(['ALLOW', 'ALLOW', 'BLOCK', 'COUNT'])
  return {
    date,
    at: Date.parse(`${date.replaceAll('/', '-')}T00:00:00Z`) + random.below(86_400_000),
    action,
    rule: action === 'BLOCK' ? random.pick(['e9dd190d-7a43-4c06-bcea-409613d9506e', 'rate-limit']) : 'Default_Action',
    type: action === 'BLOCK' ? random.pick(['RATE_BASED', 'REGULAR', 'GROUP']) : 'REGULAR',
    ip: `53.21.198.${60 + random.below(9)}`,
    country: random.pick(['IE', 'US', 'CN']),
    uri: random.pick(['/', '/login', '/api/items']),
    method: random.pick(['GET', 'POST']),
    referer: random.chance(0.5) ? random.pick(['https://www.amazon.com/x', 'https://example.org/']) : undefined,
    forwarded: random.chance(0.4) ? `198.51.100.${random.below(4)}` : undefined,
    counted: random.chance(0.3) ? [random.pick(['NoUserAgent_HEADER', 'SizeRestrictions_BODY'])] : [],
    labels: random.chance(0.5) ? ['awswaf:managed:aws:bot-control:bot:verified', `awswaf:clientip:geo:country:x`] : [],
  }
})
const counted = (ruleId: string) => ({ ruleId, action: 'COUNT', ruleMatchDetails: [] })
const record = (c: Check) => ({
  timestamp: c.at,
  formatVersion: 1,
  webaclId: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/w/1',
  terminatingRuleId: c.rule,
  terminatingRuleType: c.type,
  action: c.action,
  terminatingRuleMatchDetails: [],
  httpSourceName: 'ALB',
  httpSourceId: '111122223333-app/lb/1',
  ruleGroupList: [
    {
      ruleGroupId: 'AWS#AWSManagedRulesCommonRuleSet',
      terminatingRule: c.type === 'GROUP' ? { ruleId: 'SQLi', action: 'BLOCK', ruleMatchDetails: null } : null,
      nonTerminatingMatchingRules: c.counted.map(counted),
      excludedRules: null,
    },
  ],
  rateBasedRuleList: [],
  nonTerminatingMatchingRules: c.counted.map(counted),
  requestHeadersInserted: null,
  responseCodeSent: null,
  httpRequest: {
    clientIp: c.ip,
    country: c.country,
    headers: [
      { name: 'Host', value: 'www.example.com' },
      ...(c.referer ? [{ name: 'Referer', value: c.referer }] : []),
      ...(c.forwarded ? [{ name: 'X-Forwarded-For', value: c.forwarded }] : []),
    ],
    uri: c.uri,
    args: '',
    httpVersion: 'HTTP/1.1',
    httpMethod: c.method,
    requestId: null,
  },
  labels: c.labels.map((name) => ({ name })),
})
const march = checks.filter((c) => c.date < '2021/03/31')
const blocked = checks.filter((c) => c.action === 'BLOCK')
const ACL = 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/w/1'
const SOURCE = '111122223333-app/lb/1'
const DETAILS = 'array<struct<conditiontype:string,sensitivitylevel:string,location:string,matcheddata:array<string>>>'
const RESPONSES =
  'challengeresponse:struct<responsecode:string,solvetimestamp:string>,captcharesponse:struct<responsecode:string,solvetimestamp:string>'

export const waf: Log = {
  name: 'waf_logs',
  statements: [
    `CREATE EXTERNAL TABLE \`waf_logs\`(
      \`timestamp\` bigint, \`formatversion\` int, \`webaclid\` string, \`terminatingruleid\` string,
      \`terminatingruletype\` string, \`action\` string, \`terminatingrulematchdetails\` ${DETAILS},
      \`httpsourcename\` string, \`httpsourceid\` string,
      \`rulegrouplist\` array<struct<rulegroupid:string,terminatingrule:struct<ruleid:string,action:string,rulematchdetails:${DETAILS}>,nonterminatingmatchingrules:array<struct<ruleid:string,action:string,overriddenaction:string,rulematchdetails:${DETAILS},${RESPONSES}>>,excludedrules:string>>,
      \`ratebasedrulelist\` array<struct<ratebasedruleid:string,limitkey:string,maxrateallowed:int>>,
      \`nonterminatingmatchingrules\` array<struct<ruleid:string,action:string,rulematchdetails:${DETAILS},${RESPONSES}>>,
      \`requestheadersinserted\` array<struct<name:string,value:string>>, \`responsecodesent\` string,
      \`httprequest\` struct<clientip:string,country:string,headers:array<struct<name:string,value:string>>,uri:string,args:string,httpversion:string,httpmethod:string,requestid:string,fragment:string,scheme:string,host:string>,
      \`labels\` array<struct<name:string>>,
      \`captcharesponse\` struct<responsecode:string,solvetimestamp:string,failurereason:string>,
      \`challengeresponse\` struct<responsecode:string,solvetimestamp:string,failurereason:string>,
      \`ja3fingerprint\` string, \`ja4fingerprint\` string, \`oversizefields\` string, \`requestbodysize\` int,
      \`requestbodysizeinspectedbywaf\` int)
    PARTITIONED BY (\`date\` string)
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
    LOCATION 's3://logs/waf/'
    TBLPROPERTIES ('projection.enabled'='true', 'projection.date.format'='yyyy/MM/dd', 'projection.date.interval'='1',
      'projection.date.interval.unit'='days', 'projection.date.range'='2021/01/01,NOW', 'projection.date.type'='date',
      'storage.location.template'='s3://logs/waf/\${date}')`,
  ],
  objects: new Map(
    DATES.map((date) => [
      `waf/${date}/waf.gz`,
      gzipSync(
        checks
          .filter((c) => c.date === date)
          .map((c) => `${JSON.stringify(record(c))}\n`)
          .join(''),
      ),
    ]),
  ),
  queries: [
    query(
      COUNT,
      `WITH test_dataset AS (SELECT header FROM waf_logs CROSS JOIN UNNEST(httprequest.headers) AS t(header) WHERE "date" >= '2021/03/01' AND "date" < '2021/03/31')
       SELECT COUNT(*) referer_count FROM test_dataset WHERE LOWER(header.name)='referer' AND header.value LIKE '%amazon%'`,
      () => [[march.filter((c) => c.referer?.includes('amazon')).length]],
    ),
    query(
      COUNT,
      `WITH test_dataset AS (SELECT * FROM waf_logs CROSS JOIN UNNEST(rulegrouplist) AS t(allrulegroups))
       SELECT COUNT(*) AS count, "httprequest"."clientip", "allrulegroups"."excludedrules", "allrulegroups"."ruleGroupId" FROM test_dataset
       WHERE allrulegroups.excludedrules IS NOT NULL AND from_unixtime(timestamp/1000) > now() - interval '10' day
       GROUP BY "httprequest"."clientip", "allrulegroups"."ruleGroupId", "allrulegroups"."excludedrules" ORDER BY count DESC`,
      () => [],
    ),
    query(
      COUNT,
      `SELECT count(*) AS count, httpsourceid, httprequest.clientip, t.rulegroupid, cardinality(t.nonTerminatingMatchingRules) FROM "waf_logs"
       CROSS JOIN UNNEST(rulegrouplist) AS t(t) WHERE action <> 'BLOCK' AND cardinality(t.nonTerminatingMatchingRules) > 0
       GROUP BY t.nonTerminatingMatchingRules, action, httpsourceid, httprequest.clientip, t.rulegroupid ORDER BY "count" DESC Limit 50`,
    ),
    query(
      COUNT,
      `SELECT count(*) AS count, httpsourceid, httprequest.clientip, t.ruleid, t.action FROM "waf_logs"
       CROSS JOIN UNNEST(nonterminatingmatchingrules) AS t(t) WHERE action <> 'BLOCK' AND cardinality(nonTerminatingMatchingRules) > 0
       GROUP BY t.ruleid, t.action, httpsourceid, httprequest.clientip ORDER BY "count" DESC Limit 50`,
      () =>
        grouped(
          checks.filter((c) => c.action !== 'BLOCK' && c.counted.length > 0),
          (c) => [SOURCE, c.ip, c.counted[0]!, 'COUNT'],
        ).map((row) => [row.at(-1)!, ...row.slice(0, -1)]),
    ),
    query(
      TIME,
      'SELECT to_iso8601(from_unixtime(timestamp / 1000)) as time_ISO_8601, httpsourcename, httpsourceid, httprequest FROM waf_logs LIMIT 10',
    ),
    query(
      TIME,
      `SELECT to_iso8601(from_unixtime(timestamp/1000)) AS time_ISO_8601, httpsourcename FROM waf_logs WHERE from_unixtime(timestamp/1000) > now() - interval '1' day LIMIT 10`,
      () => [],
    ),
    query(
      TIME,
      `SELECT count(*) FROM waf_logs WHERE httprequest.clientip='53.21.198.66' AND "date" >= '2021/03/01' AND "date" < '2021/03/31'`,
      () => [[march.filter((c) => c.ip === '53.21.198.66').length]],
    ),
    query(
      TIME,
      `SELECT * FROM waf_logs WHERE httprequest.clientip='53.21.198.66' AND "date" >= '2021/03/01' AND "date" < '2021/03/31'`,
    ),
    query(
      TIME,
      `WITH test_dataset AS (SELECT format_datetime(from_unixtime((timestamp/1000) - ((minute(from_unixtime(timestamp / 1000))%5) * 60)),'yyyy-MM-dd HH:mm') AS five_minutes_ts,
         "httprequest"."clientip" FROM waf_logs WHERE "date" >= '2021/03/01' AND "date" < '2021/03/31')
       SELECT five_minutes_ts,"clientip",count(*) ip_count FROM test_dataset GROUP BY five_minutes_ts,"clientip"`,
      () =>
        grouped(march, (c) => [new Date(c.at - (c.at % 300_000)).toISOString().slice(0, 16).replace('T', ' '), c.ip]),
    ),
    query(
      TIME,
      `WITH test_dataset AS (SELECT header FROM waf_logs CROSS JOIN UNNEST (httprequest.headers) AS t(header) WHERE from_unixtime("timestamp"/1000) > timestamp '2021-03-01 00:00:00')
       SELECT header.value AS ip, count(*) AS COUNT FROM test_dataset WHERE header.name='X-Forwarded-For' GROUP BY header.value ORDER BY COUNT DESC`,
      () =>
        grouped(
          checks.filter((c) => c.forwarded),
          (c) => [c.forwarded!],
        ),
    ),
    query(
      BLOCKED,
      `SELECT COUNT(httpRequest.clientIp) as count, httpRequest.clientIp FROM waf_logs WHERE terminatingruletype='RATE_BASED' AND action='BLOCK'
       and "date" >= '2021/03/01' AND "date" < '2021/03/31' GROUP BY httpRequest.clientIp ORDER BY count DESC LIMIT 100`,
      () =>
        grouped(
          march.filter((c) => c.action === 'BLOCK' && c.type === 'RATE_BASED'),
          (c) => [c.ip],
        ).map(([ip, n]) => [n!, ip!]),
    ),
    query(
      BLOCKED,
      `SELECT COUNT(httpRequest.country) as count, httpRequest.country FROM waf_logs WHERE terminatingruletype='RATE_BASED' AND httpRequest.country='IE'
       GROUP BY httpRequest.country ORDER BY count LIMIT 100`,
      () => [[checks.filter((c) => c.type === 'RATE_BASED' && c.country === 'IE').length, 'IE']],
    ),
    query(
      BLOCKED,
      `SELECT COUNT(*) AS count, webaclid, terminatingruleid, httprequest.clientip, httprequest.uri FROM waf_logs WHERE action='BLOCK'
       GROUP BY webaclid, terminatingruleid, httprequest.clientip, httprequest.uri ORDER BY count DESC LIMIT 100`,
      () => grouped(blocked, (c) => [ACL, c.rule, c.ip, c.uri]).map((row) => [row.at(-1)!, ...row.slice(0, -1)]),
    ),
    query(
      BLOCKED,
      `SELECT COUNT(*) AS count, webaclid, action, httprequest.clientip, httprequest.uri FROM waf_logs
       WHERE terminatingruleid='e9dd190d-7a43-4c06-bcea-409613d9506e' GROUP BY webaclid, action, httprequest.clientip, httprequest.uri ORDER BY count DESC LIMIT 100`,
    ),
    query(
      BLOCKED,
      `SELECT "httprequest"."clientip", "count"(*) "ipcount", "httprequest"."country" FROM waf_logs WHERE "action" = 'BLOCK' and "date" >= '2021/03/01'
       AND "date" < '2021/03/31' GROUP BY "httprequest"."clientip", "httprequest"."country" ORDER BY "ipcount" DESC limit 100`,
      () =>
        grouped(
          march.filter((c) => c.action === 'BLOCK'),
          (c) => [c.ip, c.country],
        ).map(([ip, country, n]) => [ip!, n!, country!]),
    ),
    query(
      BLOG,
      `SELECT label_item.name, count(*) FROM waf_logs, UNNEST(CASE WHEN cardinality(labels) >= 1 THEN labels ELSE array[cast(row('NOLABEL') as row(name varchar))] END) AS t(label_item) GROUP BY label_item.name`,
      () =>
        grouped(
          checks.flatMap((c) => (c.labels.length ? c.labels : ['NOLABEL'])),
          (name) => [name],
        ),
    ),
    query(
      BLOG,
      `SELECT httprequest.httpmethod, httprequest.uri, count(*) FROM waf_logs WHERE action = 'ALLOW' GROUP BY 1, 2`,
      () =>
        grouped(
          checks.filter((c) => c.action === 'ALLOW'),
          (c) => [c.method, c.uri],
        ),
    ),
    query(
      BLOG,
      `SELECT map_agg(f.name, f.value)['Host'] AS host, count(*) FROM (SELECT timestamp, httprequest.clientip AS ip, h.name, h.value FROM waf_logs
         CROSS JOIN UNNEST(httprequest.headers) AS t(h)) f GROUP BY f.timestamp, f.ip LIMIT 5`,
    ),
    query(
      BLOG,
      `SELECT element_at(filter(httprequest.headers, h -> lower(h.name) = 'referer'), 1).value AS referer, count(*) FROM waf_logs GROUP BY 1`,
      () => grouped(checks, (c) => [c.referer ?? null]),
    ),
    query(
      BLOG,
      `SELECT rg.terminatingrule.ruleid, count(*) FROM waf_logs CROSS JOIN UNNEST(rulegrouplist) AS t(rg) WHERE rg.terminatingrule IS NOT NULL GROUP BY 1`,
      () => [['SQLi', checks.filter((c) => c.type === 'GROUP').length]],
    ),
  ],
}
