//! The cart, and how it is kept in the session.

use std::collections::HashSet;

use sealed_session_axum::Attribute;
use serde::{Deserialize, Serialize};

use crate::catalogue::{self, Article};

/// The cart in the session. Signing in keeps it.
pub const CART: Attribute<Cart> = Attribute::new("cart");

/// The most pieces of one article.
pub const QUANTITY_MAX: u16 = 99;

/// What a visitor means to buy. No two lines are of one article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The lines, in the order in which they were added.
    pub lines: Vec<Line>,
}

/// One article in the cart.
///
/// Name and price are those of the moment at which it was added: a price that changes overnight
/// must not change in a cart without a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The article's id.
    pub article: u32,
    /// How many, from 1 to [`QUANTITY_MAX`].
    pub quantity: u16,
    /// The price of one, in cents.
    pub cents: u32,
    /// The article's name.
    pub name: String,
}

impl Line {
    /// The price of all pieces, in cents.
    #[must_use]
    pub fn total(&self) -> u64 {
        u64::from(self.cents) * u64::from(self.quantity)
    }
}

impl From<Article> for Line {
    fn from(article: Article) -> Line {
        Line {
            article: article.id,
            quantity: 1,
            cents: article.cents,
            name: article.name,
        }
    }
}

impl Cart {
    /// Adds one piece.
    ///
    /// ```
    /// use shop::cart::Cart;
    /// use shop::catalogue::article;
    ///
    /// let mut cart = Cart::default();
    /// cart.add(article(17).unwrap());
    /// cart.add(article(17).unwrap());
    /// assert_eq!((cart.lines.len(), cart.pieces()), (1, 2));
    /// ```
    pub fn add(&mut self, article: Article) {
        match self
            .lines
            .iter_mut()
            .find(|line| line.article == article.id)
        {
            Some(line) => line.quantity = (line.quantity + 1).min(QUANTITY_MAX),
            None => self.lines.push(article.into()),
        }
    }

    /// Adds one piece each of `count` articles that are not in the cart yet, or of as many as
    /// there are, and returns how many those were.
    pub fn fill(&mut self, count: usize) -> usize {
        let present: HashSet<u32> = self.lines.iter().map(|line| line.article).collect();
        let before = self.lines.len();
        let others = catalogue::shuffled().filter(|article| !present.contains(&article.id));
        self.lines.extend(others.take(count).map(Line::from));
        self.lines.len() - before
    }

    /// Changes how many pieces a line has; none at all removes it.
    pub fn set(&mut self, article: u32, quantity: u16) {
        if quantity == 0 {
            self.lines.retain(|line| line.article != article);
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.article == article) {
            line.quantity = quantity.min(QUANTITY_MAX);
        }
    }

    /// How many pieces there are in all.
    #[must_use]
    pub fn pieces(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.quantity)).sum()
    }

    /// The price of everything, in cents.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.lines.iter().map(Line::total).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_merge_change_and_go() {
        let mut cart = Cart::default();
        let article = |id| catalogue::article(id).unwrap();
        cart.add(article(1));
        cart.add(article(2));
        cart.set(2, 500);
        assert_eq!(cart.pieces(), 1 + u64::from(QUANTITY_MAX));
        assert_eq!(
            cart.total(),
            u64::from(article(1).cents) + 99 * u64::from(article(2).cents)
        );
        cart.set(2, 0);
        cart.set(3, 4);
        assert_eq!(cart.lines, [Line::from(article(1))]);
    }

    #[test]
    fn filling_adds_other_articles_until_there_are_none() {
        let mut cart = Cart::default();
        cart.add(catalogue::article(1).unwrap());
        assert_eq!(cart.fill(200), 200);
        assert_eq!(cart.lines.len(), 201);
        let rest = catalogue::ARTICLES as usize - 201;
        assert_eq!(cart.fill(usize::MAX), rest);
        let articles: HashSet<u32> = cart.lines.iter().map(|line| line.article).collect();
        assert_eq!(articles.len(), catalogue::ARTICLES as usize);
    }
}
