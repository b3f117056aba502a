//! The compiler's texts. `TRYBUILD=overwrite cargo test -p compiler` writes them.

#[test]
fn the_compiler_says_what_is_wrong() {
    trybuild::TestCases::new().compile_fail("refused/*.rs");
}
