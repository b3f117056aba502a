//! What all tests of limits do, and how they write down what they see.

use e2e::{Answer, Client, Failure, Holds, Preset, Refused, Reply, Site};

/// Returns what became of a session that took its whole budget and was read.
pub(crate) fn arrived(reply: &Reply) -> Result<String, Failure> {
    if reply.status != Some(200) {
        return Ok(format!("{} when read", status(reply)));
    }
    let answer: Answer = reply.json(200)?;
    match (answer.holds, &answer.refusal) {
        (Holds::Full, None) => Ok("whole".to_owned()),
        (Holds::Nothing, Some(refusal)) => Ok(format!("{refusal}: {} came", answer.cookies.len())),
        _ => Err(format!("an unexpected session: {answer:?}").into()),
    }
}

/// Shows the status, or that there was none.
pub(crate) fn status(reply: &Reply) -> String {
    let status = reply.status.map(|status| status.to_string());
    status.unwrap_or_else(|| "no answer".to_owned())
}

/// Writes a number with a comma before every three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Checks that the library refuses it and says by how much, and that what was there before stays.
pub(crate) async fn one_byte_over(
    client: &mut impl Client,
    site: Site,
    preset: Preset,
) -> Result<(), Failure> {
    client.forget().await?;
    let url = |path: &str| site.url(client.is_tls(), &format!("/{}/over/{path}", preset.name));
    let (small, fill, read) = (url("small"), url("fill"), url("read"));
    client.get(&small).await?.json::<Answer>(200)?;
    let before: Answer = client.get(&read).await?.json(200)?;
    assert_eq!(before.holds, Holds::Small);
    let refused: Refused = client.get(&fill).await?.json(422)?;
    let (cookie, _) = before.cookies.first().ok_or("no cookie came")?;
    assert_eq!(refused.allowed, preset.total(cookie)?);
    assert!(refused.needed > refused.allowed, "{refused:?}");
    if preset.name == "within_8k" {
        // Elsewhere it takes a further cookie, and those bytes count, too.
        assert_eq!(refused.needed, refused.allowed + 1);
    }
    for number in [refused.needed, refused.allowed] {
        assert!(refused.text.contains(&number.to_string()), "{refused:?}");
    }
    let after: Answer = client.get(&read).await?.json(200)?;
    assert_eq!(after, before);
    Ok(())
}
