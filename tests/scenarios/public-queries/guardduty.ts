/** Findings of GuardDuty. https://docs.aws.amazon.com/athena/latest/ug/querying-guardduty.html */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { grouped, type Log, query, times } from './log.ts'

const DOCS = 'Athena user guide: querying-guardduty'
const DASHBOARD = 'public GuardDuty dashboards'

interface Finding {
  readonly id: string
  readonly type: string
  readonly severity: number
  readonly region: string
  readonly created: string
  readonly count: number
  readonly instance: string
  readonly user: string
  readonly domain: string
}
const random = seededRandom(71)
const findings: readonly Finding[] = times(120, (i) => ({
  id: `f${i}`,
  type: random.pick([
    'Trojan:EC2/DNSDataExfiltration',
    'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B',
    'UnauthorizedAccess:IAMUser/TorIPCaller',
    'Recon:EC2/PortProbeUnprotectedPort',
    'CryptoCurrency:EC2/BitcoinTool.B!DNS',
  ]),
  severity: random.pick([2, 5, 8]),
  region: random.pick(['us-east-1', 'eu-west-1']),
  created: `2024-02-${10 + random.below(18)}T10:00:00.000Z`,
  count: 1 + random.below(40),
  instance: `i-0${random.below(6)}`,
  user: random.pick(['ann', 'bob']),
  domain: random.pick(['bad.example', 'worse.example']),
}))
const record = (f: Finding) => ({
  schemaVersion: '2.0',
  accountId: '111122223333',
  region: f.region,
  partition: 'aws',
  id: f.id,
  arn: `arn:aws:guardduty:${f.region}:111122223333:detector/d/finding/${f.id}`,
  type: f.type,
  resource: {
    resourcetype: 'Instance',
    instancedetails: { instanceid: f.instance },
    accesskeydetails: { username: f.user },
  },
  service: {
    count: f.count,
    action: {
      actiontype: 'DNS_REQUEST',
      dnsrequestaction: { domain: f.domain, protocol: 'UDP', blocked: false },
      awsapicallaction: { api: 'ListBuckets' },
    },
  },
  severity: f.severity,
  createdAt: f.created,
  updatedAt: f.created,
  title: `About ${f.instance}`,
  description: 'A finding',
})
const family = (f: Finding) => f.type.split(':')[0]!

export const guardduty: Log = {
  name: 'gd_logs',
  statements: [
    `CREATE EXTERNAL TABLE \`gd_logs\` (\`schemaversion\` string, \`accountid\` string, \`region\` string, \`partition\` string,
      \`id\` string, \`arn\` string, \`type\` string, \`resource\` string, \`service\` string, \`severity\` string,
      \`createdat\` string, \`updatedat\` string, \`title\` string, \`description\` string)
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    LOCATION 's3://logs/AWSLogs/111122223333/GuardDuty/'
    TBLPROPERTIES ('has_encrypted_data'='true')`,
  ],
  objects: new Map([
    [
      'AWSLogs/111122223333/GuardDuty/us-east-1/2024/02/20/f.jsonl.gz',
      gzipSync(findings.map((f) => JSON.stringify(record(f))).join('\n')),
    ],
  ]),
  queries: [
    query(
      DOCS,
      `SELECT title, severity, type, id AS FindingID, accountid, region, createdat, updatedat, json_extract_scalar(service, '$.count') AS Count,
         json_extract_scalar(resource, '$.instancedetails.instanceid') AS InstanceID, json_extract_scalar(service, '$.action.actiontype') AS DNS_ActionType,
         json_extract_scalar(service, '$.action.dnsrequestaction.domain') AS DomainName, json_extract_scalar(service, '$.action.dnsrequestaction.protocol') AS protocol,
         json_extract_scalar(service, '$.action.dnsrequestaction.blocked') AS blocked
       FROM gd_logs WHERE type = 'Trojan:EC2/DNSDataExfiltration' ORDER BY severity DESC`,
      () =>
        findings
          .filter((f) => f.type.startsWith('Trojan'))
          .map((f) => [
            `About ${f.instance}`,
            f.severity,
            f.type,
            f.id,
            '111122223333',
            f.region,
            f.created,
            f.created,
            f.count,
            f.instance,
            'DNS_REQUEST',
            f.domain,
            'UDP',
            'false',
          ]),
    ),
    query(
      DOCS,
      `SELECT id, severity, json_extract_scalar(resource, '$.accesskeydetails.username') AS IAMPrincipal, json_extract_scalar(service,'$.action.awsapicallaction.api') AS APIActionCalled
       FROM gd_logs WHERE type LIKE '%UnauthorizedAccess:IAMUser%' ORDER BY severity desc`,
      () => findings.filter((f) => f.type.includes('IAMUser')).map((f) => [f.id, f.severity, f.user, 'ListBuckets']),
    ),
    query(
      DASHBOARD,
      `SELECT CASE WHEN CAST(severity AS double) >= 7 THEN 'HIGH' WHEN CAST(severity AS double) >= 4 THEN 'MEDIUM' ELSE 'LOW' END AS level, count(*) FROM gd_logs GROUP BY 1`,
      () => grouped(findings, (f) => [f.severity >= 7 ? 'HIGH' : f.severity >= 4 ? 'MEDIUM' : 'LOW']),
    ),
    query(
      DASHBOARD,
      `SELECT split_part(type, ':', 1) AS family, count(*), sum(CAST(json_extract_scalar(service, '$.count') AS bigint)) FROM gd_logs GROUP BY 1`,
      () =>
        grouped(
          findings,
          (f) => [family(f)],
          (rows) => [rows.length, rows.reduce((n, f) => n + f.count, 0)],
        ),
    ),
    query(
      DASHBOARD,
      `SELECT date(from_iso8601_timestamp(createdat)) AS day, region, count(*) FROM gd_logs GROUP BY 1, 2 ORDER BY 1`,
      () => grouped(findings, (f) => [f.created.slice(0, 10), f.region]),
    ),
    query(
      DASHBOARD,
      `SELECT json_extract_scalar(resource, '$.instancedetails.instanceid'), array_agg(DISTINCT type) FROM gd_logs WHERE type LIKE '%EC2%' GROUP BY 1`,
    ),
    query(
      DASHBOARD,
      `SELECT id FROM gd_logs WHERE CAST(json_extract(service, '$.action.dnsrequestaction.blocked') AS boolean) = false AND regexp_like(type, 'Crypto|Trojan')`,
      () => findings.filter((f) => /Crypto|Trojan/.test(f.type)).map((f) => [f.id]),
    ),
    query(
      DASHBOARD,
      `SELECT t.day, count(gd.id) FROM UNNEST(sequence(DATE '2024-02-10', DATE '2024-02-27', INTERVAL '1' DAY)) AS t(day)
       LEFT JOIN gd_logs gd ON date(from_iso8601_timestamp(gd.createdat)) = t.day GROUP BY t.day`,
      () =>
        times(18, (i) => [
          `2024-02-${10 + i}`,
          findings.filter((f) => f.created.startsWith(`2024-02-${10 + i}`)).length,
        ]),
    ),
  ],
}
