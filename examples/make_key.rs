//! Prints a new key, for a secret store: `cargo run --example make_key`.

fn main() -> Result<(), sealed_session::Error> {
    let key = sealed_session::Key::generate()?;
    #[expect(
        clippy::print_stdout,
        reason = "the key goes where the caller sends it"
    )]
    {
        println!("{}", key.to_text().expose());
    }
    Ok(())
}
