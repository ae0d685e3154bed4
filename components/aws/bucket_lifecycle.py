"""LifecycleRule as S3 has it: one prefix a rule, no suffix, days by class, and old versions counted apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_aws import s3

from .._core.errors import Problem
from .._core.tiers import settled
from ..object_store import CLASSES, LifecycleRule, ObjectStoreArgs

STORAGE = {"nearline": "STANDARD_IA", "coldline": "GLACIER_IR", "archive": "DEEP_ARCHIVE"}
"""Our classes as S3 calls them."""
COOLING_DAYS = 30
"""Days that an object must have been in Standard before it moves to Standard-IA, and in Standard-IA before it moves on
(S3 User Guide, "Constraints and considerations for transitions")."""
UNFINISHED_DAYS = 7
"""Days after which an unfinished multipart upload goes: its parts cost as objects do, and nothing lists them."""
MOST_RULES = 1000
"""Rules that a bucket takes (S3 User Guide, lifecycle configuration)."""


def lifecycle_rules(args: ObjectStoreArgs) -> list[s3.BucketLifecycleConfigurationRuleArgs]:
    """Every rule of the bucket, those that nobody has to ask for first."""
    found = [_rule("unfinished-uploads", "", abort=UNFINISHED_DAYS)]
    days = old_version_days(args)
    if days:
        # a deleted object leaves a marker, which is worth nothing once its versions are gone
        found.append(_rule("old-versions", "", old=_old(days, None), markers=True))
    if settled(args.storage_class) != "standard":
        found.append(_rule("storage-class", "", move=_move(settled(args.storage_class), None)))
    for number, rule in enumerate(args.lifecycle):
        found += [_of(rule, f"rule-{number}{f'-{position}' if position else ''}", prefix) for position, prefix in enumerate(rule.prefixes or ("",))]
    return found


def old_version_days(args: ObjectStoreArgs) -> int:
    """Days that an old version stays, 0 for ever: S3 has no soft delete, so what was deleted is an old version until it can't be brought back any more."""
    noncurrent, undelete = settled(args.noncurrent_days), settled(args.undelete_days)
    return max(noncurrent, undelete) if noncurrent else 0


def lifecycle_problems(args: ObjectStoreArgs) -> Iterator[Problem]:
    """What S3 forbids of rules that another cloud takes."""
    for number, rule in enumerate(args.lifecycle):
        field = f"lifecycle[{number}]"
        if rule.suffixes:
            remedy = "put such objects under a prefix of their own"
            yield Problem(f"{field}.suffixes", "must be left out on AWS: rules of S3 know prefixes only", tuple(rule.suffixes), remedy)
        if rule.to_class == "nearline" and rule.after_days is not None and rule.after_days < COOLING_DAYS:
            yield Problem(f"{field}.after_days", f"must be at least {COOLING_DAYS} on AWS to move to nearline (Standard-IA)", rule.after_days)
        yield from _order_problems(field, rule, args.lifecycle[:number] if rule.newer_versions is None else ())
        yield from _order_problems(field, rule, args.lifecycle[number + 1 :] if rule.newer_versions is None else (), after=number + 1)
    rules = sum(len(rule.prefixes) or 1 for rule in args.lifecycle)
    if rules > MOST_RULES - 3:
        yield Problem("lifecycle", f"must come to at most {MOST_RULES - 3} rules on AWS, where each prefix is one", rules)


def _order_problems(field: str, rule: LifecycleRule, others: Sequence[LifecycleRule], after: int = 0) -> Iterator[Problem]:
    """A rule that acts too early after another one about the same objects."""
    for number, other in enumerate(others, after):
        same = set(rule.prefixes or ("",)) & set(other.prefixes or ("",))
        if not same or other.newer_versions is not None or other.after_days is None or rule.after_days is None or other.to_class is None:
            continue
        if rule.delete and rule.after_days <= other.after_days:
            rule_text = f"must be more than {other.after_days}, after which lifecycle[{number}] moves the same objects"
            yield Problem(f"{field}.after_days", rule_text, rule.after_days)
        colder = rule.to_class is not None and CLASSES.index(rule.to_class) > CLASSES.index(other.to_class)
        if colder and other.to_class == "nearline" and rule.after_days < other.after_days + COOLING_DAYS:
            least = other.after_days + COOLING_DAYS
            rule_text = f"must be at least {least} on AWS: lifecycle[{number}] moves the same objects to nearline, where they stay {COOLING_DAYS} days"
            yield Problem(f"{field}.after_days", rule_text, rule.after_days)


def _of(rule: LifecycleRule, name: str, prefix: str) -> s3.BucketLifecycleConfigurationRuleArgs:
    if rule.newer_versions is None:
        return _rule(name, prefix, expire=rule.after_days) if rule.delete else _rule(name, prefix, move=_move(str(rule.to_class), rule.after_days))
    # our count begins with the live object, S3's with the first old version
    keep = rule.newer_versions - 1 or None
    if rule.delete:
        return _rule(name, prefix, old=_old(rule.after_days or 1, keep))
    days = rule.after_days if rule.after_days is not None else _earliest(str(rule.to_class))
    move = s3.BucketLifecycleConfigurationRuleNoncurrentVersionTransitionArgs(
        storage_class=STORAGE[str(rule.to_class)], noncurrent_days=days, newer_noncurrent_versions=keep
    )
    return _rule(name, prefix, move_old=move)


def _earliest(to_class: str) -> int:
    return COOLING_DAYS if to_class == "nearline" else 0


def _move(to_class: str, days: int | None) -> s3.BucketLifecycleConfigurationRuleTransitionArgs:
    return s3.BucketLifecycleConfigurationRuleTransitionArgs(storage_class=STORAGE[to_class], days=_earliest(to_class) if days is None else days)


def _old(days: int, keep: int | None) -> s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs:
    return s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(noncurrent_days=days, newer_noncurrent_versions=keep)


def _rule(
    name: str,
    prefix: str,
    *,
    abort: int | None = None,
    expire: int | None = None,
    markers: bool = False,
    old: s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs | None = None,
    move: s3.BucketLifecycleConfigurationRuleTransitionArgs | None = None,
    move_old: s3.BucketLifecycleConfigurationRuleNoncurrentVersionTransitionArgs | None = None,
) -> s3.BucketLifecycleConfigurationRuleArgs:
    expiration = s3.BucketLifecycleConfigurationRuleExpirationArgs(days=expire, expired_object_delete_marker=True if markers else None)
    return s3.BucketLifecycleConfigurationRuleArgs(
        id=name,
        status="Enabled",
        filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=prefix),
        abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(days_after_initiation=abort) if abort else None,
        expiration=expiration if expire is not None or markers else None,
        noncurrent_version_expiration=old,
        transitions=[move] if move is not None else None,
        noncurrent_version_transitions=[move_old] if move_old is not None else None,
    )
