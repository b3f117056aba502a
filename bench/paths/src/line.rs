//! The `Cookie` line of a request, as it comes back from a browser, and as it may be otherwise.

/// Joins the pairs of `Set-Cookie` lines, as a browser sends them back.
#[must_use]
pub fn cookies(lines: &[String]) -> String {
    let pairs = lines
        .iter()
        .map(|line| line.split(';').next().unwrap_or_default());
    pairs.collect::<Vec<_>>().join("; ")
}

/// Changes one character, in the middle of the first value.
#[must_use]
pub fn tampered(cookies: &str) -> String {
    let (first, rest) = cookies.split_at(cookies.find(';').unwrap_or(cookies.len()));
    let start = first.find('=').map_or(0, |at| at + 1);
    let bytes = first.as_bytes();
    // Neither `%` nor what it escapes.
    let is_plain = |at: usize| {
        let before = at.saturating_sub(2);
        bytes.get(at).is_some_and(u8::is_ascii_alphanumeric)
            && bytes
                .get(before..at)
                .is_some_and(|near| !near.contains(&b'%'))
    };
    let middle = start + (first.len() - start) / 2;
    let mut text = first.to_owned();
    if let Some(at) = (middle..first.len()).find(|&at| is_plain(at)) {
        let other = match bytes.get(at) {
            Some(b'B') => "C",
            _ => "B",
        };
        text.replace_range(at..=at, other);
    }
    text + rest
}

/// Puts cookies into the middle of so many others that analytics and consent banners leave.
#[must_use]
pub fn beside(cookies: &str, count: usize) -> String {
    let foreign = |i: usize| format!("_ga_{i:03}=GS1.1.17636{i:05}.{i}.1.1763712000.60.0.0");
    let mut pairs: Vec<String> = (0..count).map(foreign).collect();
    pairs.insert(count / 2, cookies.to_owned());
    pairs.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_changed() {
        assert_eq!(tampered("id=aaaa"), "id=aaBa");
        assert_eq!(tampered("id=aaBa; b=3"), "id=aaCa; b=3");
        assert_eq!(tampered("id=a%2Fbcd"), "id=a%2FBcd");
    }

    #[test]
    fn cookies_of_others() {
        let line = beside("id=1", 2);
        let names = line.split("; ").filter_map(|pair| pair.split('=').next());
        let names: Vec<_> = names.collect();
        assert_eq!(names, ["_ga_000", "id", "_ga_001"]);
    }

    #[test]
    fn attributes_stay_in_the_browser() {
        let lines = ["a=1; Path=/", "b=2; Secure"].map(str::to_owned);
        assert_eq!(cookies(&lines), "a=1; b=2");
    }
}
