/** Query logs of the Route 53 resolver. https://docs.aws.amazon.com/athena/latest/ug/querying-r53-resolver-logs-creating-the-table.html */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { grouped, type Log, query, times } from './log.ts'

const DOCS = 'Athena user guide: querying-r53-resolver-logs-example-queries'
const BOOTSTRAP = 'awslabs/aws-security-analytics-bootstrap: dns_demo_queries.sql'
const HUNTING = 'public notes on hunting in DNS logs'

interface Lookup {
  readonly at: string
  readonly name: string
  readonly type: string
  readonly rcode: string
  readonly answers: readonly string[]
  readonly ip: string
  readonly port: number
  readonly instance: string | undefined
  readonly action: string | undefined
}
const random = seededRandom(53)
const two = (n: number): string => String(n).padStart(2, '0')
const lookups: readonly Lookup[] = times(400, () => {
  const missing = random.chance(0.2)
  return {
    at: `2020-09-24T${two(random.below(12))}:${two(random.below(60))}:${two(random.below(60))}Z`,
    name: random.pick([
      'www.example.com.',
      'api.example.com.',
      'a1b2c3d4e5f6.bad.net.',
      's3.amazonaws.com.',
      'db.internal.',
    ]),
    type: random.pick(['A', 'A', 'AAAA', 'TXT', 'PTR']),
    rcode: missing ? random.pick(['NXDOMAIN', 'SERVFAIL', 'NOERROR']) : 'NOERROR',
    answers: missing ? [] : times(1 + random.below(2), () => `203.0.113.${random.pick([16, 17, 18])}`),
    ip: `10.0.0.${random.below(5)}`,
    port: 1024 + random.below(60000),
    instance: random.chance(0.7) ? `i-0${random.below(4)}` : undefined,
    action: random.pick([undefined, 'BLOCK', 'ALERT', undefined]),
  }
})
const record = (l: Lookup) => ({
  version: '1.100000',
  account_id: '123456789012',
  region: 'us-east-1',
  vpc_id: 'vpc-1',
  query_timestamp: l.at,
  query_name: l.name,
  query_type: l.type,
  query_class: 'IN',
  rcode: l.rcode,
  answers: l.answers.map((Rdata) => ({ Rdata, Type: l.type, Class: 'IN' })),
  srcaddr: l.ip,
  srcport: String(l.port),
  transport: 'UDP',
  srcids: l.instance ? { instance: l.instance } : {},
  ...(l.action ? { firewall_rule_action: l.action, firewall_rule_group_id: 'rslvr-frg-1' } : {}),
})
const tld = (name: string): string => name.split('.').at(-2)!

export const resolver: Log = {
  name: 'r53_rlogs',
  statements: [
    `CREATE EXTERNAL TABLE r53_rlogs (
      version string, account_id string, region string, vpc_id string, query_timestamp string, query_name string,
      query_type string, query_class
        string,
      rcode string, answers array< struct< Rdata: string, Type: string, Class: string> >, srcaddr string, srcport int,
      transport string, srcids struct< instance: string, resolver_endpoint: string >, firewall_rule_action string,
      firewall_rule_group_id string, firewall_domain_list_id string )
    ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
    LOCATION 's3://logs/AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/'`,
  ],
  objects: new Map([
    [
      'AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2020/09/24/log.gz',
      gzipSync(lookups.map((l) => `${JSON.stringify(record(l))}\n`).join('')),
    ],
  ]),
  queries: [
    query(DOCS, 'SELECT * FROM "r53_rlogs" LIMIT 10'),
    query(DOCS, 'SELECT * FROM "r53_rlogs" ORDER BY query_timestamp DESC'),
    query(
      DOCS,
      `SELECT query_timestamp, srcids.instance, srcaddr, srcport, query_name, rcode FROM "r53_rlogs"
       WHERE (parse_datetime(query_timestamp,'yyyy-MM-dd''T''HH:mm:ss''Z') BETWEEN parse_datetime('2020-09-24-00:00:00','yyyy-MM-dd-HH:mm:ss')
         AND parse_datetime('2020-09-24-08:00:00','yyyy-MM-dd-HH:mm:ss')) ORDER BY query_timestamp DESC`,
      () =>
        lookups
          .filter((l) => l.at <= '2020-09-24T08:00:00Z')
          .map((l) => [l.at, l.instance ?? null, l.ip, l.port, l.name, l.rcode]),
    ),
    query(
      DOCS,
      `SELECT query_timestamp, srcids.instance, answers FROM "r53_rlogs" WHERE query_name LIKE '%example.com%' ORDER BY query_timestamp DESC`,
      () =>
        lookups
          .filter((l) => l.name.includes('example.com'))
          .map((l) => [
            l.at,
            l.instance ?? null,
            `[${l.answers.map((a) => `{rdata=${a}, type=${l.type}, class=IN}`).join(', ')}]`,
          ]),
    ),
    query(
      DOCS,
      `SELECT query_timestamp, srcaddr, srcport, query_name, rcode FROM "r53_rlogs" WHERE cardinality(answers) = 0`,
      () => lookups.filter((l) => l.answers.length === 0).map((l) => [l.at, l.ip, l.port, l.name, l.rcode]),
    ),
    query(
      DOCS,
      `SELECT query_timestamp, query_name, answer.Rdata FROM "r53_rlogs" CROSS JOIN UNNEST(r53_rlogs.answers) as st(answer) WHERE answer.Rdata='203.0.113.16'`,
      () => lookups.flatMap((l) => l.answers.filter((a) => a.endsWith('.16')).map((a) => [l.at, l.name, a])),
    ),
    query(
      BOOTSTRAP,
      `SELECT query_name, query_type, cardinality(array_distinct(filter(array_agg(srcids), q -> q.instance IS NOT NULL))) as query_count
       FROM r53_rlogs GROUP BY query_name, query_type ORDER by query_count DESC`,
      () =>
        grouped(
          lookups,
          (l) => [l.name, l.type],
          (rows) => [new Set(rows.flatMap((l) => l.instance ?? [])).size],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT query_name, query_type, count(*) as query_count FROM r53_rlogs WHERE query_type <> 'AAAA' GROUP BY query_name, query_type`,
      () =>
        grouped(
          lookups.filter((l) => l.type !== 'AAAA'),
          (l) => [l.name, l.type],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT element_at(split(query_name,'.'),-2) AS tld, element_at(split(query_name,'.'),-3) AS sld, query_name, query_type, count(*) AS query_count
       FROM r53_rlogs GROUP BY query_name, query_type ORDER BY query_count DESC`,
      () => grouped(lookups, (l) => [tld(l.name), l.name.split('.').at(-3)!, l.name, l.type]),
    ),
    query(
      BOOTSTRAP,
      `SELECT count(*) FROM r53_rlogs WHERE contains(transform(answers, x-> x.rdata), '203.0.113.17')`,
      () => [[lookups.filter((l) => l.answers.includes('203.0.113.17')).length]],
    ),
    query(
      HUNTING,
      `SELECT firewall_rule_action, count(*) FROM r53_rlogs WHERE firewall_rule_action IS NOT NULL GROUP BY 1`,
      () =>
        grouped(
          lookups.filter((l) => l.action),
          (l) => [l.action!],
        ),
    ),
    query(
      HUNTING,
      `SELECT query_name FROM r53_rlogs WHERE length(split_part(query_name, '.', 1)) >= 12 AND regexp_like(query_name, '^[a-z0-9]{12}\\.') GROUP BY query_name`,
      () => [['a1b2c3d4e5f6.bad.net.']],
    ),
    query(
      HUNTING,
      `SELECT srcids.instance, count_if(rcode = 'NXDOMAIN') AS nx, count(*) AS total FROM r53_rlogs WHERE srcids.instance IS NOT NULL GROUP BY srcids.instance`,
      () =>
        grouped(
          lookups.filter((l) => l.instance),
          (l) => [l.instance!],
          (rows) => [rows.filter((l) => l.rcode === 'NXDOMAIN').length, rows.length],
        ),
    ),
    query(
      HUNTING,
      `SELECT srcaddr, query_name, at - lag(at) OVER (PARTITION BY srcaddr, query_name ORDER BY at) AS pause FROM
       (SELECT srcaddr, query_name, to_unixtime(from_iso8601_timestamp(query_timestamp)) AS at FROM r53_rlogs)`,
    ),
    query(HUNTING, `SELECT histogram(query_type) FROM r53_rlogs`),
    query(HUNTING, `SELECT any_match(answers, a -> a.rdata LIKE '203.%'), count(*) FROM r53_rlogs GROUP BY 1`, () =>
      grouped(lookups, (l) => [String(l.answers.length > 0)]),
    ),
  ],
}
