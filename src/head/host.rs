//! The host that a request names, without its port.
//!
//! Reads a `Host` field as strictly as it is written (RFC 9110 section 7.2): no user, no zone, nothing encoded.
//! Browsers write addresses in one form, so an address in octal or in one number names no machine here.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A host as a `Host` field names it. Two are equal if browsers take them for one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HostName<'a> {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    /// A name of plain labels, without the dot of the root.
    Name(&'a str),
}

impl<'a> HostName<'a> {
    /// Reads a host with or without a port.
    pub(crate) fn parse(text: &'a str) -> Option<HostName<'a>> {
        let (host, port) = match text.find(']') {
            Some(end) => text.split_at_checked(end + 1)?,
            None => text.split_at_checked(text.find(':').unwrap_or(text.len()))?,
        };
        let is_digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        let has_port = port.strip_prefix(':').is_some_and(is_digits);
        if port.is_empty() || has_port {
            HostName::without_port(host)
        } else {
            None
        }
    }

    /// Reads a host that has no port.
    pub(crate) fn without_port(host: &'a str) -> Option<HostName<'a>> {
        if let Some(address) = host.strip_prefix('[') {
            let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
            // `::ffff:127.0.0.1` is 127.0.0.1 on the wire.
            let mapped = address.to_ipv4_mapped();
            return Some(mapped.map_or(HostName::V6(address), HostName::V4));
        }
        let name = host.strip_suffix('.').unwrap_or(host);
        if let Ok(address) = name.parse() {
            return Some(HostName::V4(address));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_plain);
        name.split('.')
            .all(is_label)
            .then_some(HostName::Name(name))
    }

    /// Returns whether this is the machine itself: its loopback addresses, and the names that every resolver has
    /// to take there (RFC 6761 section 6.3).
    pub(crate) fn is_loopback(self) -> bool {
        match self {
            HostName::V4(address) => address.is_loopback(),
            HostName::V6(address) => address.is_loopback(),
            HostName::Name(name) => {
                let last = name.rsplit('.').next().unwrap_or_default();
                last.eq_ignore_ascii_case("localhost")
            }
        }
    }

    /// Returns whether both are one host.
    pub(crate) fn is(self, other: HostName<'_>) -> bool {
        match (self, other) {
            (HostName::V4(one), HostName::V4(other)) => one == other,
            (HostName::V6(one), HostName::V6(other)) => one == other,
            (HostName::Name(one), HostName::Name(other)) => one.eq_ignore_ascii_case(other),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_this_machine() {
        for here in [
            "localhost",
            "localhost:",
            "LocalHost:80",
            "localhost.",
            "a.localhost:1",
            "127.0.0.1:3001",
            "127.9.9.9",
            "[::1]:80",
            "[0:0::0:1]",
            "[::ffff:127.0.0.1]:80",
            "[::FFFF:7f00:1]",
        ] {
            assert!(HostName::parse(here).unwrap().is_loopback(), "{here}");
        }
        for away in [
            "",
            ".",
            ":80",
            "example.com",
            "localhost.example.com",
            "localhost.evil.example:80",
            "localhost..",
            ".localhost",
            "a..localhost",
            "127.0.0.1.example.com",
            "128.0.0.1",
            "[::2]",
            "[::ffff:128.0.0.1]",
            "notlocalhost",
            "::1",
            "0.0.0.0",
            "[::]",
            "[127.0.0.1]",
            "[::1].example.com",
            "[::1",
            "::1]",
            "a[::1]",
            // What somebody else may read as a user, a path or a fragment.
            "localhost:80@evil.example",
            "localhost@evil.example",
            "evil.example@localhost",
            "127.0.0.1:80@evil.example",
            "[::1]:80@evil.example",
            "[::1]@evil.example",
            "localhost/evil.example",
            "localhost:80/evil.example",
            "localhost#evil.example",
            "localhost?evil.example",
            "localhost\\evil.example",
            "localhost:80:evil",
            "localhost:0x50",
            "localhost:+80",
            "localhost, evil.example",
            "localhost evil.example",
            " localhost",
            "localhost\t",
            "local%68ost",
            "loc\u{ff41}lhost",
            // Zones, and addresses in forms that no browser sends.
            "[::1%lo]",
            "[::1%25lo]",
            "[fe80::1%25eth0]",
            "2130706433",
            "017700000001",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "127.0.0.01",
            "127.0.0.1..",
        ] {
            let is_here = HostName::parse(away).is_some_and(HostName::is_loopback);
            assert!(!is_here, "{away}");
        }
    }

    #[test]
    fn hosts_are_one_if_browsers_take_them_for_one() {
        let is = |one, other| {
            HostName::parse(one)
                .unwrap()
                .is(HostName::parse(other).unwrap())
        };
        for (one, other, same) in [
            ("web:8080", "WEB", true),
            ("web.", "web", true),
            ("my_app", "my_app:80", true),
            ("192.168.1.7:3000", "192.168.1.7", true),
            ("[fe80:0::1]:3000", "[FE80::1]", true),
            ("[::ffff:10.0.2.2]", "10.0.2.2", true),
            ("web", "web2", false),
            ("web", "a.web", false),
            ("web.evil.example", "web", false),
            ("10.0.2.2", "10.0.2.20", false),
            ("[fe80::1]", "[fe80::2]", false),
        ] {
            assert_eq!(is(one, other), same, "{one} {other}");
        }
    }
}
