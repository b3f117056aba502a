"""Reads and writes the sessions of sealed-session, written from FORMAT.md.

Needs Python 3.11 and the package `cryptography`. Refusals carry the labels of the vectors.
"""

from .base64url import from_base64url, to_base64url
from .cookies import candidates, kept, split
from .deposits import Store, deposit_input, seal_deposit
from .grounds import Grounds
from .keys import KEY_PREFIX, Key, key_check, key_set
from .marks import (
    TOMBSTONE,
    TOUCH,
    is_tombstone,
    mark,
    pieces,
    tombstone,
    tombstone_input,
    touch,
    touch_input,
    touch_time,
)
from .payloads import (
    DEFLATE,
    DEPOSIT,
    GROUNDS,
    JSON,
    LABELS,
    LZ4,
    MORE,
    NONE,
    OPEN_LIMIT,
    OWN,
    PACKED,
    POSTCARD,
    RENEWED,
    SECRET,
    SECRETS,
    SUBJECT,
    Attribute,
    Record,
    parse_payload,
    read_contents,
    read_payload,
    write_contents,
    write_payload,
)
from .policy import NEVER, Policy
from .reader import Reader
from .source import Refused, to_varint
from .tokens import (
    ENCRYPTED,
    IN_URL,
    SIGNED,
    TEXT_LIMIT,
    Binding,
    open_token,
    seal,
    xaes_open,
    xaes_seal,
)
from .transports import BEARER, Request, Transports
