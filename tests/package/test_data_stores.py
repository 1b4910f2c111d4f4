"""Where personal data lies: encrypted, kept apart, recoverable for a week and no longer, never lost with the stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tools.template import without_tls

Json = dict[str, Any]
OfType = Callable[[str], Mapping[str, Json]]
OWN_KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
KEPT = (
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::Cognito::UserPool",
)


@pytest.mark.parametrize("kind", KEPT)
def test_what_cannot_be_made_again_stays_when_the_stack_goes(of_type: OfType, kind: str) -> None:
    for name, row in of_type(kind).items():
        assert (row.get("DeletionPolicy"), row.get("UpdateReplacePolicy")) == ("Retain", "Retain"), name


def test_every_table_forgets_and_recovers(of_type: OfType) -> None:
    for name, row in of_type("AWS::DynamoDB::Table").items():
        table = row["Properties"]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}, name
        recovery = table["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}, name
        assert table["DeletionProtectionEnabled"] is True, name
        assert table["SSESpecification"]["KMSMasterKeyId"] == OWN_KEY, name
        assert table["BillingMode"] == "PAY_PER_REQUEST", name


def test_the_stream_carries_both_images(of_type: OfType) -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    assert table["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_the_indexes_are_those_of_the_design(of_type: OfType) -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    keys = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in table["Properties"]["GlobalSecondaryIndexes"]
    }
    assert keys == {
        "desk": ["desk_pk", "desk_sk"],
        "agenda": ["agenda_pk", "agenda_sk"],
        "search": ["search_pk", "sk"],
    }


def test_the_search_index_holds_keys_only(of_type: OfType) -> None:
    (table,) = of_type("AWS::DynamoDB::Table").values()
    (search,) = [index for index in table["Properties"]["GlobalSecondaryIndexes"] if index["IndexName"] == "search"]
    assert search["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_every_bucket_is_locked(of_type: OfType) -> None:
    policies = [row["Properties"] for row in of_type("AWS::S3::BucketPolicy").values()]
    for name, row in of_type("AWS::S3::Bucket").items():
        bucket = row["Properties"]
        assert all(bucket["PublicAccessBlockConfiguration"].values()), name
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, name
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OWN_KEY}, name
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}], name
        (policy,) = [policy for policy in policies if policy["Bucket"] == {"Ref": name}]
        _only_with_tls(name, policy["PolicyDocument"]["Statement"])


def _only_with_tls(bucket: str, statements: list[Json]) -> None:
    (denial,) = [row for row in statements if row["Condition"].get("Bool")]
    assert denial["Effect"] == "Deny"
    assert denial["Principal"] == "*"
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"Fn::GetAtt": [bucket, "Arn"]} in denial["Resource"]
    assert {"Fn::Sub": f"${{{bucket}.Arn}}/*"} in denial["Resource"]
    assert {"s3:GetObject", "s3:PutObject"} <= set(denial["Action"])
    assert not [row for row in statements if row["Effect"] == "Allow"], "nobody gets in by the bucket's policy"


@pytest.mark.promise("feature:uploads-type-check-scan-limits")
def test_quarantine_is_shut_to_all_but_the_check(of_type: OfType) -> None:
    """Even to an administrator: what has no result yet is opened by nobody, and nobody writes a result by hand."""
    (policy,) = of_type("AWS::S3::BucketPolicy").values()
    rows = {row["Sid"]: row for row in policy["Properties"]["PolicyDocument"]["Statement"]}
    for sid, actions in (
        ("QuarantineIsReadByTheCheckOnly", {"s3:GetObject", "s3:GetObjectVersion"}),
        ("TheResultIsWrittenByTheScannerOnly", {"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}),
    ):
        row = rows[sid]
        assert (row["Effect"], row["Principal"]) == ("Deny", "*")
        assert set(row["Action"]) == actions
        assert row["Resource"] == {"Fn::Sub": "${DocumentsBucket.Arn}/quarantine/*"}
    allowed = rows["QuarantineIsReadByTheCheckOnly"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    named = [row["Fn::GetAtt"][0] for row in allowed if "Fn::GetAtt" in row]
    assert named == ["OnChangeRole", "OnScanRole", "ReconcileRole"]


def test_the_engine_speaks_no_tls_and_gets_all_other_rules(template: Json) -> None:
    rules = template["Resources"]["DocumentsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    for_engine = without_tls(template)["Resources"]["DocumentsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert [row for row in rules if row not in for_engine] == [rules[0]]
    assert rules[0]["Sid"] == "NothingGoesWithoutTls", "and the package itself is unchanged"


def test_the_bucket_rings_when_something_comes(of_type: OfType) -> None:
    (bucket,) = of_type("AWS::S3::Bucket").values()
    rings = bucket["Properties"]["NotificationConfiguration"]
    assert rings == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_old_versions_of_documents_go_with_the_backups(of_type: OfType) -> None:
    for name, row in of_type("AWS::S3::Bucket").items():
        rules = row["Properties"]["LifecycleConfiguration"]["Rules"]
        assert all(rule["Status"] == "Enabled" for rule in rules), name
        days = [
            rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
            for rule in rules
            if "NoncurrentVersionExpiration" in rule
        ]
        assert days, name
        assert max(days) <= 7, "a deleted document must not outlive the table's own recovery of 7 days"


def test_secrets_are_made_by_aws_and_written_nowhere(of_type: OfType) -> None:
    for name, row in of_type("AWS::SecretsManager::Secret").items():
        secret = row["Properties"]
        assert "SecretString" not in secret, name
        assert secret["GenerateSecretString"]["PasswordLength"] >= 43, "256 bits in letters and digits"
        assert secret["KmsKeyId"] == OWN_KEY, name


def test_the_key_rotates_and_only_the_account_governs_it(of_type: OfType) -> None:
    for row in of_type("AWS::KMS::Key").values():
        assert row["Properties"]["EnableKeyRotation"] is True
        for statement in row["Properties"]["KeyPolicy"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            if any(action.endswith("*") for action in actions):
                assert statement["Principal"] == {
                    "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                }
            else:
                assert set(statement["Principal"]) == {"Service"}
