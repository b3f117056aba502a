//! `corpus/cart.json`.

use sealed_session::mirrored;

mirrored! {
    /// What a visitor is about to buy.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[serde(deny_unknown_fields)]
    pub struct Cart {
        /// The account.
        pub user_id: String,
        /// The lines, in the order in which they came.
        pub items: Vec<Item>,
        /// The currency of all prices.
        pub currency: String,
    }

    /// A line of a cart.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[serde(deny_unknown_fields)]
    pub struct Item {
        /// The article's number.
        pub sku: String,
        /// The article's name.
        pub name: String,
        /// How many.
        pub qty: u16,
        /// The price of one, in the smallest unit of the currency.
        pub price: u32,
    }
}
