//! The graph in the language of Graphviz.

use std::fmt::Write as _;

use super::{Flow, Graph, Kind, Manager, Mark, Node, label};
use crate::report::visible;

/// Writes a graph as DOT.
pub fn dot(graph: &Graph) -> String {
    let mut text = format!("digraph {} {{\n", quoted(&visible(&graph.stack)));
    text.push_str("  rankdir=LR;\n");
    text.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\", fontsize=11];\n");
    text.push_str("  edge [fontname=\"sans-serif\", fontsize=9];\n");
    for (place, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  n{place} [label={}{}];", quoted(&words(node)), look(node));
    }
    for edge in &graph.edges {
        let look = match edge.flow {
            Flow::Records => String::new(),
            Flow::EncryptedWith => {
                format!(" [label=\"{}\", style=dotted, arrowhead=none]", edge.flow.words())
            }
            flow => format!(" [label=\"{}\"]", flow.words()),
        };
        let _ = writeln!(text, "  n{} -> n{}{look};", edge.from, edge.to);
    }
    text.push_str("}\n");
    text
}

fn look(node: &Node) -> String {
    let style = match node.managed_by {
        Manager::Stack => "",
        Manager::Others | Manager::Unknown => ", style=\"rounded,filled,dashed\"",
    };
    let shape = match node.kind {
        Kind::Events => ", shape=plain",
        Kind::Bucket => ", shape=cylinder",
        Kind::KmsKey => ", shape=hexagon",
        Kind::Trail | Kind::Role | Kind::LogGroup | Kind::Topic => "",
    };
    let color = match node.action {
        None => "",
        Some(Mark::Create) => ", color=\"#1a7f37\", fillcolor=\"#dafbe1\"",
        Some(Mark::Update) => ", color=\"#9a6700\", fillcolor=\"#fff3c4\"",
        Some(Mark::Replace | Mark::Temporary) => ", color=\"#8250df\", fillcolor=\"#f3e8ff\"",
        Some(Mark::Delete) => ", color=\"#cf222e\", fillcolor=\"#ffebe9\"",
        Some(Mark::Unchanged | Mark::LeftAlone) => ", color=\"#6e7781\", fillcolor=\"#f6f8fa\"",
    };
    format!("{shape}{style}{color}")
}

fn words(node: &Node) -> String {
    let head = label::action(node).into_iter().chain([label::head(node)]);
    let name = (!node.name.is_empty()).then(|| visible(&node.name));
    head.chain(name).chain(label::details(node)).collect::<Vec<_>>().join("\n")
}

/// Returns a text as DOT writes it. A label understands escapes, and entities of HTML.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;").replace('\n', "\\n");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_syntax() {
        assert_eq!(quoted("a\"]; n1 -> n2 \\N &lt;\nb"), r#""a\"]; n1 -> n2 \\N &amp;lt;\nb""#);
    }
}
