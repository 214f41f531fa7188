# What a team keeps in Terraform of a governed lake: identities, keys and secrets, the catalog, Lake Formation, the trail.
# `edited` is the second commit of that team.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }

variable "edited" {
  type    = bool
  default = false
}

provider "aws" {
  region                  = "us-east-1"
  access_key              = "test"
  secret_key              = "test"
  s3_use_path_style       = true
  skip_metadata_api_check = true
  endpoints {
    athena         = var.endpoint
    cloudtrail     = var.endpoint
    cloudwatch     = var.endpoint
    glue           = var.endpoint
    iam            = var.endpoint
    kms            = var.endpoint
    lakeformation  = var.endpoint
    logs           = var.endpoint
    s3             = var.endpoint
    s3tables       = var.endpoint
    secretsmanager = var.endpoint
    sts            = var.endpoint
  }
}
