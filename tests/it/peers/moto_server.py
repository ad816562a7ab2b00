"""Starts moto's server on a free loopback port, with some answers put right.

It answers calls that it does not have with a page for people, which no client can tell from a breakdown: here with 501. And it
answers GetBucketVersioning and GetBucketNotificationConfiguration with root elements that S3 does not have, and the SDK
for Rust reads no others than S3's. And DeleteTrail knows trails by their names only, not by
their ARNs, and PutInsightSelectors adds where it should replace.
"""

from moto.cloudtrail.models import CloudTrailBackend, Trail
from moto.core.responses import BaseResponse
from moto.s3.responses import S3Response
from moto.server import main


def correct(method, wrong, right):
    """Makes a method of moto's S3 answer with the right root element."""
    original = getattr(S3Response, method)

    def corrected(self):
        answer = original(self)
        status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
        if wrong not in body:
            raise AssertionError(f"moto's answer has no {wrong}: remove this correction")
        return status, headers, body.replace(wrong, right)

    setattr(S3Response, method, corrected)


correct("get_bucket_versioning", "GetBucketVersioningResponse", "VersioningConfiguration")
correct("get_bucket_notification", "GetBucketNotificationResponse", "NotificationConfiguration")
delete_trail = CloudTrailBackend.delete_trail
CloudTrailBackend.delete_trail = lambda self, name: delete_trail(self, name.rsplit("/", 1)[-1])

Trail.put_insight_selectors = lambda self, selectors: setattr(self, "insight_selectors", selectors)

call_action = BaseResponse.call_action


def call_action_or_501(self):
    try:
        return call_action(self)
    except NotImplementedError:
        return 501, {"Content-Type": "application/x-amz-json-1.1"}, "{}"


BaseResponse.call_action = call_action_or_501
main(["-H", "127.0.0.1", "-p", "0"])
