"""Starts moto's server on a free loopback port, with one answer put right.

moto answers GetBucketVersioning with a root element that S3 does not have, and the SDK for Rust reads no other than S3's.
"""

from moto.s3.responses import S3Response
from moto.server import main

WRONG, RIGHT = "GetBucketVersioningResponse", "VersioningConfiguration"

get_bucket_versioning = S3Response.get_bucket_versioning


def corrected(self):
    status, headers, body = get_bucket_versioning(self)
    if WRONG not in body:
        raise AssertionError(f"moto's answer has no {WRONG}: remove this correction")
    return status, headers, body.replace(WRONG, RIGHT)


S3Response.get_bucket_versioning = corrected
main(["-H", "127.0.0.1", "-p", "0"])
