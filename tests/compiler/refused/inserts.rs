//! What must not compile, and whose texts are to say why.

use sealed_session::{Attribute, Session};

const NAME: Attribute<String> = Attribute::new("name");
const CART: Attribute<Cart> = Attribute::new("cart");

/// Can be neither written nor read.
struct Cart;

fn a_type_that_is_not_the_keys(session: &Session) {
    let _ = session.insert(NAME, "Ada");
}

fn a_reference(session: &Session, name: &String) {
    let _ = session.insert(NAME, name);
}

fn a_type_without_serde(session: &Session) {
    let _ = session.insert(CART, Cart);
}

fn a_type_without_serde_under_a_string(session: &Session) {
    let _ = session.insert("cart", Cart);
}

fn a_type_that_cannot_be_read(session: &Session) {
    let _ = session.get(CART);
}

fn what_is_no_key(session: &Session) {
    let _ = session.insert(4711, "Ada");
}

fn a_name_that_is_not_borrowed_twice(session: &Session) {
    let _ = session.sign_in("user-17", &["name"]);
}

fn main() {}
