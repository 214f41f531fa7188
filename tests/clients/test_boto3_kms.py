"""KMS by boto3."""

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def kms(session):
    return boto3.client("kms")


def test_a_blob_needs_its_context_and_no_key(kms):
    key = kms.create_key(Description="by boto3", Tags=[{"TagKey": "team", "TagValue": "data"}])["KeyMetadata"]
    context = {"table": "orders"}
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"hello", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"hello"
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(CiphertextBlob=blob)
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(kms.exceptions.DisabledException):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    with pytest.raises(kms.exceptions.KMSInvalidStateException):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")


def test_lists_page_through_everything(kms):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(3)}
    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2})
    assert made <= {key["KeyId"] for page in pages for key in page["Keys"]}


def test_names_of_errors(kms):
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId="alias/absent")
    with pytest.raises(ClientError) as refused:
        kms.generate_data_key(KeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    assert refused.value.response["Error"]["Code"] == "ValidationException"
