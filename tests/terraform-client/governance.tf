# Who may see what.
resource "aws_lakeformation_data_lake_settings" "s" {
  admins                                = concat([data.aws_caller_identity.me.arn], var.edited ? [] : [aws_iam_role.lf.arn])
  allow_external_data_filtering         = true
  external_data_filtering_allow_list    = [data.aws_caller_identity.me.account_id]
  authorized_session_tag_value_list     = ["engine"]
  allow_full_table_external_data_access = true
}

resource "aws_lakeformation_resource" "lake" {
  arn                   = aws_s3_bucket.lake.arn
  role_arn              = aws_iam_role.lf.arn
  hybrid_access_enabled = false
}

resource "aws_lakeformation_lf_tag" "sens" {
  key        = "sensitivity"
  values     = ["pii", "public"]
  depends_on = [aws_lakeformation_data_lake_settings.s]
}

resource "aws_lakeformation_lf_tag" "dom" {
  key        = "domain"
  values     = ["finance", var.edited ? "ops" : "hr"]
  depends_on = [aws_lakeformation_data_lake_settings.s]
}

resource "aws_lakeformation_resource_lf_tags" "db" {
  database { name = aws_glue_catalog_database.sales.name }
  lf_tag {
    key   = aws_lakeformation_lf_tag.dom.key
    value = "finance"
  }
}

resource "aws_lakeformation_resource_lf_tags" "col" {
  table_with_columns {
    database_name = aws_glue_catalog_database.sales.name
    name          = aws_glue_catalog_table.orders.name
    column_names  = ["email"]
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.sens.key
    value = "pii"
  }
}

resource "aws_lakeformation_permissions" "db" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["DESCRIBE"]
  database { name = aws_glue_catalog_database.sales.name }
}

resource "aws_lakeformation_permissions" "cols" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["SELECT"]
  table_with_columns {
    database_name         = aws_glue_catalog_database.sales.name
    name                  = aws_glue_catalog_table.orders.name
    excluded_column_names = ["email"]
    wildcard              = true
  }
}

resource "aws_lakeformation_data_cells_filter" "eu" {
  table_data {
    database_name    = aws_glue_catalog_database.sales.name
    name             = "eu"
    table_catalog_id = data.aws_caller_identity.me.account_id
    table_name       = aws_glue_catalog_table.orders.name
    column_names     = ["id", "region", "amount"]
    row_filter { filter_expression = var.edited ? "region = 'EU' AND amount < 100" : "region = 'EU'" }
  }
}

resource "aws_lakeformation_permissions" "eu" {
  principal   = aws_iam_role.eu.arn
  permissions = ["SELECT"]
  data_cells_filter {
    database_name    = aws_glue_catalog_database.sales.name
    name             = aws_lakeformation_data_cells_filter.eu.table_data[0].name
    table_catalog_id = data.aws_caller_identity.me.account_id
    table_name       = aws_glue_catalog_table.orders.name
  }
}

resource "aws_lakeformation_permissions" "tagpolicy" {
  principal   = aws_iam_role.eu.arn
  permissions = ["DESCRIBE"]
  lf_tag_policy {
    resource_type = "DATABASE"
    expression {
      key    = aws_lakeformation_lf_tag.dom.key
      values = ["finance"]
    }
  }
}

resource "aws_lakeformation_permissions" "lftag" {
  principal   = aws_iam_role.eu.arn
  permissions = ["DESCRIBE"]
  lf_tag {
    key    = aws_lakeformation_lf_tag.sens.key
    values = ["public"]
  }
}

resource "aws_lakeformation_permissions" "loc" {
  principal   = aws_iam_role.analyst.arn
  permissions = ["DATA_LOCATION_ACCESS"]
  data_location { arn = aws_lakeformation_resource.lake.arn }
}

resource "aws_lakeformation_permissions" "catalog" {
  principal        = aws_iam_role.analyst.arn
  permissions      = ["CREATE_DATABASE"]
  catalog_resource = true
}

resource "aws_lakeformation_opt_in" "o" {
  principal { data_lake_principal_identifier = aws_iam_role.eu.arn }
  resource_data {
    database {
      name       = aws_glue_catalog_database.sales.name
      catalog_id = data.aws_caller_identity.me.account_id
    }
  }
}

data "aws_lakeformation_permissions" "p" {
  principal = aws_iam_role.analyst.arn
  database { name = aws_glue_catalog_database.sales.name }
  depends_on = [aws_lakeformation_permissions.db]
}

output "perm" { value = data.aws_lakeformation_permissions.p.permissions }

resource "aws_lakeformation_lf_tag" "level" {
  key        = "level"
  values     = ["a", "b", "c"]
  depends_on = [aws_lakeformation_data_lake_settings.s]
}

resource "aws_lakeformation_resource_lf_tag" "one" {
  database { name = aws_glue_catalog_database.d.name }
  lf_tag {
    key   = aws_lakeformation_lf_tag.level.key
    value = "a"
  }
}

resource "aws_lakeformation_resource_lf_tags" "t" {
  table {
    database_name = aws_glue_catalog_database.d.name
    name          = aws_glue_catalog_table.t[0].name
  }
  lf_tag {
    key   = aws_lakeformation_lf_tag.level.key
    value = "b"
  }
}

resource "aws_lakeformation_permissions" "table" {
  principal                     = aws_iam_role.r[0].arn
  permissions                   = ["ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"]
  permissions_with_grant_option = ["SELECT", "DESCRIBE"]
  table {
    database_name = aws_glue_catalog_database.d.name
    name          = aws_glue_catalog_table.t[1].name
  }
}

resource "aws_lakeformation_permissions" "all" {
  principal   = aws_iam_role.r[1].arn
  permissions = ["SELECT"]
  table {
    database_name = aws_glue_catalog_database.d.name
    wildcard      = true
  }
  depends_on = [aws_glue_catalog_table.t]
}

resource "aws_lakeformation_permissions" "one_column" {
  principal                     = aws_iam_role.r[2].arn
  permissions                   = ["SELECT"]
  permissions_with_grant_option = ["SELECT"]
  table_with_columns {
    database_name = aws_glue_catalog_database.d.name
    name          = aws_glue_catalog_table.t[0].name
    column_names  = ["b"]
  }
}

resource "aws_lakeformation_permissions" "dball" {
  principal                     = aws_iam_role.r[0].arn
  permissions                   = ["ALL"]
  permissions_with_grant_option = ["ALL"]
  database { name = aws_glue_catalog_database.d.name }
}

resource "aws_lakeformation_permissions" "pol" {
  principal                     = aws_iam_role.r[1].arn
  permissions                   = ["SELECT", "DESCRIBE"]
  permissions_with_grant_option = ["SELECT", "DESCRIBE"]
  lf_tag_policy {
    resource_type = "TABLE"
    expression {
      key    = aws_lakeformation_lf_tag.level.key
      values = ["a", "b"]
    }
  }
}

resource "aws_lakeformation_permissions" "tag" {
  principal                     = aws_iam_role.r[1].arn
  permissions                   = ["ASSOCIATE", "DESCRIBE"]
  permissions_with_grant_option = ["ASSOCIATE", "DESCRIBE"]
  lf_tag {
    key    = aws_lakeformation_lf_tag.level.key
    values = ["a"]
  }
}

resource "aws_lakeformation_permissions" "iam" {
  principal   = "IAM_ALLOWED_PRINCIPALS"
  permissions = ["ALL"]
  database { name = aws_glue_catalog_database.link.name }
}

resource "aws_lakeformation_permissions" "account" {
  principal   = "123456789012"
  permissions = ["SELECT"]
  table {
    database_name = aws_glue_catalog_database.d.name
    name          = aws_glue_catalog_table.t[1].name
  }
}

data "aws_lakeformation_data_lake_settings" "s" { depends_on = [aws_lakeformation_data_lake_settings.s] }

resource "aws_lakeformation_resource" "l" {
  arn      = "${aws_s3_bucket.b.arn}/t"
  role_arn = aws_iam_role.r[0].arn
}

data "aws_lakeformation_resource" "l" { arn = aws_lakeformation_resource.l.arn }
