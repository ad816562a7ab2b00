//! Between which parts of a document a comment stands: what its indentation can mean.

use std::{ops::Range, rc::Rc};

use super::Source;
use crate::spec::document::{Content, Node};

/// What is open where a comment stands on a line of its own, outside of braces and brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The columns of the mappings and lists that the part above the comment is in, the outermost first.
    pub open: Vec<usize>,
    /// Whether the innermost of them is a list.
    pub is_in_list: bool,
    /// How many of them the part below the comment is in, too. At the end of the text, one.
    pub common: usize,
    /// What the part above and the one below have to do with each other.
    pub below: Below,
}

/// What stands below a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// The value of the key above it; with its column if it is a mapping or a list.
    Value(Option<usize>),
    /// Something else, and the key above it has no value.
    NoValue,
    /// Something else.
    Other,
}

/// A key, or a value that is no block: in the order of the text.
struct Leaf {
    range: Range<usize>,
    /// The block that it is in.
    block: usize,
    /// Of a key, what its value is.
    key_of: Option<KeyOf>,
}

#[derive(Clone, Copy)]
enum KeyOf {
    Nothing,
    Block(usize),
    Leaf,
}

struct Block {
    parent: Option<usize>,
    column: usize,
    is_list: bool,
}

struct Walk<'a> {
    source: &'a Source<'a>,
    blocks: Vec<Block>,
    leaves: Vec<Leaf>,
}

impl Source<'_> {
    /// Returns what is open at each of the comments, if it stands on a line of its own.
    pub fn levels(&self, comments: &[Range<usize>]) -> Vec<Option<Level>> {
        let text = self.text;
        let mut walk = Walk { source: self, blocks: Vec::new(), leaves: Vec::new() };
        walk.visit(self.document.root(), None);
        let mut leaves = walk.leaves.iter().peekable();
        let mut above: Option<&Leaf> = None;
        let mut levels = Vec::new();
        for comment in comments {
            while let Some(leaf) = leaves.next_if(|leaf| leaf.range.start <= comment.start) {
                above = Some(leaf);
            }
            let line_start = text[..comment.start].rfind('\n').map_or(0, |at| at + 1);
            let is_alone = text[line_start..comment.start].trim().is_empty();
            let above = above.filter(|leaf| is_alone && leaf.range.end <= comment.start);
            levels.push(above.map(|above| walk.level(above, leaves.peek().copied())));
        }
        levels
    }
}

impl Walk<'_> {
    fn visit(&mut self, node: &Rc<Node>, parent: Option<usize>) {
        let block = match &node.content {
            Content::Scalar(_) => None,
            _ if self.source.is_flow(node) => None,
            _ => Some(self.open(node, parent)),
        };
        match (&node.content, block) {
            (Content::Sequence(items), Some(block)) => {
                for item in items.iter().filter(|item| item.span.start >= node.span.start) {
                    self.visit(item, Some(block));
                }
            }
            (Content::Mapping(entries), Some(block)) => {
                for entry in entries {
                    let range = entry.key_span.start..entry.key_span.end;
                    let place = self.leaves.len();
                    self.leaves.push(Leaf { range, block, key_of: Some(KeyOf::Leaf) });
                    let next_block = self.blocks.len();
                    let is_written_here = entry.value.span.start >= entry.key_span.end;
                    if is_written_here {
                        self.visit(&entry.value, Some(block));
                    }
                    let key_of = if self.blocks.len() > next_block {
                        KeyOf::Block(next_block)
                    } else if is_written_here && self.leaves.len() == place + 1 {
                        KeyOf::Nothing
                    } else {
                        KeyOf::Leaf
                    };
                    self.leaves[place].key_of = Some(key_of);
                }
            }
            _ => {
                let end = if matches!(node.content, Content::Scalar(_)) {
                    Some(node.span.end)
                } else {
                    self.source.closed(node)
                };
                let range = node.span.start..end.unwrap_or(node.span.end);
                if let Some(block) = parent.filter(|_| !range.is_empty()) {
                    self.leaves.push(Leaf { range, block, key_of: None });
                }
            }
        }
    }

    fn open(&mut self, node: &Node, parent: Option<usize>) -> usize {
        let start = self.source.opening(node);
        let text = self.source.text;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let column = text[line_start..start].chars().count();
        let is_list = matches!(node.content, Content::Sequence(_));
        self.blocks.push(Block { parent, column, is_list });
        self.blocks.len() - 1
    }

    /// Returns the blocks around a leaf, the outermost first.
    fn around(&self, leaf: &Leaf) -> Vec<usize> {
        let mut blocks: Vec<usize> =
            std::iter::successors(Some(leaf.block), |block| self.blocks[*block].parent).collect();
        blocks.reverse();
        blocks
    }

    fn level(&self, above: &Leaf, below: Option<&Leaf>) -> Level {
        let open = self.around(above);
        let next = below.map(|below| self.around(below)).unwrap_or_default();
        let common = open.iter().zip(&next).take_while(|(one, other)| one == other).count().max(1);
        let below = match above.key_of {
            None => Below::Other,
            Some(KeyOf::Nothing) => Below::NoValue,
            Some(KeyOf::Block(block)) => Below::Value(Some(self.blocks[block].column)),
            Some(KeyOf::Leaf) => Below::Value(None),
        };
        let is_in_list = self.blocks[above.block].is_list;
        Level {
            open: open.iter().map(|block| self.blocks[*block].column).collect(),
            is_in_list,
            common,
            below,
        }
    }
}
