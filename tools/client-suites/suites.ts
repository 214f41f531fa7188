/** The public suites of clients: what each needs installed, what it expects to find in the lake, how it is told where to go. */
import type { WorkGroupConfiguration } from '@aws-sdk/client-athena'

export interface NamedWorkGroup {
  readonly name: string
  /** Where its results go. */
  readonly output: string
  readonly settings?: WorkGroupConfiguration
}

export interface Suite {
  /** What is run of which version, as the page tells it. */
  readonly title: string
  /** Where its tests come from: the source distribution of a package, or a checkout that the caller names. */
  readonly source: { readonly kind: 'sdist'; readonly requirement: string } | { readonly kind: 'checkout' }
  readonly requirements: readonly string[]
  readonly region: string
  readonly buckets: readonly string[]
  readonly databases: readonly string[]
  readonly workGroups: readonly NamedWorkGroup[]
  readonly environment: Readonly<Record<string, string>>
  /** The outputs of the CloudFormation stack that its fixtures ask for, with a key of KMS. */
  readonly stackOutputs?: (keyArn: string) => Readonly<Record<string, string>>
  /** Options. */
  readonly pytest: readonly string[]
  /** Those of its tests that are about what Lentic is. */
  readonly files: readonly string[]
}

const REGION = 'us-east-1'

export const SUITES: Readonly<Record<string, Suite>> = {
  'dbt-athena': {
    title: 'dbt-athena 1.11.1, `tests/functional`, with dbt-core 1.11.16',
    source: { kind: 'sdist', requirement: 'dbt-athena==1.11.1' },
    requirements: [
      'dbt-athena==1.11.1',
      // The next one installs a parser that is not on PyPI.
      'dbt-core==1.11.16',
      'dbt-tests-adapter==1.20.0',
      'pytest>=7.0,<8.0',
      'pytest-xdist',
      'pytest-dotenv',
      'moto~=5.0.13',
      'pyparsing~=3.1.4',
    ],
    region: REGION,
    buckets: ['dbt-lake'],
    databases: ['default'],
    workGroups: [],
    environment: {
      DBT_TEST_ATHENA_S3_STAGING_DIR: 's3://dbt-lake/staging/',
      DBT_TEST_ATHENA_S3_TMP_TABLE_DIR: 's3://dbt-lake/tmp/',
      DBT_TEST_ATHENA_REGION_NAME: REGION,
      DBT_TEST_ATHENA_DATABASE: 'awsdatacatalog',
      DBT_TEST_ATHENA_SCHEMA: 'dbt',
      DBT_TEST_ATHENA_WORK_GROUP: 'primary',
      DBT_TEST_ATHENA_SPARK_WORK_GROUP: 'spark',
      DBT_TEST_ATHENA_POLL_INTERVAL: '0.05',
      DBT_TEST_ATHENA_NUM_RETRIES: '0',
    },
    pytest: ['-o', 'addopts=', '-n', '2'],
    files: ['tests/functional'],
  },
  pyathena: {
    title: 'PyAthena 3.25.0, `tests/pyathena`',
    source: { kind: 'checkout' },
    requirements: [
      'PyAthena==3.25.0',
      'boto3==1.35.90',
      'fsspec==2024.12.0',
      'jinja2',
      'numpy==2.0.2',
      'pandas==2.2.3',
      'polars==1.36.1',
      'pyarrow==18.1.0',
      'pytest==8.3.4',
      'pytest-dependency==0.6.0',
      'pytest-xdist==3.6.1',
      'sqlalchemy==2.0.36',
    ],
    region: 'us-west-2',
    buckets: ['pyathena-lake'],
    databases: ['default'],
    workGroups: [
      { name: 'primary', output: 's3://pyathena-lake/github/' },
      { name: 'pyathena', output: 's3://pyathena-lake/github/' },
    ],
    environment: {
      AWS_ATHENA_S3_STAGING_DIR: 's3://pyathena-lake/github/',
      AWS_ATHENA_WORKGROUP: 'pyathena',
      AWS_ATHENA_SPARK_WORKGROUP: 'pyathena-spark',
    },
    pytest: ['-p', 'arrow_endpoint', '-n', '4'],
    files: ['tests/pyathena'],
  },
  awswrangler: {
    title: 'awswrangler 3.17.1, `tests/unit/test_athena*.py` and `test_catalog.py`',
    source: { kind: 'checkout' },
    requirements: [
      'awswrangler==3.17.1',
      'boto3==1.43.117',
      'geopandas',
      'moto~=5.0',
      'openpyxl',
      'pandas==3.0.1',
      'pyarrow==25.0.0',
      'pytest==9.2.0',
      'pytest-timeout',
      'pytest-xdist',
      's3fs',
    ],
    region: REGION,
    buckets: ['aws-sdk-pandas-lake'],
    databases: ['default', 'aws_sdk_pandas'],
    // Its fixtures would make it, each of three workers that find none.
    workGroups: [
      {
        name: 'aws_sdk_pandas_0',
        output: 's3://aws-sdk-pandas-lake/athena_workgroup0/',
        settings: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 100_000_000 },
      },
    ],
    environment: {},
    stackOutputs: (KmsKeyArn) => ({
      Region: REGION,
      BucketName: 'aws-sdk-pandas-lake',
      BucketAccessPointArn: `arn:aws:s3:${REGION}:000000000000:accesspoint/lake`,
      GlueDatabaseName: 'aws_sdk_pandas',
      KmsKeyArn,
    }),
    pytest: ['-n', '3', '--timeout=600'],
    files: [
      ...['', '_cache', '_csv', '_geospatial', '_iceberg', '_parquet', '_prepared', '_projection', '_spark'].map(
        (part) => `tests/unit/test_athena${part}.py`,
      ),
      'tests/unit/test_catalog.py',
    ],
  },
}
