"""Deploying and knowing that it worked: own record, healthy containers on the right digests, answering
URLs.
"""
