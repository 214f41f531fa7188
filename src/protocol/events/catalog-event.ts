/**
 * The record that a request of the Iceberg REST protocol is: AWS tells it as a call of Glue's, or of S3 Tables', by the
 * service that it was signed for (docs: glue dg, iceberg-rest-apis, "CloudTrail event" of each operation; AmazonS3
 * userguide, s3-tables-integrating-open-source, for the actions of S3 Tables).
 */
import type { EventRecord } from '../../core/events/event.ts'
import { identityOf } from '../../core/events/identity.ts'
import { callRecord } from '../../core/events/record.ts'
import type { CatalogOutcome, SigningName } from '../rest-catalog.ts'
import { isReading } from './operation-kinds.ts'

/** By the specification's names. What is of single queries, and of what objects hold, is told elsewhere or not at all. */
const NAMES: Readonly<Record<string, Readonly<Record<SigningName, string>>>> = {
  getConfig: { glue: 'GetCatalog', s3tables: 'GetTableBucket' },
  listNamespaces: { glue: 'GetDatabase', s3tables: 'ListNamespaces' },
  createNamespace: { glue: 'CreateDatabase', s3tables: 'CreateNamespace' },
  loadNamespaceMetadata: { glue: 'GetDatabase', s3tables: 'GetNamespace' },
  namespaceExists: { glue: 'GetDatabase', s3tables: 'GetNamespace' },
  updateProperties: { glue: 'UpdateDatabase', s3tables: 'UpdateNamespace' },
  dropNamespace: { glue: 'DeleteDatabase', s3tables: 'DeleteNamespace' },
  listTables: { glue: 'GetTables', s3tables: 'ListTables' },
  createTable: { glue: 'CreateTable', s3tables: 'CreateTable' },
  registerTable: { glue: 'CreateTable', s3tables: 'CreateTable' },
  loadTable: { glue: 'GetTable', s3tables: 'GetTableMetadataLocation' },
  tableExists: { glue: 'GetTable', s3tables: 'GetTable' },
  updateTable: { glue: 'UpdateTable', s3tables: 'UpdateTableMetadataLocation' },
  commitTransaction: { glue: 'UpdateTable', s3tables: 'UpdateTableMetadataLocation' },
  dropTable: { glue: 'DeleteTable', s3tables: 'DeleteTable' },
  renameTable: { glue: 'UpdateTable', s3tables: 'RenameTable' },
  loadCredentials: { glue: 'GetTable', s3tables: 'GetTable' },
  planTableScan: { glue: 'GetTable', s3tables: 'GetTableMetadataLocation' },
  listViews: { glue: 'GetTables', s3tables: 'ListTables' },
  createView: { glue: 'CreateTable', s3tables: 'CreateTable' },
  registerView: { glue: 'CreateTable', s3tables: 'CreateTable' },
  loadView: { glue: 'GetTable', s3tables: 'GetTable' },
  viewExists: { glue: 'GetTable', s3tables: 'GetTable' },
  replaceView: { glue: 'UpdateTable', s3tables: 'UpdateTableMetadataLocation' },
  dropView: { glue: 'DeleteTable', s3tables: 'DeleteTable' },
  renameView: { glue: 'UpdateTable', s3tables: 'RenameTable' },
}

/** Undefined where it is no event, or its caller is not known. */
export function catalogEvent({ caller, asked, ...outcome }: CatalogOutcome, now: Date): EventRecord | undefined {
  const name = caller && NAMES[outcome.operation]?.[caller.signedFor]
  if (!caller || name === undefined) return undefined
  const { call, signedFor } = caller
  const { request, errorCode, errorMessage } = outcome
  return callRecord({
    identity: identityOf(call.principal),
    at: now,
    source: `${signedFor}.amazonaws.com`,
    name,
    region: call.region,
    account: call.account,
    address: request.peer?.address ?? '',
    userAgent: request.headers['user-agent'],
    errorCode,
    errorMessage,
    requestParameters: parametersOf(signedFor, asked),
    additionalEventData: { icebergRestOperation: outcome.operation },
    requestID: call.requestId,
    readOnly: isReading(signedFor, name),
    category: 'Management',
  })
}

type Asked = NonNullable<CatalogOutcome['asked']>

/** What it is about, by the names that Glue and S3 Tables have for it. */
function parametersOf(signedFor: SigningName, asked: Asked | undefined): Readonly<Record<string, unknown>> | null {
  if (!asked) return null
  const { prefix, labels, body } = asked
  const namespace = labels.namespace?.replaceAll('\u001f', '.') ?? namespaceIn(body.namespace)
  const table = labels.table ?? labels.view ?? (typeof body.name === 'string' ? body.name : undefined)
  const changed = changedTables(body)
  const told = {
    ...(prefix !== '' && {
      [signedFor === 'glue' ? 'catalogId' : 'tableBucketARN']: prefix.replace(/^catalogs\//, ''),
    }),
    ...(namespace !== undefined && { [signedFor === 'glue' ? 'databaseName' : 'namespace']: namespace }),
    ...(table !== undefined && { [signedFor === 'glue' ? 'tableName' : 'name']: table }),
    ...(changed.length > 0 && { tables: changed }),
  }
  return Object.keys(told).length > 0 ? told : null
}

const namespaceIn = (levels: unknown): string | undefined =>
  Array.isArray(levels) && levels.length > 0 ? levels.map(String).join('.') : undefined

type Json = Readonly<Record<string, unknown>>

/** Of a transaction, and of a renaming: the tables that it names. */
function changedTables(body: Json): readonly string[] {
  const changes = Array.isArray(body['table-changes']) ? (body['table-changes'] as Json[]) : []
  return [...changes.map(({ identifier }) => identifier), body.source, body.destination].flatMap((one) => {
    if (typeof one !== 'object' || one === null) return []
    const { namespace, name } = one as Json
    return [[namespaceIn(namespace), name].filter((part) => typeof part === 'string').join('.')]
  })
}
