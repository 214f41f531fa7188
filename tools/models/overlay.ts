/**
 * Facts that botocore's models lost and the schemas of the JavaScript clients (`@aws-sdk/client-*`) still have.
 * The XML root of an answer is the `xmlName` of its output structure there.
 */
export const outputElements: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  s3: {
    CompleteMultipartUpload: 'CompleteMultipartUploadResult',
    CreateMultipartUpload: 'InitiateMultipartUploadResult',
    CreateSession: 'CreateSessionResult',
    DeleteObjects: 'DeleteResult',
    GetBucketAccelerateConfiguration: 'AccelerateConfiguration',
    GetBucketAcl: 'AccessControlPolicy',
    GetBucketCors: 'CORSConfiguration',
    GetBucketLifecycle: 'LifecycleConfiguration',
    GetBucketLifecycleConfiguration: 'LifecycleConfiguration',
    GetBucketLocation: 'LocationConstraint',
    GetBucketLogging: 'BucketLoggingStatus',
    GetBucketNotification: 'NotificationConfiguration',
    GetBucketNotificationConfiguration: 'NotificationConfiguration',
    GetBucketRequestPayment: 'RequestPaymentConfiguration',
    GetBucketTagging: 'Tagging',
    GetBucketVersioning: 'VersioningConfiguration',
    GetBucketWebsite: 'WebsiteConfiguration',
    GetObjectAcl: 'AccessControlPolicy',
    GetObjectAttributes: 'GetObjectAttributesResponse',
    GetObjectTagging: 'Tagging',
    ListBucketAnalyticsConfigurations: 'ListBucketAnalyticsConfigurationResult',
    ListBucketInventoryConfigurations: 'ListInventoryConfigurationsResult',
    ListBucketMetricsConfigurations: 'ListMetricsConfigurationsResult',
    ListBuckets: 'ListAllMyBucketsResult',
    ListDirectoryBuckets: 'ListAllMyDirectoryBucketsResult',
    ListMultipartUploads: 'ListMultipartUploadsResult',
    ListObjectVersions: 'ListVersionsResult',
    ListObjects: 'ListBucketResult',
    ListObjectsV2: 'ListBucketResult',
    ListParts: 'ListPartsResult',
  },
  s3control: { ListStorageLensConfigurations: 'ListStorageLensConfigurationResult' },
}
