//! Circles in a graph: its strongly connected components of more than one node (Kosaraju).

use std::collections::{BTreeMap, BTreeSet};

/// What each node leads to.
type Graph<N> = BTreeMap<N, BTreeSet<N>>;

/// The sets of nodes that can be reached from one another.
pub(crate) fn of<N: Ord + Clone>(graph: &Graph<N>) -> Vec<BTreeSet<N>> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for node in graph.keys() {
        visit(graph, node, &mut seen, &mut order);
    }
    let mut reversed: Graph<N> = BTreeMap::new();
    for (from, targets) in graph {
        for to in targets {
            reversed.entry(to.clone()).or_default().insert(from.clone());
        }
    }
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for node in order.iter().rev() {
        let mut members = Vec::new();
        visit(&reversed, node, &mut seen, &mut members);
        if members.len() > 1 {
            circles.push(members.into_iter().collect());
        }
    }
    circles
}

/// Adds what can be reached from a node, each behind all that it leads to.
fn visit<N: Ord + Clone>(graph: &Graph<N>, node: &N, seen: &mut BTreeSet<N>, order: &mut Vec<N>) {
    if !seen.insert(node.clone()) {
        return;
    }
    for next in graph.get(node).into_iter().flatten() {
        visit(graph, next, seen, order);
    }
    order.push(node.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found() {
        let edges = [(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 6), (6, 5)];
        let mut graph: Graph<u8> = (1..=6).map(|node| (node, BTreeSet::new())).collect();
        for (from, to) in edges {
            graph.entry(from).or_default().insert(to);
        }
        let found: BTreeSet<_> = of(&graph).into_iter().collect();
        let expected = [BTreeSet::from([1, 2, 3]), BTreeSet::from([5, 6])];
        assert_eq!(found, expected.into_iter().collect());
    }
}
