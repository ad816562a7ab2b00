//! The graph as Mermaid, which GitHub and GitLab draw in a block of Markdown.

use std::fmt::Write as _;

use super::{Flow, Graph, Kind, Manager, Mark, Node, label};
use crate::report::visible;

/// How a plan's actions look: they can be read on a light and on a dark page.
const CLASSES: [(Mark, &str); 7] = [
    (Mark::Create, "fill:#dafbe1,stroke:#1a7f37,color:#0b3d1a"),
    (Mark::Update, "fill:#fff3c4,stroke:#9a6700,color:#4a3200"),
    (Mark::Replace, "fill:#f3e8ff,stroke:#8250df,color:#3c1e70"),
    (Mark::Delete, "fill:#ffebe9,stroke:#cf222e,color:#6e0a14"),
    (Mark::Temporary, "fill:#f3e8ff,stroke:#8250df,color:#3c1e70"),
    (Mark::Unchanged, "fill:#f6f8fa,stroke:#6e7781,color:#24292f"),
    (Mark::LeftAlone, "fill:#f6f8fa,stroke:#6e7781,color:#24292f"),
];

/// Writes a graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR\n");
    for (place, node) in graph.nodes.iter().enumerate() {
        let (open, close) = shape(node.kind);
        let class = node.action.map(|mark| format!(":::{}", mark.class())).unwrap_or_default();
        let _ = writeln!(text, "  n{place}{open}\"{}\"{close}{class}", words(node));
    }
    for edge in &graph.edges {
        let arrow = match edge.flow {
            Flow::EncryptedWith => "-.-",
            _ => "-->",
        };
        let label = match edge.flow {
            Flow::Records => String::new(),
            flow => format!("|{}|", flow.words()),
        };
        let _ = writeln!(text, "  n{} {arrow}{label} n{}", edge.from, edge.to);
    }
    for (mark, style) in CLASSES {
        if graph.nodes.iter().any(|node| node.action == Some(mark)) {
            let _ = writeln!(text, "  classDef {} {style}", mark.class());
        }
    }
    // A node has the style of its action too: what others manage is dashed beside it.
    for (place, node) in graph.nodes.iter().enumerate() {
        if node.managed_by != Manager::Stack {
            let _ = writeln!(text, "  style n{place} stroke-dasharray:5 4");
        }
    }
    text
}

fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Events => ("([", "])"),
        Kind::Trail | Kind::LogGroup | Kind::Topic => ("[", "]"),
        Kind::Role => ("(", ")"),
        Kind::Bucket => ("[(", ")]"),
        Kind::KmsKey => ("{{", "}}"),
    }
}

fn words(node: &Node) -> String {
    let head = label::action(node).into_iter().chain([label::head(node)]);
    let name = (!node.name.is_empty()).then(|| visible(&node.name));
    let lines = head.chain(name).chain(label::details(node));
    lines.map(|line| escaped(&line)).collect::<Vec<_>>().join("<br/>")
}

/// Writes what Mermaid, Markdown or HTML would take for more than a letter as the number of its character.
fn escaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut before = ' ';
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let is_inside = !text.is_empty() && before != ' ';
        let is_plain = match c {
            ' ' | ',' | '/' => true,
            // Nowhere but inside of a word can these start a list, a rule or a link.
            '-' | '.' => is_inside && rest.peek().is_some_and(|next| next.is_alphanumeric()) && before != c,
            ':' => rest.peek() == Some(&' '),
            _ => c.is_alphanumeric(),
        };
        match is_plain {
            true => text.push(c),
            false => drop(write!(text, "#{};", u32::from(c))),
        }
        before = c;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_syntax() {
        assert_eq!(escaped("acme-audit.logs, data: S3"), "acme-audit.logs, data: S3");
        assert_eq!(escaped("- delete"), "#45; delete");
        assert_eq!(escaped("\"]; click n0"), "#34;#93;#59; click n0");
        assert_eq!(escaped("`<b>#x&amp;"), "#96;#60;b#62;#35;x#38;amp#59;");
        assert_eq!(escaped("fa:fa-ban %%{init}%%"), "fa#58;fa-ban #37;#37;#123;init#125;#37;#37;");
    }
}
