/** The examples of https://docs.aws.amazon.com/athena/latest/ug/grok-serde.html, on lines such as it shows. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type AthenaLake, athenaLake } from './lake.ts'

let a: AthenaLake
before(async () => {
  a = await athenaLake()
})
after(() => a.close())

const STORED = `STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'`
const GROK = `ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe'`

test('a mail log, by a standard pattern and one of the table', async () => {
  await a.put(
    'mail/log',
    `Feb  9 07:15:00 m4eastmail postfix/smtpd[19305]: B88C4120838: connect from unknown[192.168.55.4]
Feb  9 07:15:00 m4eastmail postfix/smtpd[20444]: B58C4330038: client=unknown[192.168.55.4]
not a line of this log
Feb  9 07:15:03 m4eastmail postfix/cleanup[22835]: BDC22A77854: message-id=<31221401257553.5004389LCBF@m4eastmail.example.com>
`,
  )
  await a.succeed(`CREATE EXTERNAL TABLE \`mygroktable\`(syslogbase string, queue_id string, syslog_message string) ${GROK}
    WITH SERDEPROPERTIES (
      'input.grokCustomPatterns' = 'POSTFIX_QUEUEID [0-9A-F]{7,12}',
      'input.format'='%{SYSLOGBASE} %{POSTFIX_QUEUEID:queue_id}: %{GREEDYDATA:syslog_message}')
    ${STORED} LOCATION 's3://data/mail/'`)
  assert.deepEqual(await a.rows('SELECT * FROM mygroktable ORDER BY queue_id'), [
    ['Feb  9 07:15:00 m4eastmail postfix/smtpd[20444]:', 'B58C4330038', 'client=unknown[192.168.55.4]'],
    ['Feb  9 07:15:00 m4eastmail postfix/smtpd[19305]:', 'B88C4120838', 'connect from unknown[192.168.55.4]'],
    [
      'Feb  9 07:15:03 m4eastmail postfix/cleanup[22835]:',
      'BDC22A77854',
      'message-id=<31221401257553.5004389LCBF@m4eastmail.example.com>',
    ],
    [null, null, null],
  ])
})

test('a log of Log4j: columns by name, numbers of their type, those in no pattern NULL', async () => {
  await a.put(
    'log4j/log',
    '2017-09-12 12:10:34,972 INFO - processType=AZ, status=RUN, executionTime=7290, tenantId=12456, action=receive, hostname=1.abc.def.com\n',
  )
  await a.succeed(`CREATE EXTERNAL TABLE bltest (hostname string, \`timestamp\` string, loglevel string, processtype string,
    executiontime int, tenantid int, action string, nowhere string) ${GROK}
    WITH SERDEPROPERTIES (
      "input.grokCustomPatterns" = 'C_ACTION receive|send',
      "input.format" = "%{TIMESTAMP_ISO8601:timestamp} %{LOGLEVEL:loglevel} - processType=%{NOTSPACE:processtype}, status=%{NOTSPACE:status}, executionTime=%{POSINT:executiontime}, tenantId=%{POSINT:tenantid}, action=%{C_ACTION:action}, hostname=%{HOST:hostname}")
    ${STORED} LOCATION 's3://data/log4j/'`)
  assert.deepEqual(await a.rows('SELECT * FROM bltest'), [
    ['1.abc.def.com', '2017-09-12 12:10:34,972', 'INFO', 'AZ', '7290', '12456', 'receive', null],
  ])
  assert.deepEqual(await a.rows('SELECT executiontime + 1, count(*) FROM bltest GROUP BY 1'), [['7291', '1']])
})

test('access logs of S3: two patterns of the table, a line each', async () => {
  await a.put(
    'access/log',
    '79a59df900b949e5 example-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df900b949e5 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /example?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" -\n',
  )
  await a.succeed(`CREATE EXTERNAL TABLE s3_access (bucket_owner string, bucket string, \`time\` string, remote_ip string,
    operation string, request_uri string, http_status string, user_agent string, version_id string) ${GROK}
    WITH SERDEPROPERTIES (
      'input.format'='%{NOTSPACE:bucket_owner} %{NOTSPACE:bucket} \\\\[%{INSIDE_BRACKETS:time}\\\\] %{NOTSPACE:remote_ip} %{NOTSPACE:requester} %{NOTSPACE:request_id} %{NOTSPACE:operation} %{NOTSPACE:key} \\"?%{INSIDE_QS:request_uri}\\"? %{NOTSPACE:http_status} %{NOTSPACE:error_code} %{NOTSPACE:bytes_sent} %{NOTSPACE:object_size} %{NOTSPACE:total_time} %{NOTSPACE:turnaround_time} \\"?%{INSIDE_QS:referrer}\\"? \\"?%{INSIDE_QS:user_agent}\\"? %{NOTSPACE:version_id}',
      'input.grokCustomPatterns'='INSIDE_QS ([^\\"]*)\\nINSIDE_BRACKETS ([^\\\\]]*)')
    ${STORED} LOCATION 's3://data/access/'`)
  assert.deepEqual(await a.rows('SELECT * FROM s3_access'), [
    [
      '79a59df900b949e5',
      'example-bucket',
      '06/Feb/2019:00:00:38 +0000',
      '192.0.2.3',
      'REST.GET.VERSIONING',
      'GET /example?versioning HTTP/1.1',
      '200',
      'S3Console/0.4',
      '-',
    ],
  ])
})

test('a pattern that is not there is told by name', async () => {
  await a.succeed(`CREATE EXTERNAL TABLE unknown_pattern (a string) ${GROK}
    WITH SERDEPROPERTIES ('input.format' = '%{NO_SUCH:a}') ${STORED} LOCATION 's3://data/mail/'`)
  assert.match(await a.failure('SELECT * FROM unknown_pattern'), /^HIVE_INVALID_METADATA: .*'NO_SUCH'/)
})
