//! What the shop sells: articles made from three word lists, the same on every server.
//!
//! Nothing is stored: an article is computed from its id, so that two servers agree on five
//! thousand of them without sharing a table.

/// How many articles there are. Their ids run from 1 to this.
pub const ARTICLES: u32 = MAKES * MATERIALS * THINGS;

const MAKES: u32 = 20;
const MATERIALS: u32 = 16;
const THINGS: u32 = 16;

/// An article of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// The id, from 1 to [`ARTICLES`].
    pub id: u32,
    /// The name, which no other article has.
    pub name: String,
    /// The price in cents.
    pub cents: u32,
    /// The colour of the picture.
    pub(crate) tint: &'static str,
    /// The picture: an SVG path in a square of 64.
    pub(crate) outline: &'static str,
}

struct Make {
    name: &'static str,
    /// Of a thing's price, in per cent.
    price: u32,
}

struct Material {
    name: &'static str,
    tint: &'static str,
    /// Of a thing's price, in per cent.
    price: u32,
}

struct Thing {
    name: &'static str,
    cents: u32,
    outline: &'static str,
}

const fn make(name: &'static str, price: u32) -> Make {
    Make { name, price }
}

const fn material(name: &'static str, tint: &'static str, price: u32) -> Material {
    Material { name, tint, price }
}

const fn thing(name: &'static str, cents: u32, outline: &'static str) -> Thing {
    Thing {
        name,
        cents,
        outline,
    }
}

static MAKE: [Make; MAKES as usize] = [
    make("Plain", 100),
    make("Ribbed", 115),
    make("Small", 80),
    make("Round", 105),
    make("Fluted", 130),
    make("Tall", 125),
    make("Rough", 90),
    make("Wide", 120),
    make("Smooth", 110),
    make("Oval", 118),
    make("Heavy", 135),
    make("Slim", 95),
    make("Large", 140),
    make("Faceted", 145),
    make("Low", 85),
    make("Curved", 128),
    make("Square", 108),
    make("Light", 92),
    make("Hammered", 150),
    make("Narrow", 98),
];

static MATERIAL: [Material; MATERIALS as usize] = [
    material("stoneware", "#a0937f", 90),
    material("oak", "#c08f58", 110),
    material("terracotta", "#c0694b", 70),
    material("brass", "#c4a04c", 150),
    material("walnut", "#7d573d", 140),
    material("porcelain", "#c3ccd2", 120),
    material("slate", "#66727b", 100),
    material("copper", "#b8754a", 160),
    material("ash", "#cdb892", 100),
    material("glass", "#8fbdb8", 95),
    material("cherry", "#a5583b", 130),
    material("steel", "#93a0a9", 105),
    material("marble", "#bdb8b0", 180),
    material("beech", "#d3a67c", 85),
    material("enamel", "#44749a", 80),
    material("birch", "#d9c596", 75),
];

static THING: [Thing; THINGS as usize] = [
    thing(
        "jug",
        3_400,
        "M15 8h24c-1 7 5 11 5 24v18c0 4-2 6-6 6H18c-4 0-6-2-6-6V32c0-9 5-13 5-18zM44 20h4c9 0 12 5 12 12s-4 13-12 13h-4v-6h3c5 0 7-3 7-7s-2-6-6-6h-4z",
    ),
    thing(
        "bowl",
        2_600,
        "M8 28h48c0 13-8 21-17 23v3H25v-3C16 49 8 41 8 28z",
    ),
    thing(
        "plate",
        1_900,
        "M4 34h56c-3 8-11 12-18 12H22C15 46 7 42 4 34z",
    ),
    thing(
        "candlestick",
        2_900,
        "M29 6h6v15h-6zM23 23h18v5h-6v17h-6V28h-6zM17 47h30v8H17z",
    ),
    thing(
        "board",
        3_200,
        "M6 25c0-3 2-5 5-5h31c3 0 5 2 5 5v4h8c5 0 5 7 0 7h-8v4c0 3-2 5-5 5H11c-3 0-5-2-5-5z",
    ),
    thing(
        "cup",
        1_600,
        "M12 20h32v5h4c9 0 9 16-1 16h-5c-2 7-7 11-14 11-10 0-16-8-16-18zM44 30v6h3c4 0 4-6 0-6z",
    ),
    thing(
        "tray",
        3_900,
        "M4 30h7v6h42v-6h7v8c0 5-3 8-8 8H12c-5 0-8-3-8-8z",
    ),
    thing(
        "lamp",
        7_900,
        "M23 8h18l9 23H14zM29 33h6v15h-6zM19 50h26v6H19z",
    ),
    thing(
        "stool",
        8_800,
        "M9 14h46v8H9zM15 24h7l-4 33h-7zM42 24h7l4 33h-7zM22 38h20v5H22z",
    ),
    thing(
        "vase",
        4_200,
        "M24 7h16v4l-3 4c0 8 12 14 12 26 0 10-7 16-17 16s-17-6-17-16c0-12 12-18 12-26l-3-4z",
    ),
    thing(
        "spoon",
        1_200,
        "M32 5c6 0 10 6 10 13s-4 11-7 12l2 25c0 5-10 5-10 0l2-25c-3-1-7-5-7-12S26 5 32 5z",
    ),
    thing(
        "shelf",
        6_400,
        "M6 16h52v6H6zM6 42h52v6H6zM13 24h6v16h-6zM45 24h6v16h-6z",
    ),
    thing(
        "clock",
        5_600,
        "M32 7a25 25 0 1 0 0 50a25 25 0 1 0 0-50zM29 16h5v15l10 6-3 5-12-8z",
    ),
    thing("box", 2_300, "M8 20h48v9H8zM11 31h42v22H11zM28 35h8v4h-8z"),
    thing(
        "hook",
        900,
        "M24 8h16v6h-5v22c0 7 8 7 8 0v-4h8v4c0 18-23 18-23 0V14h-4z",
    ),
    thing("frame", 2_700, "M8 8h48v48H8zM17 17v30h30V17z"),
];

/// The article of this id, if there is one.
///
/// ```
/// use shop::catalogue::{ARTICLES, article};
///
/// assert_eq!(article(1).unwrap().name, "Plain stoneware jug");
/// assert!(article(ARTICLES).is_some());
/// assert!(article(0).is_none() && article(ARTICLES + 1).is_none());
/// ```
#[must_use]
pub fn article(id: u32) -> Option<Article> {
    let at = id.checked_sub(1).filter(|at| *at < ARTICLES)?;
    let (pair, round) = (at % (MATERIALS * THINGS), at / (MATERIALS * THINGS));
    // Along diagonals, so that a page shows many makes, many materials and many things.
    let make = MAKE.get(((pair + round) % MAKES) as usize)?;
    let material = MATERIAL.get((pair % MATERIALS) as usize)?;
    let thing = THING.get(((pair + pair / MATERIALS) % THINGS) as usize)?;
    let cents = thing.cents * material.price / 100 * make.price / 100;
    Some(Article {
        id,
        name: format!("{} {} {}", make.name, material.name, thing.name),
        cents: cents.next_multiple_of(10),
        tint: material.tint,
        outline: thing.outline,
    })
}

/// Up to `most` articles, beginning with the one at place `from`, which counts from 0.
pub fn articles(from: u32, most: u32) -> impl Iterator<Item = Article> {
    (from.saturating_add(1)..=ARTICLES)
        .take(most as usize)
        .filter_map(article)
}

/// Every article once, in an order in which neighbours have little in common.
pub fn shuffled() -> impl Iterator<Item = Article> {
    // Neither even nor a multiple of 5, which is all that 5,120 divides by.
    const STEP: u32 = 1_943;
    (0..ARTICLES)
        .map(|at| at * STEP % ARTICLES + 1)
        .filter_map(article)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn articles_are_distinct_and_many() {
        let all: Vec<Article> = articles(0, u32::MAX).collect();
        assert_eq!(all.len(), ARTICLES as usize);
        assert!(all.len() >= 5_000);
        let names: HashSet<&str> = all.iter().map(|article| article.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn the_shuffle_meets_every_article_once() {
        let met: HashSet<u32> = shuffled().map(|article| article.id).collect();
        assert_eq!(met.len(), ARTICLES as usize);
    }
}
