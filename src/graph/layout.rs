//! Where the nodes of a picture are, and how its lines run: in columns from left to right.

use std::collections::BTreeSet;

use super::{Flow, Graph, Kind, Node};

/// How wide a node is.
pub(super) const WIDTH: i64 = 232;
/// How far columns are apart.
const BETWEEN: i64 = 64;
/// How far nodes are apart.
const GAP: i64 = 18;
/// How much room a line takes that passes a column.
const LANE: i64 = 10;
/// How often the order and the heights are improved.
const ROUNDS: usize = 6;

/// A picture without its looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The columns that there are: what they hold, and where they start.
    pub(super) columns: Vec<(Column, i64)>,
    /// The upper left corner of each node.
    pub(super) corners: Vec<(i64, i64)>,
    /// The way of each edge.
    pub(super) lines: Vec<Line>,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Events,
    Trails,
    Roles,
    Destinations,
    AccessLogs,
    Keys,
}

/// The way of an edge: curves, and straight between the first and the second of each pair of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// From column to column.
    Across(Vec<(i64, i64)>),
    /// To another node of the same column.
    Beside((i64, i64), (i64, i64)),
}

/// Something that takes room in a column: a node, or a line that passes.
struct Item {
    column: usize,
    height: i64,
    top: i64,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Lays a graph out. `heights` are those of the nodes.
pub(super) fn layout(graph: &Graph, heights: &[i64]) -> Layout {
    let of_node: Vec<Column> = (0..graph.nodes.len()).map(|place| column(graph, place)).collect();
    let used: Vec<Column> = of_node.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let column_of = |place: usize| used.iter().position(|one| *one == of_node[place]).unwrap_or_default();
    let mut items: Vec<Item> =
        heights.iter().enumerate().map(|(place, height)| item(column_of(place), *height)).collect();
    let ways: Vec<Vec<usize>> =
        graph.edges.iter().map(|edge| connect(&mut items, edge.from, edge.to)).collect();
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); used.len()];
    for (place, item) in items.iter().enumerate() {
        columns[item.column].push(place);
    }
    sort(&mut columns, &items);
    settle(&columns, &mut items);
    let highest = items.iter().map(|item| item.top).min().unwrap_or_default();
    items.iter_mut().for_each(|item| item.top -= highest);
    let x = |column: usize| column as i64 * (WIDTH + BETWEEN);
    let lines = lines(&ways, &items, &x);
    Layout {
        columns: used.iter().enumerate().map(|(place, column)| (*column, x(place))).collect(),
        corners: items.iter().take(graph.nodes.len()).map(|item| (x(item.column), item.top)).collect(),
        lines,
        width: x(used.len()) - if used.is_empty() { 0 } else { BETWEEN },
        height: items.iter().map(|item| item.top + item.height).max().unwrap_or_default(),
    }
}

/// Returns the column of a node. A bucket that gets nothing but access logs stands behind those that it gets them from.
fn column(graph: &Graph, place: usize) -> Column {
    let gets = |flow| graph.edges.iter().any(|edge| edge.to == place && edge.flow == flow);
    let Node { kind, .. } = &graph.nodes[place];
    match kind {
        Kind::Events => Column::Events,
        Kind::Trail => Column::Trails,
        Kind::Role => Column::Roles,
        Kind::Bucket if gets(Flow::AccessLogs) && !gets(Flow::LogFiles) => Column::AccessLogs,
        Kind::Bucket | Kind::LogGroup | Kind::Topic => Column::Destinations,
        Kind::KmsKey => Column::Keys,
    }
}

fn item(column: usize, height: i64) -> Item {
    Item { column, height, top: 0, left: Vec::new(), right: Vec::new() }
}

/// Joins two nodes through the columns between them. Returns the way, its ends included.
fn connect(items: &mut Vec<Item>, from: usize, to: usize) -> Vec<usize> {
    let (start, end) = (items[from].column, items[to].column);
    let mut way = vec![from];
    let between: Vec<usize> =
        if start < end { (start + 1..end).collect() } else { (end + 1..start).rev().collect() };
    for column in between {
        items.push(item(column, LANE));
        way.push(items.len() - 1);
    }
    way.push(to);
    for pair in way.windows(2) {
        let (left, right) = if start <= end { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
        if start != end {
            items[left].right.push(right);
            items[right].left.push(left);
        }
    }
    way
}

/// Puts each column in an order in which few lines cross: by the middle of what an item is joined to.
fn sort(columns: &mut [Vec<usize>], items: &[Item]) {
    let mut rank = vec![0; items.len()];
    let number = |column: &[usize], rank: &mut Vec<usize>| {
        for (order, item) in column.iter().enumerate() {
            rank[*item] = order;
        }
    };
    columns.iter().for_each(|column| number(column, &mut rank));
    for round in 0..ROUNDS * 2 {
        let is_forward = round % 2 == 0;
        let mut order: Vec<usize> = (0..columns.len()).collect();
        if !is_forward {
            order.reverse();
        }
        for place in order {
            let middle = |item: &usize| {
                let joined = if is_forward { &items[*item].left } else { &items[*item].right };
                match joined.len() {
                    0 => rank[*item] * 1000,
                    some => joined.iter().map(|other| rank[*other] * 1000).sum::<usize>() / some,
                }
            };
            let mut keyed: Vec<(usize, usize)> =
                columns[place].iter().map(|item| (middle(item), *item)).collect();
            keyed.sort_by_key(|(middle, _)| *middle);
            columns[place] = keyed.into_iter().map(|(_, item)| item).collect();
            number(&columns[place], &mut rank);
        }
    }
}

/// Gives each item a height near the middle of what it is joined to, in the order of its column.
fn settle(columns: &[Vec<usize>], items: &mut [Item]) {
    for column in columns {
        let mut top = 0;
        for place in column {
            items[*place].top = top;
            top += items[*place].height + GAP;
        }
    }
    let there = 0..columns.len();
    for _ in 0..ROUNDS {
        for place in there.clone().chain(there.clone().rev()) {
            let wanted: Vec<i64> = columns[place].iter().map(|item| wanted(items, *item)).collect();
            let heights: Vec<i64> = columns[place].iter().map(|item| items[*item].height + GAP).collect();
            for (item, top) in columns[place].iter().zip(apart(&wanted, &heights)) {
                items[*item].top = top;
            }
        }
    }
}

/// Returns where an item would be alone.
fn wanted(items: &[Item], place: usize) -> i64 {
    let Item { height, top, left, right, .. } = &items[place];
    let middle = |place: &usize| items[*place].top + items[*place].height / 2;
    let all: Vec<i64> = left.iter().chain(right).map(middle).collect();
    match all.len() {
        0 => *top,
        some => all.iter().sum::<i64>() / some as i64 - height / 2,
    }
}

/// Returns the places nearest to the wanted ones at which nothing overlaps, in the same order. What would overlap is put
/// together as a block, which moves as a whole.
fn apart(wanted: &[i64], heights: &[i64]) -> Vec<i64> {
    let mut before = 0;
    let mut blocks: Vec<(i64, i64)> = Vec::new();
    for (wanted, height) in wanted.iter().zip(heights) {
        let mut block = (wanted - before, 1);
        before += height;
        while let Some(last) = blocks.last().copied().filter(|last| last.0 * block.1 >= block.0 * last.1) {
            blocks.pop();
            block = (last.0 + block.0, last.1 + block.1);
        }
        blocks.push(block);
    }
    let starts = blocks.iter().flat_map(|(sum, count)| (0..*count).map(move |_| sum.div_euclid(*count)));
    let mut before = 0;
    let tops = starts.zip(heights).map(|(start, height)| {
        let top = start + before;
        before += height;
        top
    });
    tops.collect()
}

/// Where an edge leaves or reaches a node. Those of one side are in the order of what they lead to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    node: usize,
    is_right: bool,
    /// The middle of what is next on the way.
    towards: i64,
    way: usize,
    is_first: bool,
}

/// Returns the ways as lines. Lines that leave or reach a node on one side share it.
fn lines(ways: &[Vec<usize>], items: &[Item], x: &dyn Fn(usize) -> i64) -> Vec<Line> {
    let middle = |place: usize| items[place].top + items[place].height / 2;
    let mut ends: Vec<End> = Vec::new();
    for (number, way) in ways.iter().enumerate() {
        // A way has its two ends at least.
        let (first, second, before, last) = (way[0], way[1], way[way.len() - 2], way[way.len() - 1]);
        let (start, end) = (items[first].column, items[last].column);
        ends.push(End {
            node: first,
            is_right: start <= end,
            towards: middle(second),
            way: number,
            is_first: true,
        });
        ends.push(End {
            node: last,
            is_right: start >= end,
            towards: middle(before),
            way: number,
            is_first: false,
        });
    }
    ends.sort_unstable();
    let port = |number: usize, is_first: bool| {
        let own = ends.iter().find(|end| end.way == number && end.is_first == is_first);
        let Some(End { node, is_right, .. }) = own else { return (0, 0) };
        let mut shared = ends.iter().filter(|end| end.node == *node && end.is_right == *is_right);
        let all = shared.clone().count() as i64;
        let place = shared.position(|end| Some(end) == own).unwrap_or_default() as i64;
        let Item { column, height, top, .. } = &items[*node];
        (x(*column) + if *is_right { WIDTH } else { 0 }, top + height * (place + 1) / (all + 1))
    };
    let line = |(number, way): (usize, &Vec<usize>)| {
        let (start, end) = (port(number, true), port(number, false));
        let [first, between @ .., last] = way.as_slice() else { return Line::Across(Vec::new()) };
        if items[*first].column == items[*last].column {
            return Line::Beside(start, end);
        }
        let is_forward = items[*first].column < items[*last].column;
        let mut points = vec![start];
        for passed in between {
            let (left, y) = (x(items[*passed].column), middle(*passed));
            let (enters, leaves) = if is_forward { (left, left + WIDTH) } else { (left + WIDTH, left) };
            points.extend([(enters, y), (leaves, y)]);
        }
        points.push(end);
        Line::Across(points)
    };
    ways.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_overlap_moves_apart_and_keeps_its_order() {
        assert_eq!(apart(&[0, 100], &[20, 20]), [0, 100]);
        assert_eq!(apart(&[50, 50], &[20, 20]), [40, 60]);
        assert_eq!(apart(&[50, 50, 0], &[20, 20, 20]), [13, 33, 53]);
    }
}
