# Who there is, their keys and their secrets.
data "aws_caller_identity" "me" {}

resource "aws_iam_role" "analyst" {
  name                 = "analyst"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "sts:AssumeRole" }] })
  max_session_duration = var.edited ? 3600 : 7200
  tags                 = var.edited ? { a = "c", z = "y" } : { a = "b" }
}

resource "aws_iam_role" "lf" {
  name               = "lf-register"
  path               = "/service/"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lakeformation.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_role_policy" "inline" {
  role   = aws_iam_role.analyst.id
  name   = "inline"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["athena:*", "glue:Get*", "lakeformation:GetDataAccess"], Resource = "*" }] })
}

resource "aws_iam_policy" "read" {
  name        = "read-results"
  path        = "/x/"
  description = "reads"
  policy      = data.aws_iam_policy_document.read.json
  tags        = { c = "d" }
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = var.edited ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.lake.arn}/*"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["results/*"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.analyst.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role_policy_attachment" "b" {
  role       = aws_iam_role.analyst.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonAthenaFullAccess"
}

resource "aws_iam_user" "u" {
  name                 = "eve"
  path                 = "/people/"
  permissions_boundary = aws_iam_policy.read.arn
  force_destroy        = true
}

resource "aws_iam_access_key" "k" { user = aws_iam_user.u.name }

resource "aws_iam_group" "g" { name = "analysts" }

resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}

resource "aws_iam_group_policy_attachment" "gp" {
  group      = aws_iam_group.g.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_instance_profile" "ip" {
  name = "ip"
  role = aws_iam_role.analyst.name
}

resource "aws_iam_account_alias" "alias" { account_alias = "tf-lake-house" }

resource "aws_iam_openid_connect_provider" "o" {
  url             = "https://oidc.example.com"
  client_id_list  = ["lentic"]
  thumbprint_list = ["cf23df2207d99a74fbe169e3eba035e633b65d94"]
}

resource "aws_kms_key" "k" {
  description             = "k"
  enable_key_rotation     = !var.edited
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "k" {
  name          = "alias/tf"
  target_key_id = aws_kms_key.k.key_id
}

resource "aws_kms_grant" "g" {
  key_id            = aws_kms_key.k.key_id
  grantee_principal = aws_iam_role.analyst.arn
  operations        = ["Decrypt", "Encrypt"]
}

resource "aws_secretsmanager_secret" "s" {
  name                    = "db"
  kms_key_id              = aws_kms_key.k.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = jsonencode({ username = "u", password = "p" })
}

resource "aws_iam_role" "eu" {
  name               = "eu"
  assume_role_policy = aws_iam_role.analyst.assume_role_policy
}

data "aws_iam_principal_policy_simulation" "sim" {
  action_names      = ["athena:StartQueryExecution"]
  policy_source_arn = aws_iam_role.analyst.arn
  depends_on        = [aws_iam_role_policy.inline]
}

output "sim" { value = data.aws_iam_principal_policy_simulation.sim.all_allowed }

locals { trust = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "sts:AssumeRole" }] }) }

resource "aws_iam_role" "r" {
  count              = 3
  name               = "b${count.index}"
  assume_role_policy = local.trust
}

resource "aws_iam_user" "second" { name = "ub" }

resource "aws_iam_user_policy" "u" {
  user   = aws_iam_user.second.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}

resource "aws_iam_group" "second" { name = "gb" }

resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.second.name
  policy = aws_iam_user_policy.u.policy
}

resource "aws_iam_group_membership" "m" {
  name  = "m"
  group = aws_iam_group.second.name
  users = [aws_iam_user.second.name]
}

resource "aws_iam_policy_attachment" "pa" {
  name       = "pa"
  users      = [aws_iam_user.second.name]
  roles      = [aws_iam_role.r[0].name]
  groups     = [aws_iam_group.second.name]
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

resource "aws_iam_role_policies_exclusive" "ex" {
  role_name    = aws_iam_role.r[1].name
  policy_names = []
}

data "aws_iam_policy" "managed" { arn = "arn:aws:iam::aws:policy/AmazonAthenaFullAccess" }

data "aws_iam_role" "r" {
  name       = "b0"
  depends_on = [aws_iam_role.r]
}

data "aws_iam_roles" "rs" {
  name_regex = "b.*"
  depends_on = [aws_iam_role.r]
}

data "aws_iam_session_context" "sc" { arn = data.aws_caller_identity.me.arn }

resource "aws_kms_key" "second" {
  deletion_window_in_days = 7
  policy                  = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" }] })
}

resource "aws_secretsmanager_secret" "second" {
  name                    = "bsec"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_policy" "second" {
  secret_arn = aws_secretsmanager_secret.second.arn
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.r[0].arn }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

# Somebody who asks in the role's name.
resource "aws_iam_user" "caller" { name = "caller" }

resource "aws_iam_user_policy" "caller" {
  user   = aws_iam_user.caller.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.eu.arn }] })
}

resource "aws_iam_access_key" "caller" { user = aws_iam_user.caller.name }

output "caller_key" {
  sensitive = true
  value     = { id = aws_iam_access_key.caller.id, secret = aws_iam_access_key.caller.secret }
}

resource "aws_iam_role_policy" "eu" {
  role   = aws_iam_role.eu.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["athena:*", "glue:Get*", "lakeformation:GetDataAccess", "s3:*"], Resource = "*" }] })
}
