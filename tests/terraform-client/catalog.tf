# Buckets, databases, tables, schemas and work groups.
resource "aws_s3_bucket" "lake" {
  bucket        = "tf-lake"
  force_destroy = true
  tags          = { team = "data" }
}

resource "aws_s3_object" "rows" {
  bucket  = aws_s3_bucket.lake.id
  key     = "orders/a.csv"
  content = "1,EU,10,a@b.c\n2,US,20,x@y.z\n"
}

resource "aws_glue_catalog_database" "sales" {
  name         = "sales"
  description  = var.edited ? "y" : "x"
  location_uri = "s3://tf-lake/sales/"
}

resource "aws_glue_catalog_table" "orders" {
  database_name = aws_glue_catalog_database.sales.name
  name          = "orders"
  table_type    = "EXTERNAL_TABLE"
  parameters    = { classification = "csv" }
  storage_descriptor {
    location      = "s3://tf-lake/orders/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
      parameters            = { "field.delim" = "," }
    }
    columns {
      name = "id"
      type = "int"
    }
    columns {
      name = "region"
      type = "string"
    }
    columns {
      name = "amount"
      type = "int"
    }
    columns {
      name = "email"
      type = "string"
    }
  }
}

resource "aws_glue_catalog_table" "events" {
  database_name = aws_glue_catalog_database.sales.name
  name          = "events"
  description   = var.edited ? "seen" : "all"
  table_type    = "EXTERNAL_TABLE"
  open_table_format_input {
    iceberg_input {
      metadata_operation = "CREATE"
      version            = "2"
    }
  }
  storage_descriptor {
    location = "s3://${aws_s3_bucket.lake.id}/events/"
    columns {
      name = "id"
      type = "bigint"
    }
    columns {
      name    = "region"
      type    = "string"
      comment = "of the buyer"
    }
  }
}

resource "aws_athena_workgroup" "w" {
  name          = "tf"
  force_destroy = true
  configuration {
    enforce_workgroup_configuration = true
    result_configuration { output_location = "s3://tf-lake/results/" }
  }
}

resource "aws_athena_named_query" "n" {
  name      = "n"
  database  = aws_glue_catalog_database.sales.name
  workgroup = aws_athena_workgroup.w.id
  query     = "SELECT * FROM orders"
}

resource "aws_athena_database" "d" {
  name          = "made"
  bucket        = aws_s3_bucket.lake.id
  force_destroy = true
}

resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.lake.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.lake.arn },
  { Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.lake.arn}/AWSLogs/*" }] })
}

resource "aws_s3_bucket" "b" {
  bucket        = "tf-b"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_public_access_block" "p" {
  bucket              = aws_s3_bucket.b.id
  block_public_acls   = true
  block_public_policy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "e" {
  bucket = aws_s3_bucket.b.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.second.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "l" {
  bucket = aws_s3_bucket.b.id
  rule {
    id     = "x"
    status = "Enabled"
    filter { prefix = "tmp/" }
    expiration { days = 3 }
  }
}

resource "aws_glue_catalog_database" "d" {
  name = "bdb"
  create_table_default_permission {
    permissions = ["ALL"]
    principal { data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS" }
  }
}

resource "aws_glue_catalog_database" "link" {
  name = "blink"
  target_database {
    catalog_id    = data.aws_caller_identity.me.account_id
    database_name = aws_glue_catalog_database.d.name
  }
}

resource "aws_glue_catalog_table" "t" {
  count         = 2
  database_name = aws_glue_catalog_database.d.name
  name          = "t${count.index}"
  table_type    = "EXTERNAL_TABLE"
  partition_keys {
    name = "day"
    type = "date"
  }
  partition_index {
    index_name = "byday"
    keys       = ["day"]
  }
  storage_descriptor {
    location      = "s3://tf-b/t/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    ser_de_info { serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" }
    columns {
      name = "a"
      type = "struct<x:int,y:string>"
    }
    columns {
      name    = "b"
      type    = "decimal(10,2)"
      comment = "money"
    }
  }
}

resource "aws_glue_partition" "p" {
  database_name    = aws_glue_catalog_database.d.name
  table_name       = aws_glue_catalog_table.t[0].name
  partition_values = ["2026-01-01"]
  storage_descriptor { location = "s3://tf-b/t/day=2026-01-01/" }
}

resource "aws_glue_user_defined_function" "f" {
  name          = "fn"
  database_name = aws_glue_catalog_database.d.name
  catalog_id    = data.aws_caller_identity.me.account_id
  class_name    = "c"
  owner_name    = "o"
  owner_type    = "GROUP"
}

resource "aws_glue_registry" "r" { registry_name = "reg" }

resource "aws_glue_schema" "s" {
  schema_name       = "sch"
  registry_arn      = aws_glue_registry.r.arn
  data_format       = "AVRO"
  compatibility     = "BACKWARD"
  schema_definition = jsonencode({ type = "record", name = "r", fields = [{ name = "a", type = "int" }] })
}

resource "aws_glue_connection" "c" {
  name = "conn"
  connection_properties = {
    JDBC_CONNECTION_URL = "jdbc:postgresql://localhost:5432/x"
    USERNAME            = "u"
    PASSWORD            = "p"
  }
}

resource "aws_glue_resource_policy" "p" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.r[0].arn }, Action = "glue:GetTable", Resource = "arn:aws:glue:us-east-1:${data.aws_caller_identity.me.account_id}:*" }] })
}

resource "aws_glue_data_catalog_encryption_settings" "e" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = aws_kms_key.second.arn
      return_connection_password_encrypted = true
    }
    encryption_at_rest { catalog_encryption_mode = "DISABLED" }
  }
}

resource "aws_s3tables_table_bucket" "tb" {
  name = "tf-tables2"
  encryption_configuration = {
    sse_algorithm = "AES256"
    kms_key_arn   = null
  }
}

resource "aws_s3tables_namespace" "n" {
  namespace        = "ns"
  table_bucket_arn = aws_s3tables_table_bucket.tb.arn
}

resource "aws_s3tables_table" "t" {
  name             = "t"
  namespace        = aws_s3tables_namespace.n.namespace
  table_bucket_arn = aws_s3tables_table_bucket.tb.arn
  format           = "ICEBERG"
}

resource "aws_s3tables_table_bucket_policy" "p" {
  table_bucket_arn = aws_s3tables_table_bucket.tb.arn
  resource_policy  = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.r[0].arn }, Action = "s3tables:GetTableData", Resource = "${aws_s3tables_table_bucket.tb.arn}/*" }] })
}

resource "aws_athena_workgroup" "second" { name = "bw" }

resource "aws_athena_prepared_statement" "ps" {
  name            = "ps"
  workgroup       = aws_athena_workgroup.second.name
  query_statement = "SELECT ?"
}

resource "aws_athena_data_catalog" "g" {
  name        = "gluecat"
  type        = "GLUE"
  description = "d"
  parameters  = { "catalog-id" = data.aws_caller_identity.me.account_id }
}
