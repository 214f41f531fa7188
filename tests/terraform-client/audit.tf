# What was done.
resource "aws_cloudwatch_log_group" "l" {
  name              = "/x"
  retention_in_days = var.edited ? 14 : 7
}

resource "aws_cloudtrail" "t" {
  name                       = "trail"
  s3_bucket_name             = aws_s3_bucket.lake.id
  enable_log_file_validation = true
  depends_on                 = [aws_s3_bucket_policy.p]
}

resource "aws_cloudtrail_event_data_store" "e" {
  name                           = "eds"
  termination_protection_enabled = false
}

resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = "al"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "ProcessedBytes"
  namespace           = "AWS/Athena"
  period              = 60
  statistic           = "Sum"
  threshold           = 5
}

resource "aws_cloudwatch_log_group" "second" { name = "/b" }

resource "aws_cloudwatch_log_metric_filter" "f" {
  name           = "f"
  pattern        = "ERROR"
  log_group_name = aws_cloudwatch_log_group.second.name
  metric_transformation {
    name      = "E"
    namespace = "N"
    value     = "1"
  }
}
