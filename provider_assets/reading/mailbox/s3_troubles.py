"""What can be wrong with a bucket, in words."""

from provider_assets.reading.mailbox.port import MailboxError

WAIT = "nothing has to be done if it comes back by itself; else see to the network and the endpoint"
RENEW = "renew them where the file of mailboxes says they are; they are used at the next look"
NO_CREDENTIALS = (
    "login",
    "there are no credentials for it",
    "name access_key_id and secret_access_key in the file of mailboxes, each as …_file or …_env, "
    "or give this machine a role",
)
CUT = ("unreachable", "it cannot be reached, or the connection was cut", WAIT)
NOT_ASKED = (
    "setting",
    "its address, region or endpoint cannot be used",
    "see to them in the file of mailboxes",
)
TOLD = {
    ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"): (
        "login",
        "its credentials have expired",
        RENEW,
    ),
    ("InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "AuthFailure"): (
        "login",
        "it does not know its credentials",
        RENEW,
    ),
    ("RequestTimeTooSkewed", "RequestExpired"): (
        "clock",
        "this machine's clock and the server's differ by too much",
        "set this machine's clock by a time server (NTP)",
    ),
    ("NoSuchBucket",): (
        "missing",
        "there is no such bucket",
        "see to its address in the file of mailboxes",
    ),
    ("AccessDenied", "403", "AllAccessDisabled", "AccountProblem"): (
        "rights",
        "we may not list, read, write or delete there",
        "have the user given s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and "
        "s3:DeleteObject on its part of it",
    ),
    ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"): (
        "region",
        "the bucket is in another region",
        "name its region in the file of mailboxes",
    ),
    ("SlowDown", "ServiceUnavailable", "InternalError", "503", "500", "RequestTimeout"): (
        "unreachable",
        "the server cannot serve now",
        WAIT,
    ),
    ("QuotaExceeded", "XMinioStorageFull", "StorageFull"): (
        "full",
        "there is no room in it",
        "have room made there",
    ),
}


def code_of(error: Exception) -> str:
    """What the server calls the error; empty where it said nothing."""
    answer = getattr(error, "response", None)
    told = answer.get("Error", {}) if isinstance(answer, dict) else {}
    return str(told.get("Code", ""))


def in_words(error: Exception, bucket: str) -> MailboxError | None:
    """The error as a trouble of the bucket; None for one that is not the place's."""
    from botocore import exceptions

    if isinstance(error, MailboxError):
        return error
    if isinstance(error, exceptions.ClientError):
        return _refused(code_of(error), bucket)
    cut = (exceptions.HTTPClientError, exceptions.ConnectionError, ConnectionError, TimeoutError)
    for kinds, told in (
        ((exceptions.NoCredentialsError, exceptions.PartialCredentialsError), NO_CREDENTIALS),
        (cut, CUT),
        ((exceptions.BotoCoreError,), NOT_ASKED),
    ):
        if isinstance(error, kinds):
            return MailboxError(*told)
    return None


def _refused(code: str, bucket: str) -> MailboxError:
    for codes, told in TOLD.items():
        if code in codes:
            return MailboxError(*told)
    return MailboxError(
        "refused", f"the server refused ({code})", f"see what it says of the bucket {bucket}"
    )
