//! What the compiler infers from a key. What it says where it cannot stands in `tests/compiler`.

use sealed_session::{Attribute, Error};

const CART: Attribute<Vec<u32>> = Attribute::new("cart");
const NAME: Attribute<String> = Attribute::new("name");
const LEVEL: Attribute<u8> = Attribute::new("level");

#[test]
fn a_typed_key_tells_the_type_of_its_value() -> Result<(), Error> {
    let session = sealed_session::testing::session();
    session.insert(CART, (1..=3).collect())?;
    session.insert(NAME, "Ada".into())?;
    session.insert(LEVEL, 7)?;
    assert_eq!(session.get(CART)?, Some(vec![1, 2, 3]));
    assert_eq!(session.get(NAME)?.as_deref(), Some("Ada"));
    assert_eq!(session.get(LEVEL)?, Some(7));
    session.replace(CART, Default::default())?;
    assert_eq!(session.get(CART)?, Some(Vec::new()));
    Ok(())
}
