"""Lake Formation by boto3."""

import uuid

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
ANALYST = {"DataLakePrincipalIdentifier": f"arn:aws:iam::{ACCOUNT}:role/analyst"}
EVERYONE = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}


@pytest.fixture
def formation(session):
    return boto3.client("lakeformation")


@pytest.fixture
def table(session):
    """A table of a database of its own."""
    glue = boto3.client("glue")
    database = f"db_{uuid.uuid4().hex[:8]}"
    glue.create_database(DatabaseInput={"Name": database})
    columns = [{"Name": name, "Type": "string"} for name in ("id", "email", "region")]
    storage = {"Columns": columns, "Location": f"s3://lake/{database}/orders/"}
    glue.create_table(DatabaseName=database, TableInput={"Name": "orders", "StorageDescriptor": storage})
    yield {"DatabaseName": database, "Name": "orders"}
    glue.delete_database(Name=database)


def permissions(formation, resource):
    listed = formation.list_permissions(Resource=resource)["PrincipalResourcePermissions"]
    return [(one["Principal"]["DataLakePrincipalIdentifier"], one["Permissions"]) for one in listed]


def test_grants_are_added_up_listed_and_revoked(formation, table):
    resource = {"Table": table}
    assert permissions(formation, resource) == [("IAM_ALLOWED_PRINCIPALS", ["ALL"])]
    formation.revoke_permissions(Principal=EVERYONE, Resource=resource, Permissions=["ALL"])
    formation.grant_permissions(Principal=ANALYST, Resource=resource, Permissions=["SELECT"])
    formation.grant_permissions(Principal=ANALYST, Resource=resource, Permissions=["DESCRIBE", "INSERT"])
    name = ANALYST["DataLakePrincipalIdentifier"]
    assert permissions(formation, resource) == [(name, ["SELECT", "INSERT", "DESCRIBE"])]
    formation.revoke_permissions(Principal=ANALYST, Resource=resource, Permissions=["INSERT"])
    assert permissions(formation, resource) == [(name, ["SELECT", "DESCRIBE"])]
    with pytest.raises(formation.exceptions.InvalidInputException, match="No permissions revoked"):
        formation.revoke_permissions(Principal=ANALYST, Resource=resource, Permissions=["DROP"])
    columns = {"TableWithColumns": {**table, "ColumnNames": ["id"]}}
    entries = [
        {"Id": "1", "Principal": ANALYST, "Resource": columns, "Permissions": ["SELECT"]},
        {"Id": "2", "Principal": ANALYST, "Resource": columns, "Permissions": ["DROP"]},
    ]
    failures = formation.batch_grant_permissions(Entries=entries)["Failures"]
    assert [(one["RequestEntry"]["Id"], one["Error"]["ErrorCode"]) for one in failures] == [
        ("2", "InvalidInputException")
    ]


def test_filters_are_versioned_and_read_where_they_are_saved(formation, table):
    key = {"TableCatalogId": ACCOUNT, "DatabaseName": table["DatabaseName"], "TableName": "orders", "Name": "eu"}
    eu = {**key, "RowFilter": {"FilterExpression": "region = 'EU'"}, "ColumnNames": ["id", "region"]}
    formation.create_data_cells_filter(TableData=eu)
    with pytest.raises(formation.exceptions.AlreadyExistsException):
        formation.create_data_cells_filter(TableData=eu)
    found = formation.get_data_cells_filter(**key)["DataCellsFilter"]
    assert {name: found[name] for name in eu} == eu
    wrong = {**eu, "RowFilter": {"FilterExpression": "upper(region) = 'EU'"}}
    with pytest.raises(formation.exceptions.InvalidInputException):
        formation.update_data_cells_filter(TableData=wrong)
    listed = formation.list_data_cells_filter(Table=table)["DataCellsFilters"]
    assert [one["Name"] for one in listed] == ["eu"]
    formation.delete_data_cells_filter(**key)
    with pytest.raises(formation.exceptions.EntityNotFoundException):
        formation.get_data_cells_filter(**key)


def test_tags_are_inherited_and_searched(formation, table):
    tag = f"domain_{uuid.uuid4().hex[:8]}"
    formation.create_lf_tag(TagKey=tag, TagValues=["finance", "sales"])
    formation.update_lf_tag(TagKey=tag, TagValuesToAdd=["hr"], TagValuesToDelete=["sales"])
    assert formation.get_lf_tag(TagKey=tag)["TagValues"] == ["finance", "hr"]
    database = {"Database": {"Name": table["DatabaseName"]}}
    tags = [{"TagKey": tag, "TagValues": ["finance"]}]
    assert formation.add_lf_tags_to_resource(Resource=database, LFTags=tags)["Failures"] == []
    told = formation.get_resource_lf_tags(Resource={"Table": table})
    assert told["LFTagsOnTable"] == [{"CatalogId": ACCOUNT, **tags[0]}]
    found = formation.search_tables_by_lf_tags(Expression=tags)["TableList"]
    assert [one["Table"]["Name"] for one in found] == ["orders"]
    unknown = formation.add_lf_tags_to_resource(Resource=database, LFTags=[{"TagKey": tag, "TagValues": ["sales"]}])
    assert unknown["Failures"][0]["Error"]["ErrorCode"] == "EntityNotFoundException"
    formation.create_lf_tag_expression(Name=tag, Expression=tags)
    policy = {"LFTagPolicy": {"ResourceType": "TABLE", "ExpressionName": tag}}
    formation.grant_permissions(Principal=ANALYST, Resource=policy, Permissions=["SELECT"])
    assert permissions(formation, policy) == [(ANALYST["DataLakePrincipalIdentifier"], ["SELECT"])]
    formation.delete_lf_tag(TagKey=tag)
    assert formation.search_tables_by_lf_tags(Expression=tags)["TableList"] == []


def test_places_are_registered_once(formation, table):
    arn = f"arn:aws:s3:::lake/{table['DatabaseName']}"
    formation.register_resource(ResourceArn=arn, UseServiceLinkedRole=True)
    with pytest.raises(formation.exceptions.AlreadyExistsException):
        formation.register_resource(ResourceArn=arn, UseServiceLinkedRole=True)
    assert formation.describe_resource(ResourceArn=arn)["ResourceInfo"]["HybridAccessEnabled"] is False
    formation.grant_permissions(Principal=ANALYST, Resource={"Table": table}, Permissions=["SELECT"])
    effective = formation.get_effective_permissions_for_path(ResourceArn=arn)["Permissions"]
    assert [one["Resource"]["Table"]["Name"] for one in effective] == ["orders"]
    formation.deregister_resource(ResourceArn=arn)
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        formation.describe_resource(ResourceArn=arn)
