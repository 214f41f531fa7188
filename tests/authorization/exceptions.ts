/** Where the authorization of an operation is not what the reference's table says, and why. */
type Reasons = Readonly<Record<string, string>>

/** Operations that ask for no right. */
export const FREE: Reasons = {
  'sts:GetCallerIdentity': 'API_GetCallerIdentity: "No permissions are required to perform this operation."',
  'sts:GetSessionToken': 'API_GetSessionToken: "No permissions are required for users to perform this operation."',
  'sts:AssumeRole': "The handler asks, by the role's trust policy.",
  'sts:AssumeRoleWithWebIdentity': "The handler asks, by the role's trust policy, of a token that it has verified.",
  'logs:GetQueryResults': 'Of the groups that the query has read; one that is not known has read none.',
}

/** Operations whose actions have another name, and actions that the table does not list. */
export const NAMED_OTHERWISE: Reasons = {
  'kms:ReEncrypt': 'kms:ReEncryptFrom',
  'athena:GetSystemTableConfiguration': 'athena:GetSystemTableConfiguration',
  'athena:ListSystemTableStatuses': 'athena:ListSystemTableStatuses',
  'athena:UpdateSystemTableConfiguration': 'athena:UpdateSystemTableConfiguration',
  'glue:GetUnfilteredPartitionMetadata': 'glue:GetUnfilteredPartitionMetadata',
  'glue:GetUnfilteredPartitionsMetadata': 'glue:GetUnfilteredPartitionsMetadata',
  'glue:GetUnfilteredTableMetadata': 'glue:GetUnfilteredTableMetadata',
  'lakeformation:GetTemporaryDataLocationCredentials': 'lakeformation:GetTemporaryDataLocationCredentials',
}

const belowRoot =
  'Glue: a catalog below the root is asked too (glue-specifying-resource-arns), which the table names of few.'
const ofTable = 'Asked of the table that they are of; the table of the reference says everything.'

/** Operations asked of everything, or of other resources than the table names. */
export const UNNAMED: Reasons = {
  ...Object.fromEntries(
    [
      ...['BatchDeleteConnection', 'CreateConnection', 'DeleteConnection', 'GetConnection', 'GetConnections'],
      ...['TestConnection', 'UpdateConnection', 'GetCatalogImportStatus', 'GetDataCatalogEncryptionSettings'],
      ...['PutDataCatalogEncryptionSettings', 'BatchGetTableOptimizer', 'CreateTableOptimizer'],
      ...['DeleteTableOptimizer', 'GetTableOptimizer', 'ListTableOptimizerRuns', 'UpdateTableOptimizer'],
      'CreateUserDefinedFunction',
    ].map((name) => [`glue:${name}`, belowRoot]),
  ),
  'glue:GetColumnStatisticsTaskRuns': ofTable,
  'glue:GetColumnStatisticsTaskSettings': ofTable,
  'iam:GetAccessKeyLastUsed': 'The request names a key; whose it is, is the answer.',
  'iam:GetServiceLinkedRoleDeletionStatus': 'The request names a deletion, not its role.',
  'sts:GetFederationToken': 'To tag a federated user is asked of it; the table of the reference names roles alone.',
  'iam:ListUsers': 'Asked of the users below the path, as the policies of the guide name them (id_users_permissions).',
}

/** Condition keys that no request is told with, alone or of one operation. */
export const UNTOLD: Reasons = {
  'sts:GetFederationToken sts:TransitiveTagKeys': 'No tag of a federated user goes on to another session.',
  'cloudwatch:HasAccessGrant': 'There are no access grants.',
  'glue:LakeFormationPermissions': 'Told of engines that Lake Formation trusts, which ask it themselves here.',
  'glue:FederatedAuthorizationSource': 'No catalog is federated.',
  'glue:EnabledForRedshiftAutoDiscovery': 'Redshift discovers nothing here.',
  'iam:AssociatedResourceArn': 'Instances are not served.',
  'iam:RoleTemplateARN': 'There are no role templates.',
  'kms:GrantConstraintSourceArn': 'No constraint names a source.',
  'kms:GranteeServicePrincipal': 'Grants are to principals of IAM.',
  'kms:RetiringServicePrincipal': 'Grants are to principals of IAM.',
  'kms:TrailingDaysWithoutKeyUsage': 'The use of keys is not kept by day.',
  'kms:RetireGrant kms:EncryptionContextKeys': 'Who may retire a grant stands in the grant.',
  'kms:RetireGrant kms:GrantConstraintType': 'Who may retire a grant stands in the grant.',
  's3:object-lock-mode': 'Objects are not locked.',
  's3:object-lock-legal-hold': 'Objects are not locked.',
  's3:object-lock-retain-until-date': 'Objects are not locked.',
  's3:object-lock-remaining-retention-days': 'Objects are not locked.',
  's3:object-lock-event-hold': 'Objects are not locked.',
  's3:object-lock-event-hold-duration-days': 'Objects are not locked.',
  's3:x-amz-object-annotation-directive': 'There are no annotations.',
  's3:x-amz-bucket-namespace': 'Buckets have one namespace.',
  's3:isReplicationPauseRequest': 'Nothing is replicated.',
  's3:AccessPointNetworkOrigin': 'There are no access points.',
  's3:DataAccessPointAccount': 'There are no access points.',
  's3:DataAccessPointArn': 'There are no access points.',
  's3:UploadPart s3:RequestObjectTag/<key>': 'Tags come with the request that begins the upload.',
  's3:UploadPart s3:RequestObjectTagKeys': 'Tags come with the request that begins the upload.',
  's3:UploadPartCopy s3:RequestObjectTag/<key>': 'Tags come with the request that begins the upload.',
  's3:UploadPartCopy s3:RequestObjectTagKeys': 'Tags come with the request that begins the upload.',
  's3tables:GetTable s3tables:namespace': 'Told where the request names it: one by an ARN does not.',
  's3tables:GetTable s3tables:tableName': 'Told where the request names it: one by an ARN does not.',
  'secretsmanager:AddReplicaRegions': 'There are no replicas.',
  'secretsmanager:resource/AllowRotationLambdaArn': 'No function rotates secrets.',
  'secretsmanager:resource/Type': 'No secret is managed by another.',
  's3:AccessGrantsInstanceArn': 'There are no access grants.',
  's3:CompleteMultipartUpload s3:RequestObjectTag/<key>': 'Tags come with the request that begins the upload.',
  's3:CompleteMultipartUpload s3:RequestObjectTagKeys': 'Tags come with the request that begins the upload.',
}
