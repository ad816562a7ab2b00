//! The graph as an SVG picture, for light and for dark pages.

use minijinja::{Environment, Value, context};

use super::{
    Flow, Graph, Kind, Manager, Mark, Node, label,
    layout::{Column, Layout, Line, WIDTH, layout},
};
use crate::report::visible;

/// How many letters a line of a node has room for.
const CELLS: usize = 28;
/// How far lines of text are apart.
const LINE: i64 = 16;
/// How far the first line of a node is from its top.
const FIRST: i64 = 20;
const MARGIN: i64 = 20;
/// Where the columns start, below their titles.
const TOP: i64 = 52;
/// How high a line of the legend is.
const LEGEND: i64 = 24;

/// Draws a graph.
///
/// # Errors
///
/// When the template is wrong, which a test would have found.
pub fn svg(graph: &Graph) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    // What is escaped in HTML is what is escaped in SVG.
    environment.add_template("graph.svg.html", include_str!("graph.svg"))?;
    let texts: Vec<Vec<(&str, String)>> = graph.nodes.iter().map(texts).collect();
    let heights: Vec<i64> = texts.iter().map(|lines| lines.len() as i64 * LINE + 14).collect();
    let found = layout(graph, &heights);
    let Layout { columns, corners, lines, width, height } = &found;
    let boxes: Vec<Value> = graph
        .nodes
        .iter()
        .zip(&texts)
        .zip(corners.iter().zip(&heights))
        .map(|((node, lines), ((x, y), height))| {
            let lines = lines.iter().zip(0..).map(|((class, text), number)| {
                context! { class => *class, text, y => y + TOP + FIRST + number * LINE }
            });
            context! {
                title => label::title(node), class => class(node), round => round(node.kind),
                x => x + MARGIN, y => y + TOP, height, lines => lines.collect::<Vec<_>>(),
            }
        })
        .collect();
    let edges: Vec<Value> = graph
        .edges
        .iter()
        .zip(lines)
        .map(|(edge, line)| {
            let [from, to] = [edge.from, edge.to].map(|place| label::title(&graph.nodes[place]));
            let words = edge.flow.words();
            let title = match edge.flow {
                Flow::Records => format!("{to} records {from}"),
                Flow::EncryptedWith => format!("{from} {words} {to}"),
                _ => format!("{from} -> {to}: {words}"),
            };
            context! { title, d => path(line), class => if edge.flow == Flow::EncryptedWith { "key" } else { "flow" } }
        })
        .collect();
    let titles: Vec<Value> =
        columns.iter().map(|(column, x)| context! { text => heading(*column), x => x + MARGIN }).collect();
    let legend = legend(graph, columns, height + TOP + 38);
    let bottom = legend.last().map_or(height + TOP, |(_, y)| *y);
    environment.get_template("graph.svg.html")?.render(context! {
        title => visible(&format!("Resources and flow of events of the stack {}", graph.stack)),
        boxes, edges, titles, legend => legend.into_iter().map(|(item, _)| item).collect::<Vec<_>>(),
        node_width => WIDTH,
        width => (width + 2 * MARGIN).max(WIDTH + 2 * MARGIN), height => bottom + MARGIN,
    })
}

/// Returns the lines of a node, each with its class.
fn texts(node: &Node) -> Vec<(&'static str, String)> {
    let short = |text: &str| label::shortened(text, CELLS);
    let action = label::action(node).map(|words| ("mark", short(&words)));
    let name = (!node.name.is_empty()).then(|| ("name", short(&visible(&node.name))));
    let head = ("kind", short(&label::head(node)));
    let details = label::wrapped(&label::details(node), CELLS);
    let all = action.into_iter().chain([head]).chain(name);
    all.chain(details.into_iter().map(|line| ("detail", line))).collect()
}

fn class(node: &Node) -> String {
    let action = node.action.map_or("plain", Mark::class);
    let others = if node.managed_by == Manager::Stack { "" } else { " others" };
    let refused = if node.is_refused { " refused" } else { "" };
    format!("{action}{others}{refused}")
}

fn round(kind: Kind) -> i64 {
    match kind {
        Kind::Events => 16,
        _ => 4,
    }
}

fn heading(column: Column) -> &'static str {
    match column {
        Column::Events => "Events",
        Column::Trails => "Trails",
        Column::Roles => "Roles",
        Column::Destinations => "Destinations",
        Column::AccessLogs => "Access logs",
        Column::Keys => "Keys",
    }
}

/// Returns a line as the data of a path.
fn path(line: &Line) -> String {
    let at = |(x, y): (i64, i64)| format!("{} {}", x + MARGIN, y + TOP);
    match line {
        Line::Beside(from, to) => {
            let out = |(x, y): (i64, i64)| at((x + 60, y));
            format!("M{} C{} {} {}", at(*from), out(*from), out(*to), at(*to))
        }
        Line::Across(points) => {
            let mut path: Vec<String> =
                points.first().map(|start| format!("M{}", at(*start))).into_iter().collect();
            for (number, pair) in points.windows(2).enumerate() {
                let (from, to) = (pair[0], pair[1]);
                let middle = i64::midpoint(from.0, to.0);
                path.push(match number % 2 {
                    0 => format!("C{} {} {}", at((middle, from.1)), at((middle, to.1)), at(to)),
                    _ => format!("L{}", at(to)),
                });
            }
            path.join(" ")
        }
    }
}

/// Returns what the looks mean, as far as they occur, each item with its place from the top.
fn legend(graph: &Graph, columns: &[(Column, i64)], top: i64) -> Vec<(Value, i64)> {
    let has = |flow: &dyn Fn(Flow) -> bool| graph.edges.iter().any(|edge| flow(edge.flow));
    let is_dashed = graph.nodes.iter().any(|node| node.managed_by != Manager::Stack);
    let mut items = Vec::new();
    let marks =
        Mark::ALL.into_iter().filter(|mark| graph.nodes.iter().any(|node| node.action == Some(*mark)));
    items.extend(marks.map(|mark| (mark.class(), mark.words())));
    items.extend(graph.nodes.iter().any(|node| node.is_refused).then_some(("plain refused", "! refused")));
    items.extend(is_dashed.then_some(("plain others", "not managed by the stack")));
    items.extend(has(&|flow| flow != Flow::EncryptedWith).then_some(("flow", "events and log files")));
    items.extend(has(&|flow| flow == Flow::EncryptedWith).then_some(("key", "encrypted with")));
    let across = columns.len().max(1);
    let placed = items.into_iter().enumerate().map(|(number, (class, words))| {
        let x = columns.get(number % across).map_or(0, |(_, x)| *x) + MARGIN;
        let y = top + (number / across) as i64 * LEGEND;
        let is_line = matches!(class, "flow" | "key");
        (context! { class, words, x, y, is_line }, y)
    });
    placed.collect()
}
