//! The pages' blocks of code.

/// Returns the page on clients without cookies.
pub(crate) fn page() -> &'static str {
    include_str!("../../../docs/clients-without-cookies.md")
}

/// Returns the page on proxies that ask.
pub(crate) fn forward_auth() -> &'static str {
    include_str!("../../../docs/forward-auth.md")
}

/// Returns what stands in the blocks of this language, in order.
pub(crate) fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let begin = format!("\n```{language}\n");
    let rest = page.split(begin.as_str()).skip(1);
    let blocks = rest.map(|rest| rest.split_once("\n```\n").unwrap().0);
    blocks.collect()
}

/// Returns the only block of this language.
pub(crate) fn block(page: &'static str, language: &str) -> &'static str {
    let found = blocks(page, language);
    let [only] = found.as_slice() else {
        panic!("{} blocks of {language}", found.len());
    };
    only
}

/// Returns what the page shows of a file: all but what it says of itself, and who may use it.
pub(crate) fn code_of(source: &str) -> String {
    let code = source.lines().filter(|line| !line.starts_with("//!"));
    let code: Vec<&str> = code.skip_while(|line| line.is_empty()).collect();
    let code = code.join("\n").replace("pub(crate) ", "");
    format!("\n```rust\n{code}\n```\n")
}
