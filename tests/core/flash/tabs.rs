//! Tabs that speak at once: two that say a message, one that shows them, and one that changes the session.

use sealed_session::SessionManager;

use super::{manager, say, shown, take, visit};
use crate::common::{Browser, at};

/// What a tab does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    /// Says a message.
    Says(&'static str),
    /// Shows all messages.
    Shows,
    /// Counts in the session.
    Counts,
}

/// Half of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Sends(usize),
    Hears(usize),
}

/// Every order in which so many tabs send a request each and hear its answer.
fn orders(tabs: usize) -> Vec<Vec<Step>> {
    let mut all = vec![Vec::new()];
    for _ in 0..2 * tabs {
        let longer = |order: &Vec<Step>| {
            let next = |tab| match (
                order.contains(&Step::Sends(tab)),
                order.contains(&Step::Hears(tab)),
            ) {
                (false, _) => Some(Step::Sends(tab)),
                (true, false) => Some(Step::Hears(tab)),
                (true, true) => None,
            };
            let with = |step| order.iter().copied().chain([step]).collect::<Vec<_>>();
            (0..tabs).filter_map(next).map(with).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// What was shown, in the order in which answers arrived, and in the end.
type Shown = Vec<String>;

/// Lets a browser go through an order.
fn played(manager: &SessionManager, browser: &Browser, tabs: &[Tab], order: &[Step]) -> Shown {
    let mut browser = browser.clone();
    let mut answers: Vec<(Vec<String>, Shown)> = vec![Default::default(); tabs.len()];
    let mut all = Shown::new();
    for step in order {
        match *step {
            Step::Sends(tab) => {
                let session = browser.open(manager, at(1));
                let mut seen = Shown::new();
                match tabs[tab] {
                    Tab::Says(text) => say(&session, text),
                    Tab::Shows => seen = take(&session),
                    Tab::Counts => session.update("n", |n: &mut u32| *n += 1).unwrap(),
                }
                let lines = browser.clone().close(manager, &session, at(1)).unwrap();
                answers[tab] = (lines, seen);
            }
            Step::Hears(tab) => {
                let (lines, seen) = std::mem::take(&mut answers[tab]);
                lines.iter().for_each(|line| browser.keep(line));
                all.extend(seen);
            }
        }
    }
    let count = tabs.iter().filter(|tab| **tab == Tab::Counts).count();
    let counted = browser.open(manager, at(2)).get::<u32>("n").unwrap();
    assert_eq!(counted.unwrap_or_default() as usize, count, "{order:?}");
    all.extend(shown(&mut browser, manager, at(2)));
    assert!(browser.names().iter().all(|name| !name.contains("flash")));
    all
}

/// What the guide says: the messages are one value, which a request reads when it is sent, and its answer writes when it
/// arrives.
fn foretold(waiting: &[&str], tabs: &[Tab], order: &[Step]) -> Shown {
    let mut value: Vec<String> = waiting.iter().map(|text| (*text).to_owned()).collect();
    let mut read = vec![Vec::new(); tabs.len()];
    let mut all = Shown::new();
    for step in order {
        match *step {
            Step::Sends(tab) => read[tab] = value.clone(),
            Step::Hears(tab) => match tabs[tab] {
                Tab::Says(text) => {
                    value = read[tab].clone();
                    value.push(text.to_owned());
                }
                // It writes nothing where it showed nothing.
                Tab::Shows if read[tab].is_empty() => {}
                Tab::Shows => {
                    all.append(&mut read[tab]);
                    value.clear();
                }
                Tab::Counts => {}
            },
        }
    }
    all.extend(value);
    all
}

/// Whether the answer of one tab was under way when another one, which is about messages too, sent its request.
fn overlaps(tabs: &[Tab], order: &[Step]) -> bool {
    let of_messages = |step: &&Step| match step {
        Step::Sends(tab) | Step::Hears(tab) => tabs[*tab] != Tab::Counts,
    };
    let steps: Vec<&Step> = order.iter().filter(of_messages).collect();
    steps
        .chunks(2)
        .any(|pair| !matches!(pair, [Step::Sends(a), Step::Hears(b)] if a == b))
}

fn every_order(tabs: &[Tab], waiting: &[&str]) -> [usize; 3] {
    let (manager, mut browser) = (manager(), Browser::default());
    for text in waiting {
        visit(&mut browser, &manager, (303, at(0)), |s| say(s, text));
    }
    let said = tabs.iter().filter_map(|tab| match tab {
        Tab::Says(text) => Some(*text),
        Tab::Shows | Tab::Counts => None,
    });
    let said: Vec<&str> = waiting.iter().copied().chain(said).collect();
    // In how many orders each message was shown once, one was lost, and one was shown twice.
    let (mut once, mut lost, mut twice) = (0, 0, 0);
    for order in orders(tabs.len()) {
        let all = played(&manager, &browser, tabs, &order);
        assert_eq!(all, foretold(waiting, tabs, &order), "{order:?}");
        let times = |text: &&str| all.iter().filter(|shown| shown == text).count();
        let counts: Vec<usize> = said.iter().map(times).collect();
        assert!(counts.iter().all(|count| *count <= 2), "{order:?}: {all:?}");
        once += usize::from(counts.iter().all(|count| *count == 1));
        lost += usize::from(counts.contains(&0));
        twice += usize::from(counts.contains(&2));
        // One after the other they lose nothing, and show nothing twice.
        if !overlaps(tabs, &order) {
            assert!(counts.iter().all(|count| *count == 1), "{order:?}: {all:?}");
        }
    }
    [once, lost, twice]
}

#[test]
fn two_tabs_that_say_and_one_that_shows_do_what_the_guide_says_in_every_order() {
    let tabs = [Tab::Says("one"), Tab::Says("two"), Tab::Shows];
    for waiting in [&[][..], &["waiting"]] {
        // The guide promises no more than there is: three tabs at once can do both.
        let [once, lost, twice] = every_order(&tabs, waiting);
        assert!(once >= 6 && lost > 0 && twice > 0, "{once} {lost} {twice}");
    }
}

#[test]
fn a_tab_that_changes_the_session_and_tabs_with_messages_lose_nothing_of_each_other() {
    let tabs = [Tab::Says("one"), Tab::Counts, Tab::Shows];
    every_order(&tabs, &["waiting"]);
    // With one tab of each there is nothing to lose.
    let [_, lost, twice] = every_order(&[Tab::Says("one"), Tab::Counts], &[]);
    assert_eq!((lost, twice), (0, 0));
}
