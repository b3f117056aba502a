//! Types that the macro makes are stored as if each value had been proven, and what would break that does not
//! compile.

use std::collections::BTreeMap;
use std::fmt::Debug;

use sealed_session::{Attribute, Error, Mirrored, mirrored};

mirrored! {
    /// One of each kind.
    #[derive(Clone, PartialEq, Debug)]
    #[serde(deny_unknown_fields)]
    pub(crate) struct Order {
        pub(crate) r#type: State,
        lines: Vec<Line>,
        #[serde(default)]
        parent: Option<Box<Order>>,
        pub trace: BTreeMap<u8, State>,
    }

    #[derive(Clone, PartialEq, Debug)]
    pub(crate) struct Line { article: Article, count: u16, }

    #[derive(Clone, PartialEq, Debug)]
    pub(crate) struct Article(u32);

    #[derive(PartialEq, Debug)]
    struct Empty {}

    #[derive(Clone, PartialEq, Debug, Default)]
    pub(crate) enum State {
        #[default]
        Draft,
        Paid(Article),
        Sent { inner: u64, r#by: String },
        Lost {},
    }
}

/// A key that proves each value reads what the other wrote, and the other way round.
fn is_stored_as_proven<T: Mirrored + Clone + PartialEq + Debug>(value: T) -> Result<(), Error> {
    let keys = [Attribute::<T>::mirrored("value"), Attribute::new("value")];
    for (writer, reader) in [(keys[0], keys[1]), (keys[1], keys[0])] {
        let session = sealed_session::testing::session();
        session.insert(writer, value.clone())?;
        assert_eq!(session.get(reader)?, Some(value.clone()));
    }
    Ok(())
}

#[test]
fn what_the_macro_makes_is_stored_as_proven() -> Result<(), Error> {
    let line = |article, count| Line {
        article: Article(article),
        count,
    };
    let sent = State::Sent {
        inner: 7,
        by: "ada".into(),
    };
    let order = Order {
        r#type: State::default(),
        lines: vec![line(4711, 2), line(815, 1)],
        parent: None,
        trace: BTreeMap::from([
            (1, State::Paid(Article(1))),
            (2, sent.clone()),
            (3, State::Lost {}),
        ]),
    };
    is_stored_as_proven(order.clone())?;
    is_stored_as_proven(Order {
        parent: Some(Box::new(order.clone())),
        ..order
    })?;
    for state in [
        State::Draft,
        State::Paid(Article(300)),
        sent,
        State::Lost {},
    ] {
        is_stored_as_proven(vec![state])?;
    }
    Ok(())
}

#[test]
fn a_mirrored_key_is_one_like_any_other() -> Result<(), Error> {
    const BEFORE: Attribute<u32> = Attribute::mirrored("count");
    const COUNT: Attribute<u64> = Attribute::mirrored("count")
        .schema(2)
        .migrate::<u32>(1)
        .absent_if_unreadable();
    let session = sealed_session::testing::session();
    session.insert(BEFORE, 7)?;
    assert_eq!(session.get(COUNT)?, Some(7));
    session.update(COUNT, |count| *count += 1)?;
    assert_eq!(session.get(COUNT)?, Some(8));
    assert!(session.get(BEFORE).unwrap_err().is_unreadable());
    session.insert(Attribute::<Empty>::mirrored("empty"), Empty {})?;
    assert_eq!(
        session.get(Attribute::<Empty>::new("empty"))?,
        Some(Empty {})
    );
    Ok(())
}

mirrored! {
    #[derive(Clone, PartialEq, Debug)]
    struct Link { next: Option<Box<Link>> }

    #[derive(Clone, PartialEq, Debug)]
    enum Chain { End, More(Box<Chain>) }

    #[derive(Clone, PartialEq, Debug)]
    struct Tree(Vec<Tree>);
}

/// `outer` puts a value into another one, at most `most` times.
fn is_bounded<T: Mirrored + Clone + PartialEq + Debug>(
    most: usize,
    innermost: T,
    outer: fn(T) -> T,
) -> Result<(), Error> {
    let nested = |times| (0..times).fold(innermost.clone(), |inner, _| outer(inner));
    is_stored_as_proven(nested(most))?;
    is_stored_as_proven(Some(nested(most - 1)))?;
    for times in [most + 1, 1_000] {
        for key in [Attribute::<T>::mirrored("value"), Attribute::new("value")] {
            let session = sealed_session::testing::session();
            let error = session.insert(key, nested(times)).unwrap_err().to_string();
            assert!(
                error.contains("nested more than 256 levels deep"),
                "{error}"
            );
        }
    }
    Ok(())
}

#[test]
fn what_could_exhaust_the_stack_when_it_is_read_is_refused() -> Result<(), Error> {
    let link = |inner| Link {
        next: Some(Box::new(inner)),
    };
    // A link is a field in an option, and lies two levels deeper. Its own field is one more.
    is_bounded(127, Link { next: None }, link)?;
    is_bounded(256, Chain::End, |inner| Chain::More(Box::new(inner)))?;
    // What a newtype struct holds is no deeper than the struct.
    is_bounded(256, Tree(Vec::new()), |inner| Tree(vec![inner]))
}
