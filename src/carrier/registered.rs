//! Lists field names in which no session may travel.
//!
//! The rule: a session travels in no field that IANA's registry of HTTP field names knows, that a browser
//! sets or reads by itself (the Fetch standard and those of its neighbours), or by which common proxies,
//! caches and servers tell each other something. A whole family is one prefix, so that its younger members are
//! refused, too.

/// The beginnings of families of such names.
#[rustfmt::skip]
const FAMILIES: &[&str] = &[
    "accept", "access-control", "alt-", "attribution-reporting-", "authentication", "authorization",
    "cache-", "cdn-", "cf-", "client-cert", "cmcd-", "cmsd-", "content-", "cookie", "cross-origin-",
    "dpop", "edge-", "expect", "fastly-", "forwarded", "if-", "integrity-policy", "keep-", "last-",
    "link", "method-check", "odata-", "origin", "permissions-", "ping-", "pragma", "prefer", "protocol",
    "proxy-", "public", "referer", "referrer-", "repeatability-", "report", "sec-", "service-worker",
    "set-cookie", "signature", "ssl-", "surrogate-", "trace", "trailer", "transfer-", "variant", "vary",
    "want-", "x-accel-", "x-amz", "x-b3-", "x-cache", "x-client-", "x-content-", "x-envoy-", "x-forwarded",
    "x-frame-", "x-goog-", "x-http-", "x-method-", "x-ms-", "x-original-", "x-permitted-", "x-real-",
    "x-request", "x-rewrite-", "x-robots-", "x-sendfile", "x-ssl-", "x-varnish", "x-xss-",
];

/// The endings of families of such names.
const ENDINGS: &[&str] = &[
    "-authenticate",
    "-cache-control",
    "-digest",
    "-policy",
    "-policy-report-only",
];

/// Those that stand alone.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "a-im", "activate-storage-access", "age", "allow", "alpn", "alternates", "amp-cache-transform",
    "apply-to-redirect-ref", "available-dictionary", "c-ext", "c-man", "c-opt", "c-pep", "c-pep-info",
    "cal-managed-id", "caldav-timezones", "capsule-protocol", "cert-not-after", "cert-not-before",
    "clear-site-data", "close", "concealed-auth-export", "configuration-context", "connection",
    "critical-ch", "cta-common-access-token", "dasl", "date", "dav", "default-style", "delta-base",
    "deprecation", "depth", "derived-from", "destination", "detached-jws", "device-memory", "dictionary-id",
    "differential-id", "digest", "dnt", "downlink", "dpr", "early-data", "ect", "ediint-features", "etag",
    "expires", "ext", "from", "getprofile", "hobareg", "host", "http2-settings", "idempotency-key", "if",
    "im", "include-referred-token-binding-id", "incremental", "isolation", "label", "location",
    "lock-token", "man", "max-forwards", "memento-datetime", "meter", "mime-version", "negotiate", "nel",
    "no-vary-search", "observe-browsing-topics", "opt", "ordering-type", "oscore", "oslc-core-version",
    "overwrite", "p3p", "pep", "pep-info", "pics-label", "position", "priority", "profileobject",
    "purpose", "range", "redirect-ref", "refresh", "remote-user", "replay-nonce", "repr-digest",
    "retry-after", "rtt", "safe", "save-data", "schedule-reply", "schedule-tag", "security-scheme",
    "server", "server-timing", "set-login", "set-txn", "setprofile", "slug", "soapaction", "sourcemap",
    "speculation-rules", "status", "status-uri", "strict-transport-security", "sunset",
    "supports-loading-mode", "tcn", "te", "timeout", "timing-allow-origin", "tk", "topic",
    "true-client-ip", "ttl", "upgrade", "upgrade-insecure-requests", "urgency", "uri",
    "use-as-dictionary", "user-agent", "via", "viewport-width", "warning", "width", "x-api-key",
    "x-correlation-id", "x-csrf-token", "x-dns-prefetch-control", "x-download-options", "x-powered-by",
    "x-ua-compatible", "x-xsrf-token",
];

/// Returns whether a field of this name, in lower case, means something already.
pub(super) fn is_taken(name: &str) -> bool {
    FAMILIES.iter().any(|start| name.starts_with(start))
        || ENDINGS.iter().any(|end| name.ends_with(end))
        || NAMES.contains(&name)
}
