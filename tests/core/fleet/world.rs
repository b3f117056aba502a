//! What happens, in order: nodes that come, go and get rings, and visitors who come and come again.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use sealed_session::{KeyRing, Refusal, SessionManager};
use time::OffsetDateTime;

use super::client::Client;
use super::plan::{Plan, Rule, SPREAD, Version};
use super::times::{ABSOLUTE, HOUR, IDLE, MINUTE, SKEW, policy};
use crate::common::at;

/// How far the ages may be off that two nodes see.
const MARGIN: i64 = 2 * SKEW;

/// Between two deaths of nodes, on average.
const DEATHS: i64 = 4 * HOUR;

/// A server: its clock, and the version of the ring that it has.
struct Node {
    manager: SessionManager,
    skew: i64,
    version: usize,
}

/// What happens at some time. Numbers are those of nodes, versions and visitors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Adopts(usize, usize),
    Dies,
    Starts(usize),
    Begins(usize),
    Visits(usize),
    /// A cookie comes again that is long over.
    Returns(usize),
}

/// A law that was broken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    LiveRefused(Refusal),
    AcceptedPastItsLifetime,
    AcceptedPastItsKey,
}

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) requests: usize,
    pub(super) live: usize,
    pub(super) over: usize,
    pub(super) under_an_older_key: usize,
    pub(super) deaths: usize,
    pub(super) adoptions: usize,
    pub(super) versions_at_once: usize,
    pub(super) faults: Vec<Fault>,
}

/// A fleet and its visitors.
pub(super) struct World {
    plan: Plan,
    versions: Vec<Version>,
    nodes: Vec<Option<Node>>,
    clients: Vec<Client>,
    agenda: BinaryHeap<Reverse<(i64, Happens)>>,
    random: Random,
    figures: Figures,
}

impl World {
    pub(super) fn new(plan: Plan, nodes: usize, sessions: usize) -> World {
        let versions = plan.versions();
        let mut world = World {
            versions,
            nodes: (0..nodes).map(|_| None).collect(),
            clients: (0..sessions).map(|_| Client::default()).collect(),
            agenda: BinaryHeap::new(),
            random: Random(15),
            figures: Figures::default(),
            plan,
        };
        let end = world.plan.end();
        (0..nodes).for_each(|node| world.start(node, 0));
        for version in 1..world.versions.len() {
            for node in 0..nodes {
                let reaches = world.versions[version].published + world.random.below(SPREAD);
                world.note(reaches, Happens::Adopts(node, version));
            }
        }
        (1..end / DEATHS).for_each(|death| world.note(death * DEATHS, Happens::Dies));
        for client in 0..sessions {
            let begins = world.random.below(end - ABSOLUTE);
            world.note(begins, Happens::Begins(client));
        }
        world
    }

    /// Lets everything happen.
    pub(super) fn run(mut self) -> Figures {
        while let Some(Reverse((now, happens))) = self.agenda.pop() {
            match happens {
                Happens::Adopts(node, version) => self.adopt(node, version, now),
                Happens::Dies => self.die(now),
                Happens::Starts(node) => self.start(node, now),
                Happens::Begins(client) => {
                    let (node, local) = self.serving(now);
                    let node = self.nodes[node].as_ref().unwrap();
                    self.clients[client].begin(&node.manager, local, now);
                    self.figures.requests += 1;
                    self.come_again(client, now);
                }
                Happens::Visits(client) => self.visit(client, now),
                Happens::Returns(client) => drop(self.request(client, now)),
            }
        }
        self.figures
    }

    fn note(&mut self, time: i64, happens: Happens) {
        self.agenda.push(Reverse((time, happens)));
    }

    /// Starts a node with the ring that is published now.
    fn start(&mut self, node: usize, now: i64) {
        let published = |version: &Version| version.published <= now;
        let version = self.versions.iter().rposition(published).unwrap();
        let ring: KeyRing = self.versions[version].text.parse().unwrap();
        let builder = SessionManager::builder("session", ring).lifetime(policy());
        self.nodes[node] = Some(Node {
            manager: builder.build().unwrap(),
            skew: self.random.below(2 * SKEW + 1) - SKEW,
            version,
        });
    }

    /// Gives a node a newer ring while it serves.
    fn adopt(&mut self, node: usize, version: usize, now: i64) {
        let is_left = self.plan.rule == Rule::LeftBehind && node == 0;
        let text = &self.versions[version].text;
        let Some(node) = self.nodes[node]
            .as_mut()
            .filter(|node| node.version < version)
        else {
            return;
        };
        if !is_left {
            let ring: KeyRing = text.parse().unwrap();
            node.manager
                .replace_ring(ring, at(now + node.skew))
                .unwrap();
            node.version = version;
            self.figures.adoptions += 1;
        }
        let versions: BTreeSet<usize> = self
            .nodes
            .iter()
            .flatten()
            .map(|node| node.version)
            .collect();
        self.figures.versions_at_once = self.figures.versions_at_once.max(versions.len());
    }

    /// Kills some node; another one takes its place a while later. The first is the one that may be left behind.
    fn die(&mut self, now: i64) {
        let others = i64::try_from(self.nodes.len()).unwrap() - 1;
        let node = usize::try_from(1 + self.random.below(others)).unwrap();
        if self.nodes[node].take().is_some() {
            self.figures.deaths += 1;
            self.note(now + 10 * MINUTE, Happens::Starts(node));
        }
    }

    /// Returns some node that lives, and what its clock says.
    fn serving(&mut self, now: i64) -> (usize, OffsetDateTime) {
        let nodes = i64::try_from(self.nodes.len()).unwrap();
        loop {
            let node = usize::try_from(self.random.below(nodes)).unwrap();
            if let Some(Node { skew, .. }) = self.nodes[node] {
                return (node, at(now + skew));
            }
        }
    }

    fn come_again(&mut self, client: usize, now: i64) {
        // Within minutes, or after a pause that two of three sessions outlive.
        let longest = match self.random.below(2) {
            0 => 10 * MINUTE,
            _ => IDLE * 3 / 2,
        };
        let pause = MINUTE + self.random.below(longest);
        self.note(now + pause, Happens::Visits(client));
    }

    fn visit(&mut self, client: usize, now: i64) {
        match self.request(client, now) {
            None => self.come_again(client, now),
            Some(_) => {
                let later = now + HOUR + self.random.below(2 * ABSOLUTE);
                self.note(later, Happens::Returns(client));
            }
        }
    }

    /// Makes a request, and holds its verdict against the laws.
    fn request(&mut self, client: usize, now: i64) -> Option<Refusal> {
        let (node, local) = self.serving(now);
        let changes = self.random.below(5) == 0;
        let node = self.nodes[node].as_ref().unwrap();
        let client = &mut self.clients[client];
        let (idle, age, key) = (now - client.noted, now - client.born, client.key());
        let seals = self.plan.seals(now);
        let refusal = client.visit(&node.manager, local, now, changes);

        let figures = &mut self.figures;
        figures.requests += 1;
        let is_live = idle + MARGIN < IDLE && age + MARGIN < ABSOLUTE;
        let is_over = idle - MARGIN > IDLE || age - MARGIN > ABSOLUTE;
        figures.live += usize::from(is_live);
        figures.over += usize::from(is_over);
        figures.under_an_older_key += usize::from(is_live && key != seals);
        let is_past = |end: i64| now - SKEW >= end;
        match refusal {
            Some(refusal) if is_live => figures.faults.push(Fault::LiveRefused(refusal)),
            None if is_over => figures.faults.push(Fault::AcceptedPastItsLifetime),
            None if self.plan.end_of(key).is_some_and(is_past) => {
                figures.faults.push(Fault::AcceptedPastItsKey);
            }
            _ => {}
        }
        refusal
    }
}

/// A source of numbers that are the same in every run: SplitMix64.
struct Random(u64);

impl Random {
    /// Returns a number from zero to below `end`.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        i64::try_from(mixed % u64::try_from(end).unwrap()).unwrap()
    }
}
