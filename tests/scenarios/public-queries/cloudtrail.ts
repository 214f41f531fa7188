/**
 * CloudTrail's log files, by partition projection.
 * https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
 */
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../conformance/values.ts'
import { distinct, grouped, type Log, query, times, top } from './log.ts'

const DOCS = 'Athena user guide: query-examples-cloudtrail-logs'
const BOOTSTRAP = 'awslabs/aws-security-analytics-bootstrap: cloudtrail_demo_queries.sql'
const PARTITIONER = 'duo-labs/cloudtrail-partitioner: README'
const INCIDENT = 'aldosimon/tools-dump: athena-queries.md'
const DETECTION = 'akshayah-ns-10/AWS-Threat-Detection-Monitoring: Athena queries'
const S3_GUIDE = 'S3 user guide: cloudtrail-request-identification'

interface Event {
  readonly day: string
  readonly time: string
  readonly source: string
  readonly name: string
  readonly region: string
  readonly ip: string
  readonly agent: string
  readonly error: string | null
  readonly kind: 'IAMUser' | 'AssumedRole' | 'Root'
  readonly user: string
  readonly key: string
  readonly bucket: string
  readonly object: string
  readonly mfa: string
}

const random = seededRandom(23)
const DAYS = ['2024/01/10', '2024/01/11', '2024/01/12']
const CALLS = [
  ['s3.amazonaws.com', 'GetObject'],
  ['s3.amazonaws.com', 'PutObject'],
  ['s3.amazonaws.com', 'DeleteBucket'],
  ['s3.amazonaws.com', 'PutBucketPolicy'],
  ['iam.amazonaws.com', 'CreateAccessKey'],
  ['iam.amazonaws.com', 'UpdateLoginProfile'],
  ['iam.amazonaws.com', 'ListUsers'],
  ['iam.amazonaws.com', 'AttachUserPolicy'],
  ['sts.amazonaws.com', 'AssumeRole'],
  ['signin.amazonaws.com', 'ConsoleLogin'],
  ['ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress'],
  ['ec2.amazonaws.com', 'RunInstances'],
  ['ec2.amazonaws.com', 'DescribeInstances'],
  ['kms.amazonaws.com', 'Decrypt'],
] as const
const ACCOUNT = '111122223333'
const two = (n: number): string => String(n).padStart(2, '0')

const events: readonly Event[] = times(600, (i) => {
  const day = random.pick(DAYS)
  const [source, name] = random.pick(CALLS)
  const kind = random.pick(['IAMUser', 'AssumedRole', 'AssumedRole', 'IAMUser', 'Root'] as const)
  return {
    day,
    time: `${day.replaceAll('/', '-')}T${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}Z`,
    source,
    name,
    region: random.pick(['us-east-1', 'us-east-1', 'eu-west-1']),
    ip: random.pick(['198.51.100.7', '10.1.2.3', '203.0.113.9', 'cloudformation.amazonaws.com', '192.168.7.7']),
    agent: random.pick(['aws-cli/2.15', 'console.amazonaws.com', 'Boto3/1.34']),
    error: random.chance(0.2)
      ? random.pick(['AccessDenied', 'Client.UnauthorizedOperation', 'ThrottlingException'])
      : null,
    kind,
    user: kind === 'Root' ? 'root' : random.pick(['ann', 'bob', 'eve', 'deploy']),
    key: `AKIA${i % 7}`,
    bucket: random.pick(['alpha', 'beta', 'gamma']),
    object: random.pick(['example/datafile.txt', 'a/b.csv', 'c.parquet']),
    mfa: random.pick(['true', 'false']),
  }
})

const arn = (e: Event): string =>
  e.kind === 'Root'
    ? `arn:aws:iam::${ACCOUNT}:root`
    : e.kind === 'IAMUser'
      ? `arn:aws:iam::${ACCOUNT}:user/${e.user}`
      : `arn:aws:sts::${ACCOUNT}:assumed-role/${e.user}/session`

function record(e: Event, i: number): unknown {
  const issuer = {
    type: 'Role',
    principalId: 'AROA',
    arn: `arn:aws:iam::${ACCOUNT}:role/${e.user}`,
    accountId: ACCOUNT,
    userName: e.user,
  }
  return {
    eventVersion: '1.09',
    userIdentity: {
      type: e.kind,
      principalId: `AID-${e.user}`,
      arn: arn(e),
      accountId: ACCOUNT,
      accessKeyId: e.key,
      ...(e.kind === 'IAMUser' ? { userName: e.user } : {}),
      ...(e.kind === 'AssumedRole'
        ? { sessionContext: { attributes: { mfaAuthenticated: e.mfa, creationDate: e.time }, sessionIssuer: issuer } }
        : {}),
    },
    eventTime: e.time,
    eventSource: e.source,
    eventName: e.name,
    awsRegion: e.region,
    sourceIPAddress: e.ip,
    userAgent: e.agent,
    ...(e.error ? { errorCode: e.error, errorMessage: `${e.error} for ${e.user}` } : {}),
    requestParameters: { bucketName: e.bucket, key: e.object, userName: e.user },
    responseElements:
      e.name === 'CreateAccessKey'
        ? { accessKey: { userName: e.user, accessKeyId: `AKIANEW${i}` } }
        : e.name === 'ConsoleLogin'
          ? { ConsoleLogin: e.error ? 'Failure' : 'Success' }
          : null,
    additionalEventData: { MFAUsed: e.mfa === 'true' ? 'Yes' : 'No' },
    requestID: `r${i}`,
    eventID: `e${i}`,
    readOnly: /^(Get|List|Describe)/.test(e.name),
    resources: [
      { ARN: `arn:aws:s3:::${e.bucket}/${e.object}`, type: 'AWS::S3::Object' },
      { ARN: `arn:aws:s3:::${e.bucket}`, accountId: ACCOUNT, type: 'AWS::S3::Bucket' },
    ],
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: 'x' },
  }
}

const file = (day: string): Uint8Array =>
  gzipSync(JSON.stringify({ Records: events.filter((e) => e.day === day).map(record) }))
const named = (...names: string[]) => events.filter((e) => names.includes(e.name))
const changes = events.filter((e) => !/^(Get|List|Describe|AssumeRole)/.test(e.name))
const hasName = (e: Event) => (e.kind === 'IAMUser' ? e.user : null)
const list = (items: readonly string[]) => distinct(items).toSorted().join(',')

export const cloudtrail: Log = {
  name: 'cloudtrail_logs',
  statements: [
    `CREATE EXTERNAL TABLE cloudtrail_logs(
      eventversion STRING,
      useridentity STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING,
        accesskeyid: STRING, username: STRING, onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
        sessioncontext: STRUCT<attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
          sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
          ec2roledelivery:string,
          webidfederationdata: STRUCT<federatedprovider: STRING, attributes: map<string,string>>>>,
      eventtime STRING, eventsource STRING, eventname STRING, awsregion STRING, sourceipaddress STRING, useragent STRING,
      errorcode STRING, errormessage STRING, requestparameters STRING, responseelements STRING,
      additionaleventdata STRING, requestid STRING, eventid STRING, readonly STRING,
      resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>,
      eventtype STRING, apiversion STRING, recipientaccountid STRING, serviceeventdetails STRING, sharedeventid STRING,
      vpcendpointid STRING, vpcendpointaccountid STRING, eventcategory STRING,
      addendum STRUCT<reason:STRING, updatedfields:STRING, originalrequestid:STRING, originaleventid:STRING>,
      sessioncredentialfromconsole STRING, edgedevicedetails STRING,
      tlsdetails STRUCT<tlsversion:STRING, ciphersuite:STRING, clientprovidedhostheader:STRING>)
    PARTITIONED BY (\`timestamp\` string)
    ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
    STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
    OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
    LOCATION 's3://logs/AWSLogs/111122223333/CloudTrail/us-east-1'
    TBLPROPERTIES (
      'projection.enabled'='true', 'projection.timestamp.format'='yyyy/MM/dd', 'projection.timestamp.interval'='1',
      'projection.timestamp.interval.unit'='DAYS', 'projection.timestamp.range'='2024/01/01,NOW',
      'projection.timestamp.type'='date',
      'storage.location.template'='s3://logs/AWSLogs/111122223333/CloudTrail/us-east-1/\${timestamp}')`,
  ],
  objects: new Map(DAYS.map((day) => [`AWSLogs/111122223333/CloudTrail/us-east-1/${day}/log.json.gz`, file(day)])),
  queries: [
    query(
      DOCS,
      `SELECT * FROM cloudtrail_logs WHERE eventsource = 's3.amazonaws.com' AND eventname in ('GetObject')
       AND useridentity.accountid = 'anonymous' AND useridentity.arn IS NULL AND requestparameters LIKE '%alpha%'`,
      () => [],
    ),
    query(
      DOCS,
      `SELECT eventsource, eventname, useridentity.sessioncontext.attributes.creationdate, useridentity.sessioncontext.sessionissuer.arn
       FROM cloudtrail_logs WHERE useridentity.sessioncontext.sessionissuer.arn IS NOT NULL ORDER BY eventsource, eventname LIMIT 1000`,
      () =>
        events
          .filter((e) => e.kind === 'AssumedRole')
          .map((e) => [e.source, e.name, e.time, `arn:aws:iam::${ACCOUNT}:role/${e.user}`]),
    ),
    query(
      DOCS,
      `SELECT awsregion, replace(unnested.resources_entry.ARN,'arn:aws:s3:::') as s3_resource, eventname, eventtime, useragent
       FROM cloudtrail_logs t CROSS JOIN UNNEST(t.resources) unnested (resources_entry)
       WHERE unnested.resources_entry.ARN LIKE '%example/datafile.txt' ORDER BY eventtime`,
      () =>
        events
          .filter((e) => e.object === 'example/datafile.txt')
          .map((e) => [e.region, `${e.bucket}/${e.object}`, e.name, e.time, e.agent]),
    ),
    query(
      DOCS,
      `SELECT awsregion, replace(unnested.resources_entry.ARN,'arn:aws:s3:::') as deleted_bucket, eventtime AS time_deleted,
         useridentity.username, unnested.resources_entry.accountid as bucket_acct_id
       FROM cloudtrail_logs t CROSS JOIN UNNEST(t.resources) unnested (resources_entry) WHERE eventname = 'DeleteBucket' ORDER BY eventtime`,
      () =>
        named('DeleteBucket').flatMap((e) => [
          [e.region, `${e.bucket}/${e.object}`, e.time, hasName(e), null],
          [e.region, e.bucket, e.time, hasName(e), ACCOUNT],
        ]),
    ),
    query(DOCS, 'SELECT useridentity.arn, eventname, sourceipaddress, eventtime FROM cloudtrail_logs LIMIT 100'),
    query(
      BOOTSTRAP,
      `SELECT * FROM cloudtrail_logs WHERE timestamp >= date_format(date_add('day', -30, current_timestamp), '%Y/%m/%d') LIMIT 10`,
      () => [],
    ),
    query(
      BOOTSTRAP,
      `SELECT awsregion, eventname, count(*) as eventcount FROM cloudtrail_logs WHERE timestamp >= '2024/01/11' AND timestamp <= '2024/01/31'
       GROUP BY awsregion, eventname ORDER BY awsregion, eventcount DESC`,
      () =>
        grouped(
          events.filter((e) => e.day >= '2024/01/11'),
          (e) => [e.region, e.name],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT useridentity.arn, eventname, array_join(array_agg(DISTINCT(sourceipaddress) ORDER BY sourceipaddress), ',') AS sourceips
       FROM cloudtrail_logs WHERE useridentity.arn IS NOT NULL AND (eventname = 'AssumeRole' OR eventname = 'ConsoleLogin')
       GROUP BY useridentity.arn, eventname ORDER BY eventname`,
      () =>
        grouped(
          named('AssumeRole', 'ConsoleLogin'),
          (e) => [arn(e), e.name],
          (rows) => [list(rows.map((e) => e.ip))],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT useridentity.arn, useridentity.username, array_join(array_agg(DISTINCT(eventname) ORDER BY eventname), ',') AS eventnames,
         array_join(array_agg(DISTINCT(useragent) ORDER BY useragent), ',') AS useragents FROM cloudtrail_logs
       WHERE eventname <> 'AssumeRole' AND eventname NOT LIKE 'Get%' AND eventname NOT LIKE 'List%' AND eventname NOT LIKE 'Describe%'
       GROUP BY useridentity.arn, useridentity.principalid, useridentity.username`,
      () =>
        grouped(
          changes,
          (e) => [arn(e), hasName(e)],
          (rows) => [list(rows.map((e) => e.name)), list(rows.map((e) => e.agent))],
        ),
    ),
    query(
      BOOTSTRAP,
      `SELECT eventtime, useridentity.arn, useridentity.username, eventname, json_extract_scalar(requestparameters, '$.userName') AS target
       FROM cloudtrail_logs WHERE eventsource = 'iam.amazonaws.com' AND eventname NOT LIKE 'List%' AND errorcode IS NULL ORDER BY timestamp, eventtime`,
      () =>
        events
          .filter((e) => e.source === 'iam.amazonaws.com' && e.name !== 'ListUsers' && !e.error)
          .map((e) => [e.time, arn(e), hasName(e), e.name, e.user]),
    ),
    query(
      BOOTSTRAP,
      `SELECT JSON_EXTRACT_SCALAR(JSON_EXTRACT(responseelements, '$.accessKey'), '$.userName') AS userName,
         JSON_EXTRACT_SCALAR(JSON_EXTRACT(responseelements, '$.accessKey'), '$.accessKeyId') AS accessKey
       FROM cloudtrail_logs WHERE eventname = 'CreateAccessKey' AND errorcode IS NULL`,
    ),
    query(
      BOOTSTRAP,
      `SELECT count(*) FROM cloudtrail_logs WHERE eventname IN ('UpdateLoginProfile', 'CreateLoginProfile') AND errorcode IS NULL`,
      () => [[named('UpdateLoginProfile').filter((e) => !e.error).length]],
    ),
    query(
      BOOTSTRAP,
      `SELECT count(*) FROM cloudtrail_logs WHERE regexp_like(sourceipaddress, '^\\d')
       AND NOT ((CAST(sourceipaddress AS IPADDRESS) > IPADDRESS '10.0.0.0' AND CAST(sourceipaddress AS IPADDRESS) < IPADDRESS '10.255.255.255')
         OR (CAST(sourceipaddress AS IPADDRESS) > IPADDRESS '192.168.0.0' AND CAST(sourceipaddress AS IPADDRESS) < IPADDRESS '192.168.255.255'))`,
      () => [[events.filter((e) => ['198.51.100.7', '203.0.113.9'].includes(e.ip)).length]],
    ),
    query(
      PARTITIONER,
      `SELECT useridentity.arn, errorcode, count(*) AS count FROM cloudtrail_logs WHERE timestamp = '2024/01/10' AND errorcode != ''
       GROUP BY errorcode, useridentity.arn ORDER BY count DESC LIMIT 50`,
      () =>
        grouped(
          events.filter((e) => e.day === '2024/01/10' && e.error),
          (e) => [arn(e), e.error],
        ),
    ),
    query(INCIDENT, `SELECT * FROM cloudtrail_logs WHERE useridentity.accesskeyid like '%AKIA3%' LIMIT 10`),
    query(
      INCIDENT,
      `SELECT eventtime FROM cloudtrail_logs WHERE useridentity.accesskeyid like '%AKIA3%' AND eventname='AttachUserPolicy'`,
      () =>
        named('AttachUserPolicy')
          .filter((e) => e.key === 'AKIA3')
          .map((e) => [e.time]),
    ),
    query(
      INCIDENT,
      `SELECT count(*) FROM cloudtrail_logs WHERE json_extract_scalar(responseelements, '$.accessKey.accessKeyId') IS NOT NULL`,
      () => [[named('CreateAccessKey').length]],
    ),
    query(DETECTION, 'SELECT COUNT(*) FROM cloudtrail_logs', () => [[events.length]]),
    query(DETECTION, 'SELECT useridentity.type, COUNT(*) FROM cloudtrail_logs GROUP BY useridentity.type', () =>
      grouped(events, (e) => [e.kind]),
    ),
    query(
      DETECTION,
      `SELECT useridentity.username, sourceipaddress, count(*) FROM cloudtrail_logs WHERE eventname = 'ConsoleLogin'
       AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Failure' GROUP BY 1, 2`,
      () =>
        grouped(
          named('ConsoleLogin').filter((e) => e.error),
          (e) => [hasName(e), e.ip],
        ),
    ),
    query(
      DETECTION,
      `SELECT eventtime, eventname FROM cloudtrail_logs WHERE useridentity.type = 'Root' AND eventtype <> 'AwsServiceEvent' AND useridentity.invokedby IS NULL`,
      () => events.filter((e) => e.kind === 'Root').map((e) => [e.time, e.name]),
    ),
    query(
      DETECTION,
      `SELECT awsregion, count(*) FROM cloudtrail_logs WHERE awsregion NOT IN ('us-east-1') GROUP BY awsregion`,
      () => [['eu-west-1', events.filter((e) => e.region === 'eu-west-1').length]],
    ),
    query(
      DETECTION,
      `SELECT date_trunc('hour', from_iso8601_timestamp(eventtime)) AS hour, count(*) AS calls FROM cloudtrail_logs GROUP BY 1 ORDER BY 1`,
    ),
    query(
      DETECTION,
      `SELECT date_format(from_iso8601_timestamp(eventtime), '%Y-%m-%d') AS day, count(DISTINCT sourceipaddress) FROM cloudtrail_logs GROUP BY 1`,
      () =>
        grouped(
          events,
          (e) => [e.time.slice(0, 10)],
          (rows) => [distinct(rows.map((e) => e.ip)).length],
        ),
    ),
    query(
      DETECTION,
      `SELECT eventname, count(*) AS n FROM cloudtrail_logs WHERE errorcode IN ('AccessDenied', 'Client.UnauthorizedOperation')
       AND sourceipaddress <> 'cloudformation.amazonaws.com' GROUP BY eventname HAVING count(*) >= 3`,
      () =>
        grouped(
          events.filter(
            (e) =>
              ['AccessDenied', 'Client.UnauthorizedOperation'].includes(e.error ?? '') && !e.ip.startsWith('cloud'),
          ),
          (e) => [e.name],
        ).filter(([, n]) => Number(n) >= 3),
    ),
    query(
      DETECTION,
      `SELECT count(*) FROM cloudtrail_logs WHERE eventname = 'ConsoleLogin' AND json_extract_scalar(additionaleventdata, '$.MFAUsed') = 'No'
       AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success'`,
      () => [[named('ConsoleLogin').filter((e) => !e.error && e.mfa === 'false').length]],
    ),
    query(
      DETECTION,
      `SELECT split_part(useridentity.arn, '/', 2) AS who, max_by(eventname, eventtime) AS last_call, max(eventtime) FROM cloudtrail_logs
       WHERE useridentity.type <> 'Root' GROUP BY 1`,
    ),
    query(
      DETECTION,
      `WITH first_seen AS (SELECT sourceipaddress, min(eventtime) AS at FROM cloudtrail_logs GROUP BY sourceipaddress)
       SELECT sourceipaddress FROM first_seen WHERE from_iso8601_timestamp(at) > timestamp '2024-01-09 00:00:00 UTC'`,
      () => distinct(events.map((e) => e.ip)).map((ip) => [ip]),
    ),
    query(
      S3_GUIDE,
      `SELECT json_extract_scalar(requestparameters, '$.bucketName') AS bucket, count(*) AS n FROM cloudtrail_logs
       WHERE eventsource = 's3.amazonaws.com' AND eventname IN ('GetObject', 'PutObject') GROUP BY 1 ORDER BY 2 DESC`,
      () => grouped(named('GetObject', 'PutObject'), (e) => [e.bucket]),
    ),
    query(
      S3_GUIDE,
      `SELECT useridentity.arn, sourceipaddress, json_extract_scalar(requestparameters, '$.key') AS key FROM cloudtrail_logs
       WHERE eventname = 'PutObject' AND json_extract_scalar(requestparameters, '$.bucketName') = 'alpha'
       AND from_iso8601_timestamp(eventtime) BETWEEN from_iso8601_timestamp('2024-01-10T00:00:00Z') AND from_iso8601_timestamp('2024-01-10T23:59:59Z')`,
      () =>
        named('PutObject')
          .filter((e) => e.bucket === 'alpha' && e.day === '2024/01/10')
          .map((e) => [arn(e), e.ip, e.object]),
    ),
    query(
      S3_GUIDE,
      `SELECT tlsdetails.tlsversion, count(*) FROM cloudtrail_logs GROUP BY tlsdetails.tlsversion`,
      () => [['TLSv1.3', events.length]],
    ),
    query(
      S3_GUIDE,
      `SELECT who, n FROM (SELECT useridentity.accesskeyid AS who, count(*) AS n, row_number() OVER (ORDER BY count(*) DESC, useridentity.accesskeyid) AS place
         FROM cloudtrail_logs GROUP BY useridentity.accesskeyid) WHERE place = 1`,
      () =>
        top(
          grouped(events, (e) => [e.key]).toSorted((x, y) => (String(x[0]) < String(y[0]) ? -1 : 1)),
          1,
          7,
        ).slice(0, 1),
    ),
  ],
}
